// Plain JavaScript without dependencies: the launcher reads it on any Node from 20 on, before the packages are there.
import { benchCommands } from './bench-commands.js';
import { developCommands } from './develop-commands.js';
import { operateCommands } from './operate-commands.js';
import { runCommands } from './run-commands.js';

/** Every command of package.json, by name. */
export const commands = { ...runCommands, ...developCommands, ...operateCommands, ...benchCommands };
