import type { Family } from './declare-attack.ts';
import type { AttackGround, Person } from './open-ground.ts';
import { type Answer, parse } from './send.ts';
import { tell } from './tell-answer.ts';

const refresh = ({ call }: AttackGround, refreshToken: string): Promise<Answer> =>
  call({ method: 'POST', path: '/auth/refresh', json: { refreshToken } });

/** Uses a refresh token and remembers the next one as a secret. */
async function rotate(ground: AttackGround, refreshToken: string): Promise<string> {
  const answer = await refresh(ground, refreshToken);
  const next = parse<{ refreshToken?: string }>(answer).refreshToken ?? '';
  if (next !== '') ground.planted.push({ what: 'a refresh token', value: next });
  return next;
}

const logOut = ({ call }: AttackGround, { token }: Person): Promise<Answer> =>
  call({ method: 'POST', path: '/auth/logout', token });

export const sessions: Family = {
  name: 'sessions',
  attacks: [
    {
      name: 'an old refresh token again: the newest is dead too',
      expected: '401, then 401',
      async run(ground) {
        const { refreshToken: first } = await ground.register();
        const newest = await rotate(ground, await rotate(ground, first));
        const reused = await refresh(ground, first);
        return `${tell(reused)}, then ${tell(await refresh(ground, newest))}`;
      },
    },
    {
      name: '20 refreshes with one token at once',
      expected: '1 x 200, 19 x 401; the winner: 401',
      async run(ground) {
        const { refreshToken } = await ground.register();
        const answers = await Promise.all(Array.from({ length: 20 }, () => refresh(ground, refreshToken)));
        const won = answers.filter(({ status }) => status === 200);
        const next = won[0] === undefined ? '' : parse<{ refreshToken: string }>(won[0]).refreshToken;
        const lost = answers.filter(({ status }) => status === 401).length;
        const winner = tell(await refresh(ground, next));
        return `${won.length} x 200, ${lost} x 401; the winner: ${winner}`;
      },
    },
    {
      name: 'a refresh after log-out',
      expected: '401',
      async run(ground) {
        const person = await ground.register();
        await logOut(ground, person);
        return tell(await refresh(ground, person.refreshToken));
      },
    },
    {
      name: 'a refresh after the password was changed',
      expected: '401',
      needs: 'PUT /auth/password',
      async run(ground) {
        const { token, password, refreshToken } = await ground.register();
        const newPassword = `${password} anew`;
        const json = { currentPassword: password, newPassword };
        const changed = await ground.call({ method: 'PUT', path: '/auth/password', token, json });
        if (changed.status >= 300) return `the change answered ${tell(changed)}`;
        return tell(await refresh(ground, refreshToken));
      },
    },
    {
      name: 'the change of a password without the current one',
      expected: '400 or 401, and the old one still works',
      needs: 'PUT /auth/password',
      async run(ground) {
        const { token, email, password } = await ground.register();
        const json = { currentPassword: `${password}!`, newPassword: 'something else entirely' };
        const { status } = await ground.call({ method: 'PUT', path: '/auth/password', token, json });
        const login = await ground.call({ method: 'POST', path: '/auth/login', json: { email, password } });
        const refused = [400, 401, 403, 422].includes(status) ? '400 or 401' : `${status}`;
        return `${refused}, and the old one ${login.status === 200 ? 'still works' : 'does not work'}`;
      },
    },
    {
      name: 'an invented refresh token, and SQL as one',
      expected: '401',
      async run(ground) {
        const invented = ['x', '0'.repeat(43), "' OR '1'='1", '../../etc/passwd'];
        const answers = await Promise.all(invented.map((token) => refresh(ground, token)));
        return [...new Set(answers.map(tell))].join(' or ');
      },
    },
  ],
};
