import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { type Database, openDatabase } from '@tradepost/service-kit/database.ts';
import { startFakeUpstream } from '../../testing/fake-upstream.ts';
import { connectSenders } from '../src/messages/connect-senders.ts';
import type { Message } from '../src/messages/message.ts';
import { expiredMessages } from '../src/messages/messages.queries.ts';
import { queueMessage } from '../src/messages/queue-message.ts';
import { sendMessages } from '../src/messages/send-messages.ts';
import { type AuthApp, type Person, startAuthApp } from './helpers/auth-app.ts';
import { startFakeMailServer } from './helpers/fake-mail-server.ts';
import { codeIn, eventually, keepingLogger } from './helpers/mail-app.ts';

type MailServer = Awaited<ReturnType<typeof startFakeMailServer>>;
type SmsProvider = Awaited<ReturnType<typeof startFakeUpstream>>;

let app: AuthApp;
let person: Person;
let mailServer: MailServer;
let smsProvider: SmsProvider;
let logger: ReturnType<typeof keepingLogger>;
const provider = { status: 202 };

beforeAll(async () => {
  app = await startAuthApp({ poolSize: 4 });
  person = await app.register({ phone: '+49 (30) 1234-567' });
  mailServer = await startFakeMailServer();
  smsProvider = await startFakeUpstream(() => ({ status: provider.status, body: { echo: '491234' } }));
});
beforeEach(async () => {
  logger = keepingLogger();
  provider.status = 202;
  mailServer.answers.recipient = '250 OK';
  mailServer.received.length = 0;
  smsProvider.calls.length = 0;
  await app.database.change('DELETE FROM outgoing_messages', {});
});
afterAll(async () => {
  await mailServer.stop();
  await smsProvider.stop();
  await app.stop();
});

type Settings = Parameters<typeof connectSenders>[0];

function startSending(settings: Settings, database: Database = app.database) {
  return sendMessages({ database, seal: app.seal, senders: connectSenders(settings, logger), logger });
}

const byMail = (): Settings => ({ SMTP_URL: mailServer.url, MAIL_FROM: 'shop@tradepost.example' });
const bySms = (): Settings => ({ SMS_URL: `${smsProvider.url}/v2/send?region=eu`, SMS_KEY: 'the key' });

interface WaitingRow {
  attempts: number;
  sealed: string;
  seconds: number;
}

const waiting = () =>
  app.database.select<WaitingRow>(
    `SELECT attempts, sealed, TIMESTAMPDIFF(MICROSECOND, NOW(3), due_at) / 1000000 AS seconds
       FROM outgoing_messages ORDER BY id`,
  );
const allSent = () => eventually(waiting, ({ length }) => length === 0);

async function queue(fields: Partial<Message> = {}): Promise<void> {
  const usual = { to: person.email, channel: 'email', subject: 'Hello', text: 'planted text' } as const;
  const message: Message = { ...usual, ...fields };
  await app.database.transaction((tx) =>
    queueMessage(app, tx, { userId: person.id, message, validMinutes: 30 }),
  );
}

describe('a message', () => {
  test('that belongs to a change which fails is never sent', async () => {
    const failing = app.database.transaction(async (tx) => {
      const message: Message = { to: 'x@example.org', channel: 'email', subject: 'a', text: 'b' };
      await queueMessage(app, tx, { userId: person.id, message, validMinutes: 30 });
      throw new Error('on purpose');
    });
    await expect(failing).rejects.toThrow('on purpose');
    expect(await waiting()).toEqual([]);
  });

  test('waits encrypted, and cannot be changed by who has no key', async () => {
    await queue();
    const [row] = await waiting();
    const bytes = Buffer.from(row!.sealed, 'base64');
    for (const planted of ['planted text', person.email]) expect(bytes.includes(planted)).toBe(false);
    expect(app.seal.open(row!.sealed)).toMatchObject({ to: person.email, text: 'planted text' });
    bytes.writeUInt8(bytes.at(-1)! ^ 1, bytes.length - 1);
    expect(() => app.seal.open(bytes.toString('base64'))).toThrow();
  });

  test('is sent once by two workers at once, and then forgotten', async () => {
    for (let index = 0; index < 40; index += 1) await queue({ subject: `number ${index}.` });
    const pool = openDatabase(app.database.settings);
    const workers = [startSending(byMail()), startSending(byMail(), pool)];
    await allSent();
    for (const worker of workers) await worker.stop();
    await pool.close();
    const subjects = mailServer.received.map(({ content }) => /^Subject: (.*)$/m.exec(content)?.[1]);
    expect(subjects.sort()).toEqual(Array.from({ length: 40 }, (_, index) => `number ${index}.`).sort());
  });

  test('whose sender died is sent when its lease is over', async () => {
    await queue();
    await app.database.change(
      `UPDATE outgoing_messages SET claimed_by = UUID(), due_at = NOW(3) + INTERVAL 1 SECOND`,
      {},
    );
    const sending = startSending(byMail());
    await allSent();
    await sending.stop();
    expect(mailServer.received).toHaveLength(1);
  });

  test('that is too old is not sent, and deleted', async () => {
    await queue();
    await app.database.change('UPDATE outgoing_messages SET expires_at = NOW(3) - INTERVAL 1 SECOND', {});
    const sending = startSending(byMail());
    await queue({ subject: 'young' });
    await eventually(waiting, ({ length }) => length === 1);
    await sending.stop();
    expect(mailServer.received).toHaveLength(1);
    expect(await app.database.change(expiredMessages.deletions[0]!, {})).toBe(1);
  });
});

