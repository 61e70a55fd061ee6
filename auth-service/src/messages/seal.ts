import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import type { Message } from './message.ts';

/** Encrypts messages while they wait: the database and its backups hold no code, no token and no address of theirs. */
export interface Seal {
  close(message: Message): string;
  /** Throws when it was closed with another key, or changed. */
  open(sealed: string): Message;
}

const algorithm = 'aes-256-gcm';
const nonceBytes = 12;
const tagBytes = 16;

/** @param key 32 bytes, the same in every replica */
export function createSeal(key: Buffer): Seal {
  return {
    close(message) {
      // 96 random bits for each message (NIST SP 800-38D section 8.2.2).
      const nonce = randomBytes(nonceBytes);
      const cipher = createCipheriv(algorithm, key, nonce);
      const text = Buffer.concat([cipher.update(JSON.stringify(message), 'utf8'), cipher.final()]);
      return Buffer.concat([nonce, cipher.getAuthTag(), text]).toString('base64');
    },
    open(sealed) {
      const bytes = Buffer.from(sealed, 'base64');
      const decipher = createDecipheriv(algorithm, key, bytes.subarray(0, nonceBytes), {
        authTagLength: tagBytes,
      });
      decipher.setAuthTag(bytes.subarray(nonceBytes, nonceBytes + tagBytes));
      const text = Buffer.concat([decipher.update(bytes.subarray(nonceBytes + tagBytes)), decipher.final()]);
      return JSON.parse(text.toString('utf8')) as Message;
    },
  };
}
