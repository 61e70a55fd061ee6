import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from '@tradepost/service-kit/logger.ts';
import { silentLogger } from '@tradepost/service-kit/testing.ts';
import { connectSenders } from '../../src/messages/connect-senders.ts';
import type { SpooledMessage } from '../../src/messages/messages.queries.ts';
import { sendMessages } from '../../src/messages/send-messages.ts';
import { type AuthApp, type AuthAppOptions, startAuthApp } from './auth-app.ts';

export async function eventually<T>(read: () => Promise<T>, hoped: (value: T) => boolean): Promise<T> {
  const giveUpAt = performance.now() + 15_000;
  for (;;) {
    const value = await read();
    if (hoped(value)) return value;
    if (performance.now() > giveUpAt) throw new Error(`Still ${JSON.stringify(value)} after 15 s.`);
    await sleep(25);
  }
}

/** A logger that keeps its lines, as they would be written. */
export function keepingLogger(): Logger & { lines: string[] } {
  const lines: string[] = [];
  const keep = (message: string, fields: object = {}): void => {
    const { error, ...rest } = fields as { error?: { message?: string; stack?: string } };
    lines.push(JSON.stringify({ message, ...rest, error: error && [error.message, error.stack] }));
  };
  return { lines, error: keep, warn: keep, info: keep, debug: keep };
}

export interface MailApp extends AuthApp {
  spool: string;
  /** What /dev/mail lists, the newest first. */
  mailbox(): Promise<SpooledMessage[]>;
  /** The newest message to somebody, once there are as many. */
  awaitMail(to: string, count?: number): Promise<SpooledMessage>;
  awaitCode(to: string, count?: number): Promise<string>;
  awaitToken(to: string, count?: number): Promise<string>;
}

export const codeIn = (text: string): string => /\b\d{6}\b/.exec(text)?.[0] ?? '';
const tokenIn = (text: string): string => /\b[0-9a-f]{64}\b/.exec(text)?.[0] ?? '';

/** The service with its mailbox. It is no part of the API in docs/openapi.json, so it is read with fetch. */
export async function startMailApp(options: Omit<AuthAppOptions, 'mailSpool'> = {}): Promise<MailApp> {
  const directory = await mkdtemp(path.join(tmpdir(), 'mail-app-'));
  const spool = path.join(directory, 'spool');
  const app = await startAuthApp({ poolSize: 10, ...options, mailSpool: spool });
  const { database, seal } = app;
  const logger = options.logger ?? silentLogger;
  const senders = connectSenders({ MAIL_SPOOL: spool }, logger);
  const sending = sendMessages({ database, seal, senders, logger });

  async function mailbox(): Promise<SpooledMessage[]> {
    const answer = await fetch(`${app.url}/dev/mail`, { headers: { Accept: 'application/json' } });
    return ((await answer.json()) as { items: SpooledMessage[] }).items;
  }
  async function awaitMail(to: string, count = 1): Promise<SpooledMessage> {
    const received = async () => (await mailbox()).filter((message) => message.to === to);
    const [newest] = await eventually(received, ({ length }) => length >= count);
    return newest!;
  }
  return {
    ...app,
    spool,
    mailbox,
    awaitMail,
    awaitCode: async (to, count) => codeIn((await awaitMail(to, count)).text),
    awaitToken: async (to, count) => tokenIn((await awaitMail(to, count)).text),
    async stop() {
      await sending.stop();
      await app.stop();
      await rm(directory, { recursive: true });
    },
  };
}
