import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { answersByStatus, startRawReceiver, withoutStatus } from '../../testing/raw-receiver.ts';
import { smsSender } from '../src/messages/sms-sender.ts';

let provider: Awaited<ReturnType<typeof startRawReceiver>>;
beforeAll(async () => {
  provider = await startRawReceiver();
});
afterAll(() => provider.stop());

const sms = { id: 'one', to: '+49301234567', subject: '', text: 'a code', createdAt: new Date() };
const send = () => smsSender({ url: `${provider.url}/send`, key: 'the key' })({ ...sms, channel: 'sms' });

test.each(answersByStatus)(
  'an SMS is judged by its status line alone, with %s',
  async (_says, status, write) => {
    provider.write = write;
    const startedAt = performance.now();
    const answered = await send().catch(
      (error: unknown) => (error as { responseCode?: number }).responseCode,
    );
    expect(answered).toBe(status < 300 ? undefined : status);
    expect(performance.now() - startedAt).toBeLessThan(1_000);
  },
);

test.each(withoutStatus)('an SMS whose provider says %s is not sent', async (_says, write) => {
  provider.write = write;
  await expect(send()).rejects.not.toHaveProperty('responseCode');
});
