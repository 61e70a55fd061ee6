import { dictionary } from '@zxcvbn-ts/language-common';

const minBytes = 10;
/** bcrypt reads 72 bytes and cuts the rest in silence, and it ends at a NUL. */
export const maxBytes = 72;
const common = new Set(dictionary['passwords-common'].slice(0, 10_000));

/** What is wrong with a new password; undefined when it may be used. */
export function passwordFault(password: string): string | undefined {
  const bytes = Buffer.byteLength(password);
  if (bytes < minBytes || bytes > maxBytes) return `must have ${minBytes} to ${maxBytes} bytes`;
  if (password.includes('\0')) return 'must not contain NUL';
  return common.has(password.toLowerCase()) ? 'is one of the most common passwords' : undefined;
}