describe('by e-mail', () => {
  test('it carries its sender, its recipient and its id, in any alphabet', async () => {
    await queue({ subject: 'Grüße', text: 'über' });
    const sending = startSending(byMail());
    await allSent();
    await sending.stop();
    const [mail] = mailServer.received;
    expect(mail).toMatchObject({ from: 'shop@tradepost.example', to: [person.email] });
    expect(mail?.content).toMatch(/^Message-ID: <[0-9a-f-]{36}@tradepost\.example>$/m);
    expect(mail?.content).toMatch(/^Auto-Submitted: auto-generated$/m);
    expect(mail?.content).toMatch(/^Subject: =\?UTF-8\?/m);
  });

  test('a refused one comes again after a pause that grows, and no log line says to whom', async () => {
    await queue();
    mailServer.answers.recipient = `550 5.1.1 <${person.email}> is not known here`;
    const sending = startSending(byMail());
    for (const [index, pause] of [2, 4, 8].entries()) {
      const [row] = await eventually(waiting, (rows) => rows[0]?.attempts === index + 1);
      expect(Number(row?.seconds)).toBeGreaterThan(pause * 0.8 - 2);
      expect(Number(row?.seconds)).toBeLessThan(pause * 1.2 + 1);
      await app.database.change('UPDATE outgoing_messages SET due_at = NOW(3)', {});
    }
    mailServer.answers.recipient = '250 OK';
    await app.database.change('UPDATE outgoing_messages SET due_at = NOW(3)', {});
    await allSent();
    await sending.stop();
    expect(mailServer.received).toHaveLength(1);
    expect(logger.lines[0]).toContain('"answered":550');
    expect(logger.lines.join()).not.toMatch(new RegExp(`${person.email}|planted text`));
  });
});

describe('by SMS', () => {
  test('it goes to the provider with its key, once under each id', async () => {
    await queue({ to: '+49 (30) 1234-567', channel: 'sms', text: 'a code' });
    const sending = startSending(bySms());
    await allSent();
    await sending.stop();
    expect(smsProvider.calls).toMatchObject([
      {
        method: 'POST',
        path: '/v2/send?region=eu',
        headers: { authorization: 'Bearer the key' },
        body: { id: expect.stringMatching(/^[0-9a-f-]{36}$/), to: '+49301234567', text: 'a code' },
      },
    ]);
  });

  test.each([400, 500])('a provider that answers %s is asked again, with the same id', async (status) => {
    await queue({ to: '+49301234567', channel: 'sms' });
    provider.status = status;
    const sending = startSending(bySms());
    await eventually(waiting, ([row]) => row?.attempts === 1);
    provider.status = 202;
    await app.database.change('UPDATE outgoing_messages SET due_at = NOW(3)', {});
    await allSent();
    await sending.stop();
    const ids = smsProvider.calls.map(({ body }) => (body as { id: string }).id);
    expect(ids).toHaveLength(2);
    expect(ids[1]).toBe(ids[0]);
    expect(logger.lines.join()).not.toMatch(/301234567|planted text|the key/);
  });
});

test('without any setting it is noted that there was a message, and nothing of it', async () => {
  await queue();
  await queue({ to: '+49301234567', channel: 'sms' });
  const sending = startSending({});
  await allSent();
  await sending.stop();
  const lines = logger.lines.filter((line) => line.includes('a message was not sent'));
  expect(lines.map((line) => JSON.parse(line).channel).sort()).toEqual(['email', 'sms']);
  expect(logger.lines.join()).not.toMatch(new RegExp(`${person.email}|301234567|planted text`));
});

test('no log line holds a code, a token, a password or an address', async () => {
  const shop = await startAuthApp({ poolSize: 4, logger });
  const { email, bearer, password } = await shop.register({ email: 'planted@example.org' });
  const post = (route: string, body: object) =>
    shop.request.post(`/api/v1/auth${route}`).set('Authorization', bearer).send(body);
  await post('/verification', { channel: 'email' }).expect(202);
  await post('/password/forgot', { email }).expect(202);
  mailServer.answers.recipient = `451 try later, <${email}>`;
  const { database, seal } = shop;
  const sending = sendMessages({ database, seal, senders: connectSenders(byMail(), logger), logger });
  const tried = () =>
    database.select<{ sealed: string }>('SELECT sealed FROM outgoing_messages WHERE attempts > 0');
  const rows = await eventually(tried, ({ length }) => length === 2);
  const texts = rows.map(({ sealed }) => seal.open(sealed).text).join('\n');
  const token = /[0-9a-f]{64}/.exec(texts)?.[0] ?? '';
  await post('/verification/confirm', { code: codeIn(texts) }).expect(200);
  await post('/password/reset', { token, newPassword: 'a planted phrase' }).expect(204);
  await sending.stop();
  await shop.stop();
  expect(logger.lines.length).toBeGreaterThan(6);
  const written = logger.lines.join('\n');
  for (const planted of [codeIn(texts), token, email, password, 'a planted phrase'])
    expect(written).not.toContain(planted);
});
