import type { Finding } from './print-findings.ts';

/** A web page elsewhere that CORS_ORIGINS names. */
export const foreignOrigin = 'https://shop.example';

const expected = 'plain GET sent on, plain POST 403; HSTS; the origin may read and write, another may not';

const isSentOn = ({ status, headers }: Response): boolean =>
  status === 307 && headers.get('location')?.startsWith('https://') === true;

async function mayWrite(api: string, origin: string): Promise<boolean> {
  const headers = { Origin: origin, 'Access-Control-Request-Method': 'POST' };
  const preflight = await fetch(`${api}/orders`, { method: 'OPTIONS', headers });
  const isAllowed = preflight.headers.get('access-control-allow-origin') === origin;
  return isAllowed && preflight.headers.get('access-control-allow-methods')?.includes('POST') === true;
}

/** Asks a door that speaks TLS, with a certificate that this process trusts, in clear and as web pages of two origins. */
export async function probeTls(check: string, url: string): Promise<Finding> {
  const [secure, plain] = ['https:', 'http:'].map((scheme) => `${url.replace(/^https?:/, scheme)}/api/v1`);
  const [read, wrote, page] = await Promise.all([
    fetch(`${plain}/products`, { redirect: 'manual' }),
    fetch(`${plain}/auth/login`, { method: 'POST', redirect: 'manual' }),
    fetch(`${secure}/products`, { headers: { Origin: foreignOrigin } }),
  ]);
  const held = [
    [isSentOn(read), `plain GET ${read.status}`],
    [wrote.status === 403, `plain POST ${wrote.status}`],
    [page.headers.has('strict-transport-security'), 'no HSTS'],
    [page.headers.get('access-control-allow-origin') === foreignOrigin, 'the origin may not read'],
    [await mayWrite(`${secure}`, foreignOrigin), 'the origin may not write'],
    [!(await mayWrite(`${secure}`, 'https://evil.example')), 'another origin may write'],
  ] as const;
  const wrong = held.filter(([isHeld]) => !isHeld).map(([, what]) => what);
  return {
    check,
    expected,
    got: wrong.length === 0 ? expected : wrong.join('; '),
    passed: wrong.length === 0,
  };
}
