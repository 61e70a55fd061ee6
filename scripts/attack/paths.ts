import { type Attack, type Family, notTried } from './declare-attack.ts';
import type { AttackGround } from './open-ground.ts';
import { send } from './send.ts';
import { tell, whyWrong } from './tell-answer.ts';

const closed = [
  'internal/v1/audit',
  'internal/v1/reservations/0198a1b2-0000-7000-8000-000000000000',
  'provider/v1/charges',
  'metrics',
  'livez',
  'readyz',
  'startupz',
  'healthz',
  '.git/config',
  '.env',
  'package.json',
  '.problem',
  '.sent-once',
];

const spellings = (path: string): string[] => [
  `/${path}`,
  `//${path}`,
  `/;/${path}`,
  `/%2f${path}`,
  `/./${path}`,
  `/${path.replace('n', '%6e').replace('e', '%65')}`,
  `/api/v1/${path}`,
  `/api/v1/../../${path}`,
  `/api/v1/products/../../../${path}`,
  `/api/v1/products/%2e%2e/%2e%2e/%2e%2e/${path}`,
  `/api/v1/products/..%2f..%2f..%2f${path}`,
  `/api/v1/..%252f..%252f${path}`,
  `/api/v1/products/..;/..;/..;/${path}`,
  `/api/v1/products//${path}`,
  `/api/v1/products/..%5c..%5c..%5c${path}`,
  `/api/v1/products\\..\\..\\..\\${path}`,
  `/api/v1/products/%00/${path}`,
  `/docs/..%2f${path}`,
];

/** Tells what any spelling is answered that is not nothing: 404, or 400 for what is no path at all. */
const nowhere = (name: string, tokenOf: (ground: AttackGround) => string | undefined): Attack => ({
  name: `${closed.length} closed paths in ${spellings('').length} spellings, ${name}`,
  expected: 'nothing there',
  async run(ground) {
    const token = tokenOf(ground);
    if (token === undefined) return notTried;
    const headers = { Authorization: `Bearer ${token}`, 'X-Service-Token': token };
    const found = new Set<string>();
    for (const path of closed.flatMap(spellings)) {
      const answer = await send(ground.url, { path, headers });
      const isRefusal = [400, 404].includes(answer.status) && whyWrong(answer) === undefined;
      if (!isRefusal) found.add(`${path} answers ${tell(answer)}`);
    }
    return found.size === 0 ? 'nothing there' : [...found].join('; ');
  },
});

export const paths: Family = {
  name: 'paths',
  attacks: [
    nowhere('by nobody', () => 'none'),
    nowhere('by an admin', ({ admin }) => admin.token),
    nowhere('by a service', ({ inside }) => inside?.serviceToken('order-service')),
  ],
};
