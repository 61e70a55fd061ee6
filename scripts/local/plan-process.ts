import { join } from 'node:path';
import { type ServiceSurroundings, settingsOf } from './process-settings.ts';
import type { ProcessName } from './processes.ts';
import { programs } from './programs.ts';
import type { ProcessPlan } from './supervised-process.ts';

const root = join(import.meta.dirname, '../..');

/** How to run each replica of a process: its program and every setting it is given. */
export function planProcess(name: ProcessName, around: ServiceSurroundings): ProcessPlan[] {
  return around.ports[name].map((_ports, index) => ({
    name,
    number: index + 1,
    command: process.execPath,
    arguments: ['--import', './tracing/src/main.ts', programs[name].entry],
    environment: settingsOf(name, index + 1, around),
    directory: root,
    stopSignal: 'SIGTERM',
    // Two seconds more than a service takes at most to end its last requests.
    graceMs: 12_000,
  }));
}
