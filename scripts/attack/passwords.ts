import { randomUUID } from 'node:crypto';
import type { Attack, Family } from './declare-attack.ts';
import type { AttackGround } from './open-ground.ts';
import { type Answer, parse } from './send.ts';
import { tell, tellAll } from './tell-answer.ts';

const newEmail = (): string => `${randomUUID()}@example.com`;

const register = ({ call }: AttackGround, email: string, password: string): Promise<Answer> =>
  call({ method: 'POST', path: '/auth/register', json: { email, password } });

const logIn = ({ call }: AttackGround, email: string, password: string): Promise<Answer> =>
  call({ method: 'POST', path: '/auth/login', json: { email, password } });

const refused = (name: string, ...passwords: string[]): Attack => ({
  name,
  expected: '400',
  run: async (ground) =>
    tellAll(await Promise.all(passwords.map((password) => register(ground, newEmail(), password)))),
});

/** Taken as it is: what is almost the same does not log in. */
const exact = (name: string, password: string, almost: string): Attack => ({
  name,
  expected: '201, logs in: 200, almost the same: 401',
  async run(ground) {
    const email = newEmail();
    const made = tell(await register(ground, email, password));
    const [same, other] = [await logIn(ground, email, password), await logIn(ground, email, almost)];
    return `${made}, logs in: ${tell(same)}, almost the same: ${tell(other)}`;
  },
});

/** What an answer says, but for what differs by request. */
const saying = (answer: Answer): string =>
  JSON.stringify({ ...parse<object>(answer), requestId: '', instance: '' });

const wide = 'é'.repeat(36);

export const passwords: Family = {
  name: 'passwords',
  attacks: [
    refused(
      'of 73 bytes, of 73 bytes in 37 characters, of 100,000',
      'a'.repeat(73),
      `${wide}a`,
      'a'.repeat(100_000),
    ),
    refused('of 9 bytes, empty', 'Tr0ub4dor', ''),
    refused(
      'of the list of common ones, in any case',
      '1234567890',
      'qwertyuiop',
      'QwertyUiop',
      'QWERTYUIOP',
    ),
    refused('of one repeated character', 'a'.repeat(10), '🐎'.repeat(5), 'x\u0302'.repeat(5)),
    refused('of nothing visible', '\u200b\u2800\u200b\u2800'),
    {
      name: 'the own e-mail address, in any case',
      expected: '400',
      run: async (ground) =>
        tellAll(
          await Promise.all(
            [newEmail(), newEmail().toUpperCase()].map((email) =>
              register(ground, email, email.toLowerCase()),
            ),
          ),
        ),
    },
    {
      name: 'registered composed, sent decomposed',
      expected: '201, logs in: 200',
      async run(ground) {
        const email = newEmail();
        const made = tell(await register(ground, email, 'Grüße aus Köln'.normalize('NFC')));
        return `${made}, logs in: ${tell(await logIn(ground, email, 'Grüße aus Köln'.normalize('NFD')))}`;
      },
    },
    refused('with NUL', 'a good phrase\0', '\0a good phrase', 'a good\0phrase'),
    exact('of 72 bytes, and one more at log-in', 'b'.repeat(71) + 'c', 'b'.repeat(71) + 'cd'),
    exact('with spaces at both ends', '  two words apart  ', 'two words apart'),
    exact('of emoji', '🐎🔋📎🪄', '🐎🔋📎🪅'),
    exact('in another case', 'Correct Horse Ninety', 'correct horse ninety'),
    {
      name: 'unknown address and wrong password are told apart',
      expected: 'no: the same 401',
      async run(ground) {
        const wrong = await logIn(ground, ground.stranger.email, 'not the password');
        const unknown = await logIn(ground, newEmail(), 'not the password');
        if (saying(wrong) !== saying(unknown)) return 'yes, by what they say';
        return `no: the same ${tellAll([wrong, unknown])}`;
      },
    },
    {
      name: '30 registrations of one address at once, in spellings of case',
      expected: '1 x 201, the others 409 or 503; accounts: 1',
      async run(ground) {
        const email = newEmail();
        const spell = (index: number): string => email.slice(0, index).toUpperCase() + email.slice(index);
        const answers = await Promise.all(
          Array.from({ length: 30 }, (_unused, index) =>
            register(ground, spell(index), 'a long enough phrase'),
          ),
        );
        const made = answers.filter(({ status }) => status === 201).length;
        // Hashing is shed when it takes too long: that one may come again.
        const others = answers.filter(({ status }) => ![201, 409, 503].includes(status));
        const found = await ground.call({ path: `/users?email=${email}`, token: ground.admin.token });
        const { length } = parse<{ items: object[] }>(found).items;
        return `${made} x 201, the others ${others.length === 0 ? '409 or 503' : tellAll(others)}; accounts: ${length}`;
      },
    },
  ],
};
