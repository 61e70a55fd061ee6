import { Refusal } from '../local/refusal.ts';
import { byDatabase, type ByDatabase, type DatabaseName, type DatabasePlace } from './databases.ts';

const settings: ByDatabase<string> = {
  authDB: 'AUDIT_AUTH_URL',
  productsDB: 'AUDIT_PRODUCTS_URL',
  ordersDB: 'AUDIT_ORDERS_URL',
  paymentsDB: 'AUDIT_PAYMENTS_URL',
};
const form = 'mysql://user:password@host:port/database';

/** What an address names; its value is never told, because it holds a password. */
function parse(database: DatabaseName, environment: NodeJS.ProcessEnv): DatabasePlace {
  const setting = settings[database];
  const url = URL.parse(environment[setting] ?? '');
  const name = url?.pathname.slice(1) ?? '';
  if (url?.protocol !== 'mysql:' || url.hostname === '' || url.username === '' || name === '')
    throw new Refusal(`${setting} is not an address like ${form}: set it to where ${database} can be read.`);
  return {
    // Brackets are for the URL only (RFC 3986 section 3.2.2).
    host: url.hostname.replace(/^\[(.+)\]$/, '$1'),
    port: Number(url.port || 3306),
    name: decodeURIComponent(name),
    user: decodeURIComponent(url.username),
    password: decodeURIComponent(url.password),
  };
}

/** Where the databases are by the environment; undefined when it names none, and the shop of npm start is meant. */
export function readSettings(environment: NodeJS.ProcessEnv): ByDatabase<DatabasePlace> | undefined {
  const missing = Object.values(settings).filter((name) => !environment[name]);
  if (missing.length === Object.keys(settings).length) return undefined;
  if (missing.length > 0)
    throw new Refusal(
      `${missing.join(', ')} missing: set all four to ${form}, or none to audit the shop of npm start.`,
    );
  return byDatabase((database) => parse(database, environment));
}
