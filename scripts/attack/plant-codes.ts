import type { AttackGround } from './open-ground.ts';
import { parse, send } from './send.ts';

interface Mailbox {
  items: { text: string }[];
}

/**
 * Codes and tokens that were sent to people join what nobody may find: they lie in the development mailbox, which a shop
 * of our own has. It holds them on purpose, so it is not searched itself.
 */
export async function plantCodes({ url, planted }: AttackGround): Promise<void> {
  const answer = await send(url, { path: '/dev/mail', headers: { Accept: 'application/json' } });
  if (answer.status !== 200) throw new Error(`The development mailbox answered ${answer.status}.`);
  for (const { text } of parse<Mailbox>(answer).items) {
    const codes = text.match(/(?<!\d)\d{6}(?!\d)/g) ?? [];
    const tokens = text.match(/[\w-]{32,}/g) ?? [];
    planted.push(...codes.map((value) => ({ what: 'a code', value })));
    planted.push(...tokens.map((value) => ({ what: 'a token for a new password', value })));
  }
}
