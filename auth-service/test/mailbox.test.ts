import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { v7 as uuidv7 } from 'uuid';
import type { Message } from '../src/messages/message.ts';
import { keptMessages } from '../src/messages/messages.queries.ts';
import { queueMessage } from '../src/messages/queue-message.ts';
import { startAuthApp } from './helpers/auth-app.ts';
import { eventually, type MailApp, startMailApp } from './helpers/mail-app.ts';

let app: MailApp;
let userId: string;
beforeEach(async () => {
  app = await startMailApp({ poolSize: 4 });
  ({ id: userId } = await app.register());
});
afterEach(() => app.stop());

const read = (accept: string, method = 'GET') =>
  fetch(`${app.url}/dev/mail`, { method, headers: { Accept: accept } });
const codeOf = async (answer: Response) => ((await answer.json()) as { code: string }).code;

async function send(to: string, fields: Partial<Message> = {}): Promise<void> {
  const message: Message = { to, channel: 'email', subject: 'Hello', text: 'a text', ...fields };
  await app.database.transaction((tx) => queueMessage(app, tx, { userId, message, validMinutes: 30 }));
  await app.awaitMail(to);
}

test('is empty before the first message', async () => {
  expect(await (await read('application/json')).json()).toEqual({ items: [] });
  expect(await (await read('text/html')).text()).toContain('Nothing has been sent yet.');
});

test('lists e-mail and SMS, the newest first, in files that nobody else reads', async () => {
  await send('first@example.org');
  await send('+49301234567', { channel: 'sms', subject: 'second' });
  const answer = await read('application/json');
  expect(answer.headers.get('content-type')).toBe('application/json; charset=utf-8');
  expect(answer.headers.get('cache-control')).toBe('no-store');
  const createdAt = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  expect(await answer.json()).toEqual({
    items: [
      { to: '+49301234567', channel: 'sms', subject: 'second', text: 'a text', createdAt },
      { to: 'first@example.org', channel: 'email', subject: 'Hello', text: 'a text', createdAt },
    ],
  });
  const names = await readdir(app.spool);
  expect(names).toHaveLength(2);
  for (const name of names) expect((await stat(path.join(app.spool, name))).mode & 0o777).toBe(0o600);
  expect((await stat(app.spool)).mode & 0o777).toBe(0o700);
});

test('is a page for browsers, in which a message is text and nothing else', async () => {
  const text = `"a" & 'b'\n<img src=x onerror=y>`;
  await send('x@example.org', { subject: '<script>alert(1)</script>', text });
  const answer = await read('text/html,application/xhtml+xml,*/*;q=0.8');
  expect(answer.headers.get('content-type')).toBe('text/html; charset=utf-8');
  const page = await answer.text();
  expect(page).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
  expect(page).toContain('&quot;a&quot; &amp; &#39;b&#39;<br />&lt;img src=x onerror=y&gt;');
  expect(page).not.toMatch(/<script|<img|<style/);
});

test('passes over what is no message', async () => {
  await send('x@example.org');
  await writeFile(path.join(app.spool, '.half-written'), '{');
  await writeFile(path.join(app.spool, `${'0'.repeat(36)}.json`), '{');
  expect(await app.mailbox()).toHaveLength(1);
});

test('keeps the newest five hundred', async () => {
  await send('oldest@example.org');
  const [oldest] = await readdir(app.spool);
  const kept = await readFile(path.join(app.spool, oldest!));
  // Later ones, as far as their names tell.
  const names = Array.from({ length: keptMessages - 1 }, () => `${uuidv7()}.json`);
  await Promise.all(names.map((name) => writeFile(path.join(app.spool, name), kept)));
  expect(await app.mailbox()).toHaveLength(keptMessages);
  await send('newest@example.org');
  const left = await eventually(
    () => readdir(app.spool),
    (names) => !names.includes(oldest!),
  );
  expect(left).toHaveLength(keptMessages);
  expect((await app.mailbox())[0]).toMatchObject({ to: 'newest@example.org' });
});

test('can only be read, and is the whole path', async () => {
  expect(await (await read('text/html', 'HEAD')).text()).toBe('');
  expect((await read('*/*', 'OPTIONS')).headers.get('allow')).toBe('GET, HEAD, OPTIONS');
  for (const method of ['POST', 'PUT', 'DELETE']) {
    const answer = await read('*/*', method);
    expect(answer.status).toBe(405);
    expect(answer.headers.get('allow')).toBe('GET, HEAD, OPTIONS');
    expect(await codeOf(answer)).toBe('method-not-allowed');
  }
  expect((await fetch(`${app.url}/dev/mail/x`)).status).toBe(404);
});

test('is not there without MAIL_SPOOL', async () => {
  const without = await startAuthApp();
  const answer = await fetch(`${without.url}/dev/mail`);
  await without.stop();
  expect(answer.status).toBe(404);
  expect(answer.headers.get('content-type')).toContain('application/problem+json');
  expect(await codeOf(answer)).toBe('not-found');
});
