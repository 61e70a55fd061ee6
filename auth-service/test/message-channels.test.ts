import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { openDatabase } from '@tradepost/service-kit/database.ts';
import { silentLogger } from '@tradepost/service-kit/testing.ts';
import { countReads, tenThousandRows } from '../../testing/count-reads.ts';
import { startFakeUpstream } from '../../testing/fake-upstream.ts';
import { claimMessages } from '../src/messages/claim-messages.ts';
import { connectSenders } from '../src/messages/connect-senders.ts';
import type { Message } from '../src/messages/message.ts';
import { queueMessage } from '../src/messages/queue-message.ts';
import { sendMessages } from '../src/messages/send-messages.ts';
import { type AuthApp, type Person, startAuthApp } from './helpers/auth-app.ts';
import { startFakeMailServer } from './helpers/fake-mail-server.ts';
import { eventually } from './helpers/mail-app.ts';

let app: AuthApp;
let person: Person;
let mailServer: Awaited<ReturnType<typeof startFakeMailServer>>;

beforeAll(async () => {
  app = await startAuthApp({ poolSize: 4 });
  person = await app.register({ phone: '+49 (30) 1234-567' });
  mailServer = await startFakeMailServer();
});
beforeEach(() => app.database.change('DELETE FROM outgoing_messages', {}));
afterAll(async () => {
  await mailServer.stop();
  await app.stop();
});

const email: Message = { to: 'somebody@example.org', channel: 'email', subject: 'Hello', text: 'a text' };
const sms: Message = { ...email, to: '+49301234567', channel: 'sms' };

async function queue(message: Message, count = 1): Promise<void> {
  await app.database.transaction(async (tx) => {
    for (let index = 0; index < count; index += 1)
      await queueMessage(app, tx, { userId: person.id, message, validMinutes: 30 });
  });
}

function startSending(smsUrl: string) {
  const settings = { SMTP_URL: mailServer.url, MAIL_FROM: 'shop@tradepost.example', SMS_URL: smsUrl };
  const senders = connectSenders({ ...settings, SMS_KEY: 'the key' }, silentLogger);
  return sendMessages({ database: app.database, seal: app.seal, senders, logger: silentLogger });
}

async function secondsUntil(isSent: () => boolean): Promise<number> {
  const startedAt = performance.now();
  await eventually(async () => isSent(), Boolean);
  return (performance.now() - startedAt) / 1_000;
}

describe('200 messages that hang', () => {
  test('at the SMS provider delay no e-mail', async () => {
    const hanging = await startFakeUpstream(() => 'hang');
    const sending = startSending(hanging.url);
    try {
      await queue(sms, 200);
      await eventually(
        async () => hanging.calls.length,
        (calls) => calls >= 10,
      );
      await queue(email);
      expect(await secondsUntil(() => mailServer.received.length === 1)).toBeLessThan(1);
      expect(hanging.calls).toHaveLength(10);
    } finally {
      await hanging.stop();
      await sending.stop();
    }
  });

  test('at the mail server delay no SMS', async () => {
    const provider = await startFakeUpstream(() => ({ status: 202, body: {} }));
    mailServer.answers.recipient = undefined;
    mailServer.recipients.length = 0;
    const sending = startSending(provider.url);
    try {
      await queue(email, 200);
      await eventually(
        async () => mailServer.recipients.length,
        (open) => open >= 10,
      );
      await queue(sms);
      expect(await secondsUntil(() => provider.calls.length === 1)).toBeLessThan(1);
      expect(mailServer.recipients).toHaveLength(10);
    } finally {
      const stopping = sending.stop();
      mailServer.hangUp();
      await stopping;
      await provider.stop();
    }
  });
});

test('a claim costs by what is due, and not by what waits', async () => {
  const single = openDatabase({ ...app.database.settings, DB_POOL_SIZE: 1 });
  const claim = (smsPlaces: number): Promise<number> =>
    countReads(single, () => claimMessages(single, (channel) => (channel === 'sms' ? smsPlaces : 10)));
  await queue(email);
  const alone = await claim(10);
  const wait = (channel: string, due: string): Promise<number> =>
    single.change(
      `INSERT INTO outgoing_messages (id, channel, sealed, due_at, expires_at)
       SELECT UUID(), '${channel}', '', NOW(3) + INTERVAL ${due}, NOW(3) + INTERVAL 1 DAY FROM ${tenThousandRows}`,
      {},
    );
  await wait('email', '1 HOUR');
  await wait('sms', '-1 HOUR');
  await queue(email);
  expect(await claim(0)).toBeLessThan(alone + 10);
  await queue(email);
  expect(await claim(1)).toBeLessThan(alone + 20);
  await single.close();
});
