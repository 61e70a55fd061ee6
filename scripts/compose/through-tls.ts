import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { becomeSeller } from '../deployed/become-seller.ts';
import type { Finding } from '../deployed/print-findings.ts';
import { foreignOrigin, probeTls } from '../deployed/probe-tls.ts';
import { keepDevelopmentCertificate } from '../local/development-certificate.ts';
import { awaitDoor, awaitHealth, compose } from './docker-compose.ts';
import type { Ground } from './ground.ts';

async function trySettings({ project, url }: Ground, settings: Record<string, string>): Promise<Finding[]> {
  const secure = url.replace('http:', 'https:');
  const secured = { ...project, settings: { ...project.settings, ...settings } };
  await compose(secured, 'up', '--detach');
  await awaitDoor(secure);
  await awaitHealth(secured);
  const statuses = (await becomeSeller(secure)).join(', ');
  const expected = '202, 200, 201';
  return [
    await probeTls('TLS_CERTIFICATE_FILE, TLS_KEY_FILE, CORS_ORIGINS', secure),
    {
      check: 'MAIL_SPOOL: a code, its use, a seller',
      expected,
      got: statuses,
      passed: statuses === expected,
    },
  ];
}

/** Brings the project up with a certificate, another origin and the development mailbox, and as it was again. */
export async function throughTls(ground: Ground): Promise<Finding[]> {
  const directory = await mkdtemp(join(tmpdir(), 'tradepost-'));
  try {
    const { certificateFile, keyFile } = await keepDevelopmentCertificate(directory);
    // In the container somebody else reads them.
    for (const file of [certificateFile, keyFile]) await chmod(file, 0o644);
    return await trySettings(ground, {
      TLS_CERTIFICATE_FILE: certificateFile,
      TLS_KEY_FILE: keyFile,
      CORS_ORIGINS: foreignOrigin,
      AUTH_NODE_ENV: 'development',
      MAIL_SPOOL: '/app/spool',
    });
  } finally {
    await compose(ground.project, 'up', '--detach');
    await awaitDoor(ground.url);
    await rm(directory, { recursive: true });
  }
}
