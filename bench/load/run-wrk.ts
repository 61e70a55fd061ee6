import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { randomUUID } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { Refusal } from '../../scripts/local/refusal.ts';

/** A request that wrk repeats. An Idempotency-Key header gets a fresh value each time. */
export interface LoadRequest {
  method: 'GET' | 'POST';
  /** With the base path. */
  path: string;
  headers?: Record<string, string>;
  body?: object;
}

export interface LoadOptions {
  url: string;
  /** Sent one after the other, again and again. */
  requests: readonly LoadRequest[];
  connections: number;
  /** Whole seconds: wrk knows no other. */
  seconds: number;
  /** Counts the answers by status; costs the client some processor. */
  countsStatuses?: boolean;
  /** For the file with the requests. */
  directory: string;
}

export interface Load {
  requests: number;
  seconds: number;
  p50Ms: number;
  p99Ms: number;
  /** Answers with a status of 400 or more. */
  refused: number;
  /** Requests without an answer. */
  broken: number;
  statuses: Record<string, number>;
}

const script = join(import.meta.dirname, 'requests.lua');

function toLine({ method, path, headers = {}, body }: LoadRequest): string {
  const json: Record<string, string> = body ? { 'Content-Type': 'application/json' } : {};
  const fields = Object.entries({ ...json, ...headers }).map(([name, value]) => `${name}: ${value}`);
  return [method, path, fields.join('|'), body ? JSON.stringify(body) : ''].join('\t');
}

/** Sends requests with wrk (Debian package `wrk`) on one thread, and returns what came back. */
export async function runWrk({
  url,
  requests,
  connections,
  seconds,
  ...options
}: LoadOptions): Promise<Load> {
  const file = join(options.directory, `requests-${randomUUID()}.tsv`);
  await writeFile(file, `${requests.map(toLine).join('\n')}\n`);
  const counting = options.countsStatuses ? 'count' : '';
  const wrk = spawn(
    'wrk',
    [
      '-t1',
      `-c${connections}`,
      `-d${seconds}s`,
      '--timeout',
      '10s',
      '-s',
      script,
      url,
      '--',
      file,
      randomUUID(),
      counting,
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const started = once(wrk, 'spawn').catch(() => {
    throw new Refusal('wrk is not installed: type "apt-get install wrk", then start the bench again.');
  });
  await started;
  const output = await text(wrk.stdout);
  const result = /^result (.*)$/m.exec(output)?.[1];
  if (result === undefined) throw new Error(`wrk gave no result: ${output}`);
  return JSON.parse(result) as Load;
}
