import { domainToASCII } from 'node:url';
import isEmail from 'validator/lib/isEmail.js';
import { z } from 'zod';

/** RFC 5321 section 4.1.2, without quoted local parts, address literals and domains of one label. */
const rules = { allow_utf8_local_part: false, blacklisted_chars: '"' };
/** RFC 5321 section 4.5.3.1.3, less the angle brackets of a path. */
const maxBytes = 254;
/** ASCII that no domain name has. `domainToASCII` reads a URL: it would decode `%61` and drop a tab. */
const notInDomain = /[\0-,/:-@[-`{-\x7f]/;

/**
 * Brings an e-mail address into the form in which it is stored and compared.
 * @returns the address in lower case with its domain as A-labels (RFC 5890 section 2.3.2.1); undefined when SMTP cannot
 * deliver to it
 */
export function toMailbox(address: string): string | undefined {
  const at = address.lastIndexOf('@');
  const domain = address.slice(at + 1);
  if (at === -1 || notInDomain.test(domain) || !address.isWellFormed()) return undefined;
  const mailbox = `${address.slice(0, at)}@${domainToASCII(domain)}`;
  return mailbox.length <= maxBytes && isEmail.default(mailbox, rules) ? mailbox.toLowerCase() : undefined;
}

/** An e-mail address in a request or a setting. */
export const emailAddress = z
  .string()
  .transform((address, context) => {
    const mailbox = toMailbox(address);
    if (mailbox !== undefined) return mailbox;
    context.addIssue(
      'must be an e-mail address: name@domain, at most 64 bytes before the @ and 254 in all, labels of the domain of at most 63 without a hyphen at their ends',
    );
    return z.NEVER;
  })
  .meta({ override: { type: 'string', format: 'idn-email', maxLength: maxBytes } });
