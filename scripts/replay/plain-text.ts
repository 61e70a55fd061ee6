import { createHash } from 'node:crypto';

/** Stands for a text where only ASCII may stand: the first characters of its SHA-256, in hexadecimal. */
export function digestOf(text: string, characters: number): string {
  return createHash('sha256').update(text).digest('hex').slice(0, characters);
}

/** A text as the API takes it in one line: without control characters, cut to `most` UTF-16 code units. */
export function plainText(text: string, most: number): string {
  return text
    .replace(/\p{Cc}+/gu, ' ')
    .normalize('NFC')
    .slice(0, most)
    .toWellFormed();
}
