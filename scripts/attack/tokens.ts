import { type Attack, type Family, notTried } from './declare-attack.ts';
import {
  fetchPublished,
  type Forgery,
  forgeToken,
  formsOf,
  ownKey,
  withKey,
  withSecret,
} from './forge-token.ts';
import type { AttackGround } from './open-ground.ts';
import type { ApiCall } from './send.ts';
import { tellAll } from './tell-answer.ts';

/** What only an admin may read, and what anybody logged in may, at each service. */
const pathsOf = ({ productId }: AttackGround): string[] => [
  '/users',
  '/users/me',
  `/products/${productId}/inventory/ledger`,
  '/orders',
  '/audit',
];

/** Asks each service with the same credentials. */
async function ask(ground: AttackGround, request: Omit<ApiCall, 'path'>): Promise<string> {
  return tellAll(await Promise.all(pathsOf(ground).map((path) => ground.call({ ...request, path }))));
}

const refused = (name: string, run: Attack['run']): Attack => ({ name, expected: '401', run });

const forged = (name: string, forgery: Forgery): Attack =>
  refused(name, async (ground) => ask(ground, { token: await forgeToken(ground, forgery) }));

/** Signed as auth-service signs. */
async function askWellSigned(ground: AttackGround, forgery: Forgery): Promise<string> {
  if (ground.inside === undefined) return notTried;
  const { kid, privateKey } = ground.inside.signingKey;
  const header = { kid, ...forgery.header };
  const token = await forgeToken(ground, { ...forgery, header, signature: withKey(privateKey) });
  return ask(ground, { token });
}

/** With something that no verifier may let pass. */
const wellSigned = (name: string, forgery: Forgery): Attack =>
  refused(name, (ground) => askWellSigned(ground, forgery));

const withPublicKey = (algorithm: 'sha256' | 'sha384' | 'sha512'): Attack[] =>
  (['PEM', 'DER', 'JWK'] as const).map((form) => {
    const alg = algorithm.replace('sha', 'HS');
    return refused(`${alg} with the public key (${form}) as its secret`, async (ground) => {
      const secret = formsOf(await fetchPublished(ground))[form];
      const token = await forgeToken(ground, { header: { alg }, signature: withSecret(algorithm, secret) });
      return ask(ground, { token });
    });
  });

const seconds = (): number => Math.floor(Date.now() / 1_000);
const own = withKey(ownKey.privateKey);
const ownJwk = ownKey.publicKey.export({ format: 'jwk' });
const elsewhere = 'https://attacker.invalid/keys.json';
const emptySecret = withSecret('sha256', '');

const credentials: Attack[] = [
  refused('no token', (ground) => ask(ground, {})),
  refused('words instead of a token', (ground) => ask(ground, { token: 'let.me.in' })),
  refused('two dots instead of a token', (ground) => ask(ground, { token: '..' })),
  refused('Basic instead of Bearer', (ground) =>
    ask(ground, { headers: { Authorization: 'Basic YWRtaW46YWRtaW4=' } }),
  ),
  refused('a good token in the query', async (ground) => {
    const query = `?access_token=${ground.buyer.token}&token=${ground.buyer.token}`;
    return tellAll(
      await Promise.all(pathsOf(ground).map((path) => ground.call({ path: `${path}${query}` }))),
    );
  }),
  refused('a good token in a cookie', (ground) =>
    ask(ground, { headers: { Cookie: `token=${ground.buyer.token}; access_token=${ground.buyer.token}` } }),
  ),
  refused('a good token with its last character changed', (ground) => {
    const { token } = ground.buyer;
    // The last but one: of the very last only some bits count.
    const changed = token.at(-2) === 'A' ? 'B' : 'A';
    return ask(ground, { token: `${token.slice(0, -2)}${changed}${token.slice(-1)}` });
  }),
  refused('a refresh token instead of an access token', (ground) =>
    ask(ground, { token: ground.buyer.refreshToken }),
  ),
];

const algorithms: Attack[] = [
  ...['none', 'None', 'NONE', 'nOnE', ''].map((alg) => forged(`alg "${alg}"`, { header: { alg } })),
  forged('alg "none" with a signature', { header: { alg: 'none' }, signature: own }),
  forged('ES256 without a signature', {}),
  forged('alg left out', { header: { alg: undefined }, signature: own }),
  ...withPublicKey('sha256'),
  ...withPublicKey('sha384'),
  ...withPublicKey('sha512'),
];

const keys: Attack[] = [
  forged('a key of the attacker under the name of ours', { signature: own }),
  forged('kid of nobody', { header: { kid: 'nobody' }, signature: own }),
  forged('kid left out', { header: { kid: undefined }, signature: own }),
  ...['../../../../dev/null', '/dev/null', "x' UNION SELECT 'secret' -- ", '__proto__', 'constructor'].map(
    (kid) => forged(`kid ${kid}`, { header: { alg: 'HS256', kid }, signature: emptySecret }),
  ),
  forged('jwk brings the key along', { header: { jwk: ownJwk }, signature: own }),
  forged('jku says where the key is', { header: { jku: elsewhere }, signature: own }),
  forged('x5u says where the certificate is', { header: { x5u: elsewhere }, signature: own }),
  forged('x5c brings a certificate along', { header: { x5c: ['MIIB'] }, signature: own }),
  forged('crit that nobody understands', { header: { crit: ['b64'], b64: false }, signature: own }),
];

const claims: Attack[] = [
  {
    // Otherwise each of the next would be refused for its signature, whatever else is wrong with it.
    name: 'signed with the stolen key, and nothing wrong: works, as the next ones would',
    expected: '200',
    run: (ground) => askWellSigned(ground, {}),
  },
  wellSigned('expired a second ago', { claims: { exp: seconds() - 1 } }),
  wellSigned('not valid yet', { claims: { nbf: seconds() + 3_600 } }),
  wellSigned('no exp', { claims: { exp: undefined } }),
  wellSigned('exp as text', { claims: { exp: '9999999999' } }),
  wellSigned('no sub', { claims: { sub: undefined } }),
  wellSigned('another issuer', { claims: { iss: 'somebody' } }),
  wellSigned('no issuer', { claims: { iss: undefined } }),
  wellSigned('another audience', { claims: { aud: 'somewhere' } }),
  wellSigned('no audience', { claims: { aud: undefined } }),
  wellSigned('typ JWT', { header: { typ: 'JWT' } }),
  wellSigned('no typ', { header: { typ: undefined } }),
  wellSigned('typ of a service', { header: { typ: 'service+jwt' } }),
];

export const tokens: Family = {
  name: 'access tokens',
  attacks: [...credentials, ...algorithms, ...keys, ...claims],
};
