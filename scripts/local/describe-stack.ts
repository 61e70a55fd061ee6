import { relative } from 'node:path';
import type { DemoAccount } from './demo-accounts.ts';
import { quoteForShell } from './quote-for-shell.ts';
import type { Login } from './secrets.ts';
import type { Stack } from './start-stack.ts';

// Works with any grep and cut: not every machine has a program that reads JSON.
function takeFirst(field: string): string {
  return `grep -o '"${field}":"[^"]*"' | head -n 1 | cut -d '"' -f 4`;
}

/** Three lines that work when pasted in this order into one shell, as often as one likes. */
export function curlLines(url: string, buyer: Login, certificateFile?: string): string[] {
  const curl =
    certificateFile === undefined ? 'curl -s' : `curl -s --cacert ${quoteForShell(certificateFile)}`;
  const api = `${url}/api/v1`;
  const json = `-H 'Content-Type: application/json'`;
  const login = JSON.stringify({ email: buyer.email, password: buyer.password });
  const shipTo = JSON.stringify({
    name: 'Ada Lind',
    line1: 'Lindenstrasse 5',
    city: 'Berlin',
    country: 'DE',
  });
  const firstInStock = `$(${curl} '${api}/products?inStock=true&limit=1' | ${takeFirst('id')})`;
  const order = `'{"items":[{"productId":"'"${firstInStock}"'","quantity":1}],"shipTo":${shipTo}}'`;
  return [
    `${curl} -w '\\n' '${api}/products?limit=3'`,
    `TOKEN=$(${curl} '${api}/auth/login' ${json} -d '${login}' | ${takeFirst('accessToken')}); echo "$TOKEN"`,
    `${curl} '${api}/orders' ${json} -H "Authorization: Bearer $TOKEN" -H "Idempotency-Key: $(date +%s%N)" -d ${order}`,
  ];
}

function aboutCertificate(file: string): string {
  return `Its certificate is self-signed, for this checkout only: browsers warn of it. It is ${file}.`;
}

/** All that somebody needs to know who has just started Tradepost; a password of their own choice is not shown. */
export function describeStack(stack: Stack, accounts: DemoAccount[], isAdminPasswordGiven: boolean): string {
  const admin = { ...stack.admin, role: 'admin' };
  if (isAdminPasswordGiven) admin.password = '(the one in ADMIN_PASSWORD)';
  const logins = [admin, ...accounts].map(
    ({ role, email, password }) => `  ${role.padEnd(7)} ${email.padEnd(25)} ${password}`,
  );
  const certificateFile = stack.nginxPlan.settings?.tls?.certificateFile;
  const buyer = accounts.find(({ role }) => role === 'buyer') ?? stack.admin;
  return [
    '',
    `Tradepost is ready at ${stack.url} (documentation: ${stack.url}/docs)`,
    `E-mail and SMS do not leave this machine: ${stack.url}/dev/mail`,
    ...(certificateFile === undefined ? [] : [aboutCertificate(certificateFile)]),
    '',
    'Log-ins, made for this checkout only:',
    ...logins,
    '',
    'Try it: paste these lines one after the other into another shell, as often as you like.',
    '',
    ...curlLines(stack.url, buyer, certificateFile),
    '',
    `Logs: ${relative(process.cwd(), stack.dataPath)}/logs. Ctrl-C stops everything; npm run reset deletes the local data.`,
    '',
  ].join('\n');
}
