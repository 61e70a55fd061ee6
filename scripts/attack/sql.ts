import type { Attack, Family } from './declare-attack.ts';
import { shipTo } from './open-ground.ts';
import { parse } from './send.ts';
import { tellAll } from './tell-answer.ts';
import { login, place } from './try-bodies.ts';

const quotes = [
  "' OR '1'='1",
  "'; DROP TABLE users; -- ",
  '" OR ""="',
  '1) UNION SELECT password_hash FROM users -- ',
  "\\' OR 1=1 #",
  "x'||SLEEP(5)||'",
];

const inQuery = (name: string, path: string, expected: string): Attack => ({
  name,
  expected,
  run: async ({ call, admin }) =>
    tellAll(
      await Promise.all(
        quotes.map((text) => call({ path: `${path}${encodeURIComponent(text)}`, token: admin.token })),
      ),
    ),
});

const attacks: Attack[] = [
  inQuery('SQL in sort', '/products?sort=', '400'),
  inQuery('SQL in the search', '/products?q=', '200'),
  // A backslash in a path goes nowhere: that one Nginx answers.
  inQuery('SQL in an id', '/products/', '400 or 404'),
  inQuery('SQL in a cursor', '/orders?cursor=', '400'),
  inQuery('SQL in a status', '/orders?status=', '400'),
  inQuery('SQL in ids', '/products?ids=', '400'),
  inQuery('SQL in an address to look for', '/users?email=', '400'),
  {
    name: 'SQL in e-mail and password',
    expected: '401',
    run: async (ground) =>
      tellAll(
        await Promise.all(
          quotes.flatMap((text) => [
            login(ground, { email: ground.buyer.email, password: text }),
            login(ground, { email: `${ground.buyer.email}${text}`, password: text }),
          ]),
        ),
      ),
  },
  {
    name: 'SQL in names that are stored: they come back as they were',
    expected: '201, unchanged',
    async run({ call, seller }) {
      const made = await Promise.all(
        quotes.map((name) => {
          const json = { name, description: name, price: { amount: 1, currency: 'EUR' } };
          return call({ method: 'POST', path: '/products', token: seller.token, json });
        }),
      );
      const names = made.map((answer) => parse<{ name?: string }>(answer).name);
      const isSame = names.every((name, index) => name === quotes[index]);
      return `${tellAll(made)}, ${isSame ? 'unchanged' : 'changed'}`;
    },
  },
  {
    name: 'SQL in the note and the address of an order: they come back as they were',
    expected: '201, unchanged',
    async run(ground) {
      const made = await Promise.all(
        quotes.map((text) => place(ground, { note: text, shipTo: { ...shipTo, name: text, line1: text } })),
      );
      const isSame = made.every((answer, index) => {
        const { note, shipTo: kept } = parse<{ note?: string; shipTo?: typeof shipTo }>(answer);
        return [note, kept?.name, kept?.line1].every((text) => text === quotes[index]);
      });
      return `${tellAll(made)}, ${isSame ? 'unchanged' : 'changed'}`;
    },
  },
];

export const sql: Family = { name: 'SQL', attacks };
