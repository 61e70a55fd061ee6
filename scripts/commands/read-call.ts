import { answerEarly } from './answer-early.js';
import type { Values } from './command.ts';
import { commands } from './declarations.js';
import { parseCommand } from './parse-command.js';

type Commands = typeof commands;
export type CommandName = keyof Commands;

/** The words that a command takes beside its options; text where it has no list of them. */
type WordOf<Name extends CommandName> = Commands[Name] extends {
  positionals: { choices: readonly (infer Choice)[] };
}
  ? Choice
  : string;

export interface Call<Name extends CommandName> {
  options: Values<Commands[Name]>;
  words: WordOf<Name>[];
}

/** Reads the arguments of this process as those of a command. Prints its usage, or a refusal, and exits where it must not run. */
export function readCall<Name extends CommandName>(name: Name): Call<Name> {
  const { values, positionals } = answerEarly(parseCommand(commands[name], process.argv.slice(2)));
  return { options: values as Call<Name>['options'], words: positionals as Call<Name>['words'] };
}
