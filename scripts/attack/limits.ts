import { randomBytes, randomInt } from 'node:crypto';
import type { Family } from './declare-attack.ts';
import type { AttackGround } from './open-ground.ts';
import type { Answer } from './send.ts';
import { whyWrong } from './tell-answer.ts';

/** Each status, and how many times in a row it came. */
function tellRow(answers: readonly Answer[]): string {
  const runs: [number, number][] = [];
  for (const { status } of answers) {
    const last = runs.at(-1);
    if (last?.[0] === status) last[1] += 1;
    else runs.push([status, 1]);
  }
  return runs.map(([status, times]) => `${times} x ${status}`).join(', ');
}

/** What a 429 has to carry, and what is missing. */
function tellHeaders(answers: readonly Answer[]): string {
  const limited = answers.filter(({ status }) => status === 429);
  const needed = ['retry-after', 'ratelimit', 'ratelimit-policy'];
  const missing = needed.filter((name) => limited.some(({ headers }) => headers[name] === undefined));
  const fault = limited.map(whyWrong).find((why) => why !== undefined);
  if (fault !== undefined) return `429 ${fault}`;
  return missing.length === 0 ? 'told when to come again' : `429 without ${missing.join(', ')}`;
}

/** One after the other, each from an address that the attacker makes up; Nginx spreads them over the replicas. */
async function tryPasswords(ground: AttackGround, email: string, times: number): Promise<Answer[]> {
  const answers: Answer[] = [];
  for (let index = 0; index < times; index += 1) {
    const address = `198.51.100.${randomInt(1, 255)}`;
    const headers = { 'X-Forwarded-For': address, Forwarded: `for=${address}`, 'X-Real-IP': address };
    const json = { email, password: randomBytes(9).toString('hex') };
    answers.push(await ground.call({ method: 'POST', path: '/auth/login', json, headers }));
  }
  return answers;
}

async function tryCodes(ground: AttackGround, token: string, times: number): Promise<Answer[]> {
  const answers: Answer[] = [];
  for (let index = 0; index < times; index += 1) {
    const json = { code: String(randomInt(0, 1_000_000)).padStart(6, '0') };
    answers.push(await ground.call({ method: 'POST', path: '/auth/verification/confirm', token, json }));
  }
  return answers;
}

export const limits: Family = {
  name: 'limits',
  attacks: [
    {
      name: '20 wrong log-ins of one account, each from a made-up address, over all replicas',
      expected: '10 x 401, 10 x 429, told when to come again',
      async run(ground) {
        const { email } = await ground.register();
        const answers = await tryPasswords(ground, email, 20);
        return `${tellRow(answers)}, ${tellHeaders(answers)}`;
      },
    },
    {
      name: 'the same in other spellings of the address',
      expected: '10 x 401, 2 x 429',
      async run(ground) {
        const { email } = await ground.register();
        const first = await tryPasswords(ground, email.toUpperCase(), 6);
        return tellRow([...first, ...(await tryPasswords(ground, email, 6))]);
      },
    },
    {
      name: 'the right password, with an accent or a blank in the address, which would be counted apart',
      expected: '2 x 401, 1 x 200',
      async run({ register, call }) {
        const { email, password } = await register();
        const answers: Answer[] = [];
        for (const spelling of [email.replace('e', 'é'), `${email} `, email])
          answers.push(
            await call({ method: 'POST', path: '/auth/login', json: { email: spelling, password } }),
          );
        return tellRow(answers);
      },
    },
    {
      name: 'a code of six digits by trying',
      expected: '5 x 400, 3 x 429, told when to come again',
      needs: 'POST /auth/verification/confirm',
      async run(ground) {
        const { token } = await ground.register();
        const json = { channel: 'email' };
        const asked = await ground.call({ method: 'POST', path: '/auth/verification', token, json });
        if (asked.status !== 202) return `asking for a code answered ${asked.status}`;
        const answers = await tryCodes(ground, token, 8);
        return `${tellRow(answers)}, ${tellHeaders(answers)}`;
      },
    },
    {
      name: 'more codes to try: each gives five more guesses',
      expected: '10 x 202, 2 x 429, told when to come again',
      needs: 'POST /auth/verification',
      async run({ register, call }) {
        const { token } = await register();
        const request = { method: 'POST', path: '/auth/verification', token, json: { channel: 'email' } };
        const answers: Answer[] = [];
        while (answers.length < 12) answers.push(await call(request));
        return `${tellRow(answers)}, ${tellHeaders(answers)}`;
      },
    },
    {
      name: 'invented tokens for a new password',
      expected: 'none works',
      needs: 'POST /auth/password/reset',
      async run(ground) {
        const tokens = ['x'.repeat(43), '0', "' OR '1'='1", randomBytes(32).toString('base64url')];
        const answers = await Promise.all(
          tokens.map((token) => {
            const json = { token, newPassword: 'a long enough phrase' };
            return ground.call({ method: 'POST', path: '/auth/password/reset', json });
          }),
        );
        const isRefused = answers.every((answer) => [400, 410, 429].includes(answer.status));
        return isRefused ? 'none works' : tellRow(answers);
      },
    },
    {
      name: 'whether an address is known, by asking for a new password',
      expected: '202 and 202',
      needs: 'POST /auth/password/forgot',
      async run(ground) {
        const ask = async (email: string): Promise<number> =>
          (await ground.call({ method: 'POST', path: '/auth/password/forgot', json: { email } })).status;
        const { email } = await ground.register();
        return `${await ask(email)} and ${await ask(`nobody-${email}`)}`;
      },
    },
  ],
};
