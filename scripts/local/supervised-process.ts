import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, openSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { DataDirectory } from './data-directory.ts';
import { killGroup } from './process-group.ts';
import { startTimeOf } from './process-identity.ts';

export interface ProcessPlan {
  /** Names the log: <name>-<number>.log. */
  name: string;
  number: number;
  command: string;
  arguments: string[];
  environment: Record<string, string>;
  directory: string;
  stopSignal: NodeJS.Signals;
  /** How long the process may take to stop before it is killed. */
  graceMs: number;
  onDeath?: (message: string) => void;
}

// A process that has lived this long is taken for healthy: its death is the first one again.
const settledMs = 2_000;
const longestPauseMs = 3_000;
const largestLogBytes = 20 * 1024 * 1024;

/** Opens a log for appending; one that has grown large is first put aside, in place of the one before it. */
function openLog(file: string): number {
  const log = openSync(file, 'a', 0o600);
  if (statSync(file).size <= largestLogBytes) return log;
  closeSync(log);
  renameSync(file, file.replace(/\.log$/, '.old.log'));
  return openSync(file, 'a', 0o600);
}

/** A process that is started again whenever it dies, until it is told to stop. */
export class SupervisedProcess {
  readonly plan: ProcessPlan;
  readonly logFile: string;
  deaths = 0;
  /** Those in a row that came soon after the start. */
  #quickDeaths = 0;
  readonly #recordFile: string;
  #child: ChildProcess | null = null;
  #gone: Promise<void> = Promise.resolve();
  #restart: NodeJS.Timeout | undefined;
  #wanted = false;

  constructor(plan: ProcessPlan, data: Pick<DataDirectory, 'logs' | 'running'>) {
    this.plan = plan;
    this.logFile = join(data.logs, `${plan.name}-${plan.number}.log`);
    this.#recordFile = join(data.running, `${plan.name}-${plan.number}.json`);
  }

  get pid(): number | null {
    return this.#child?.pid ?? null;
  }

  start(): void {
    this.#wanted = true;
    clearTimeout(this.#restart);
    if (this.#child === null) this.#spawn();
  }

  /** Sends a signal as a stranger would; a process that dies of it is started again. */
  kill(signal: NodeJS.Signals): boolean {
    return this.#child?.kill(signal) ?? false;
  }

  /** Stops the process for good: politely, and by force once its grace has passed. */
  async stop(): Promise<void> {
    this.#wanted = false;
    clearTimeout(this.#restart);
    const child = this.#child;
    if (child === null) return this.#gone;
    child.kill(this.plan.stopSignal);
    const timer = new AbortController();
    const force = wait(this.plan.graceMs, undefined, { signal: timer.signal }).then(
      () => child.kill('SIGKILL'),
      () => undefined,
    );
    await this.#gone;
    timer.abort();
    await force;
  }

  #spawn(): void {
    const { command, directory, environment } = this.plan;
    const log = openLog(this.logFile);
    // Detached: a Ctrl-C in the terminal goes to its whole group, and the order of stopping is ours to keep.
    const child = spawn(command, this.plan.arguments, {
      cwd: directory,
      env: environment,
      detached: true,
      stdio: ['ignore', log, log],
    });
    closeSync(log);
    this.#child = child;
    this.#record(child);
    const startedAt = performance.now();
    this.#gone = new Promise((resolve) => {
      // Without a pid the program could not be started at all, and there will be no exit.
      child.once('error', (error) => {
        if (child.pid === undefined) resolve(this.#afterDeath(child, error.message, startedAt));
      });
      child.once('exit', (code, signal) =>
        resolve(this.#afterDeath(child, signal ?? `code ${code}`, startedAt)),
      );
    });
  }

  #record(child: ChildProcess): void {
    if (child.pid === undefined) return;
    const startedAt = startTimeOf(child.pid);
    writeFileSync(this.#recordFile, JSON.stringify({ pid: child.pid, startedAt }), { mode: 0o600 });
  }

  async #afterDeath(child: ChildProcess, cause: string, startedAt: number): Promise<void> {
    if (child.pid !== undefined) await killGroup(child.pid);
    rmSync(this.#recordFile, { force: true });
    this.#child = null;
    if (!this.#wanted) return;
    this.deaths += 1;
    if (performance.now() - startedAt >= settledMs) this.#quickDeaths = 0;
    const pauseMs = this.#quickDeaths === 0 ? 0 : Math.min(longestPauseMs, 125 * 2 ** this.#quickDeaths);
    this.#quickDeaths += 1;
    this.plan.onDeath?.(`${this.plan.name} ${this.plan.number} died (${cause}) and is started again`);
    this.#restart = setTimeout(() => this.#spawn(), pauseMs);
  }
}
