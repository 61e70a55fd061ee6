import { validationFailed } from '@tradepost/service-kit/problem.ts';
import { toMailbox } from '@tradepost/text-formats/email-address.ts';
import { isVisible } from '@tradepost/text-formats/visible-text.ts';
import { isFrequent } from './frequent-passwords.ts';

const minBytes = 10;
/** bcrypt reads 72 bytes and ignores the rest. */
export const maxBytes = 72;
const characters = new Intl.Segmenter();

/** The form in which a password is hashed: NFC (NIST SP 800-63B section 3.1.1.2), which keyboards differ in. */
export function normalise(password: string): string {
  return password.normalize('NFC');
}

function isOneCharacter(password: string): boolean {
  return new Set(Array.from(characters.segment(password), ({ segment }) => segment)).size === 1;
}

/** Whether a password is an account's e-mail address, in any case and with its domain in either form. */
const isAddress = (password: string, email: string): boolean => toMailbox(password) === email;
const notTheAddress = 'must not be your e-mail address';

/**
 * What is wrong with a new password; undefined when it may be used.
 * @param email of the account, where it is known
 */
export function passwordFault(password: string, email?: string): string | undefined {
  const normalised = normalise(password);
  const bytes = Buffer.byteLength(normalised);
  if (bytes < minBytes || bytes > maxBytes) return `must have ${minBytes} to ${maxBytes} bytes`;
  if (!isVisible(normalised)) return 'must have at least one visible character';
  if (isOneCharacter(normalised)) return 'must not be one repeated character';
  if (email !== undefined && isAddress(normalised, email)) return notTheAddress;
  return isFrequent(normalised, minBytes) ? 'is one of the most common passwords' : undefined;
}

/**
 * Refuses the e-mail address of an account as its password, once the address is known.
 * @param pointer where the request has the password
 * @throws 400
 */
export function refuseAddress(password: string, email: string, pointer: string): void {
  if (isAddress(normalise(password), email)) throw validationFailed([{ pointer, message: notTheAddress }]);
}
