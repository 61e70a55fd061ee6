import { Admin } from '@platformatic/kafka';

const partitions = 6;
const answerWithinMs = 5_000;

/** Makes the topics that are not there yet; one that is keeps what it has. */
export async function ensureTopics(brokers: string[], topics: readonly string[]): Promise<void> {
  const admin = new Admin({
    clientId: 'tradepost',
    bootstrapBrokers: brokers,
    timeout: answerWithinMs,
    retries: 1,
  });
  try {
    const there = new Set(await admin.listTopics());
    const missing = topics.filter((topic) => !there.has(topic));
    // Another replica may be quicker.
    if (missing.length > 0)
      await admin.createTopics({ topics: missing, partitions, replicas: -1 }).catch(isThere);
  } finally {
    await admin.close();
  }
}

function isThere(error: unknown): void {
  if (!JSON.stringify(error, ['apiId', 'errors', 'message', 'cause']).includes('TOPIC_ALREADY_EXISTS'))
    throw error;
}
