import { expect, test } from '@jest/globals';
import { parseSettings, type SettingsError } from '@tradepost/service-kit/config.ts';
import { faultsOfSettings, settings } from '../src/config.ts';

const needed = {
  DB_HOST: '127.0.0.1',
  DB_NAME: 'authDB',
  DB_USER: 'auth_service',
  DB_PASSWORD: 'secret',
  SERVICE_KEY_FILE: 'key.json',
  SERVICE_PUBLIC_KEYS_FILE: 'public.json',
  ORDER_SERVICE_URL: 'http://127.0.0.1:3100',
  PRODUCT_SERVICE_URL: 'http://127.0.0.1:3101',
  CODES_KEY: 'known-to-this-test-only',
};

function faultsOf(environment: Record<string, string>): string[] {
  try {
    parseSettings(settings, { ...needed, ...environment }, faultsOfSettings);
    return [];
  } catch (error) {
    return (error as SettingsError).faults;
  }
}

const smtp = { SMTP_URL: 'smtps://user:planted@mail.example.org', MAIL_FROM: 'shop@example.org' };
const sms = { SMS_URL: 'https://sms.example.org/send', SMS_KEY: 'planted' };

test.each([
  ['nothing about messages', {}],
  ['a mailbox in development', { MAIL_SPOOL: 'spool' }],
  ['a mail server and an SMS provider in production', { NODE_ENV: 'production', ...smtp, ...sms }],
])('%s will do', (_what, environment) => {
  expect(faultsOf(environment)).toEqual([]);
});

test.each([
  ['ADMIN_EMAIL', 'Boss@фирма.рф', 'boss@xn--80apmps.xn--p1ai'],
  ['ADMIN_EMAIL', 'a&b@example.com', 'a&b@example.com'],
  ['MAIL_FROM', 'shop@münchen.example', 'shop@xn--mnchen-3ya.example'],
])('%s may be %s', (name, given, kept) => {
  const others = { ADMIN_PASSWORD: 'secret', SMTP_URL: smtp.SMTP_URL, ADMIN_EMAIL: 'x@example.org' };
  const environment = { ...needed, ...others, MAIL_FROM: smtp.MAIL_FROM, [name]: given };
  expect(parseSettings(settings, environment, faultsOfSettings)).toMatchObject({ [name]: kept });
});

test('every fault is named at once, and the mailbox is refused in production', () => {
  const { SMTP_URL } = smtp;
  const { SMS_KEY } = sms;
  const wrong = { NODE_ENV: 'production', MAIL_SPOOL: 'spool', SMTP_URL, SMS_KEY, BCRYPT_COST: '9' };
  expect(faultsOf(wrong)).toEqual([
    'BCRYPT_COST: must be at least 10 in production',
    'MAIL_SPOOL: must not be set in production',
    'SMTP_URL and MAIL_FROM: set both or none',
    'SMS_URL and SMS_KEY: set both or none',
  ]);
});

test.each([
  ['SMTP_URL', { ...smtp, SMTP_URL: 'https://user:planted@mail.example.org' }],
  ['MAIL_FROM', { ...smtp, MAIL_FROM: 'the shop' }],
  ['ADMIN_EMAIL', { ADMIN_EMAIL: 'boss@-planted.org', ADMIN_PASSWORD: 'planted' }],
  ['SMS_URL', { ...sms, SMS_URL: 'sms.example.org/?key=planted' }],
])('a wrong %s is refused, and not repeated', (name, environment) => {
  const faults = faultsOf(environment);
  expect(faults).toEqual([expect.stringMatching(`^${name}: `)]);
  expect(faults.join()).not.toContain('planted');
});
