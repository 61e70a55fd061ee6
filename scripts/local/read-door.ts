import type { NginxSettings } from './nginx-server.ts';

/** What `npm start` lets somebody set at the door. */
export type DoorSettings = Pick<NginxSettings, 'trustedProxies' | 'corsOrigins' | 'publicHosts'>;

/** The names of this machine: another one in `Host` is a page that has had its own name point here. */
const ownNames = ['127.0.0.1', '[::1]', 'localhost'];

function listOf(name: string): string[] {
  return (process.env[name] ?? '').split(/[\s,]+/).filter((part) => part !== '');
}

/** Reads TRUSTED_PROXIES, CORS_ORIGINS and PUBLIC_HOSTS, each separated by commas or blanks. */
export function readDoor(): DoorSettings {
  const trustedProxies = listOf('TRUSTED_PROXIES');
  const publicHosts = [...ownNames, ...listOf('PUBLIC_HOSTS')];
  return { trustedProxies, corsOrigins: listOf('CORS_ORIGINS'), publicHosts };
}
