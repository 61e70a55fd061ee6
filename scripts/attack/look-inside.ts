import { createPrivateKey, type JsonWebKey, type KeyObject } from 'node:crypto';
import { join } from 'node:path';
import { readSigningKey, serviceAuthorization } from '@tradepost/service-kit/authenticate.ts';
import type { Connection, RowDataPacket } from 'mysql2/promise';
import { localUrl } from '../local/loopback.ts';
import type { ServiceName } from '../local/processes.ts';
import type { Stack } from '../local/start-stack.ts';

/** What a thief of the strongest kind would have, to see that it does not help. */
export interface Inside {
  /** The key that signs access tokens. */
  signingKey: { kid: string; privateKey: KeyObject };
  /** The token with which order-service calls another one. */
  serviceToken: (audience: string) => string;
  /** A listener of the first replica, past Nginx. */
  listener: (service: ServiceName, which: 'PORT' | 'INTERNAL_PORT') => string;
  logs: string;
  connectAsRoot: () => Promise<Connection>;
}

async function readKey(root: Connection): Promise<Inside['signingKey']> {
  const [rows] = await root.query<RowDataPacket[]>(
    'SELECT kid, private_jwk FROM authDB.signing_keys ORDER BY generation LIMIT 1',
  );
  const { kid, private_jwk } = rows[0] as { kid: string; private_jwk: unknown };
  const jwk = (typeof private_jwk === 'string' ? JSON.parse(private_jwk) : private_jwk) as JsonWebKey;
  return { kid, privateKey: createPrivateKey({ key: jwk, format: 'jwk' }) };
}

/** Takes from a shop of our own what only its processes have. */
export async function lookInside({ dataPath, database, processes }: Stack): Promise<Inside> {
  const root = await database.connectAsRoot();
  const signingKey = await readKey(root).finally(() => root.end());
  const serviceKey = readSigningKey(join(dataPath, 'keys/order-service.json'));
  return {
    signingKey,
    serviceToken: (audience) =>
      serviceAuthorization(serviceKey, 'order-service', audience)().slice('Bearer '.length),
    listener: (service, which) => localUrl(processes[service][0]?.plan.environment[which]),
    logs: join(dataPath, 'logs'),
    connectAsRoot: () => database.connectAsRoot(),
  };
}

/** The payload of a token, unverified. */
export const readClaims = (token: string): Record<string, unknown> =>
  JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as Record<string, unknown>;
