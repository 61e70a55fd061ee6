import { randomBytes } from 'node:crypto';

/** A secret of a webhook: 24 to 64 random bytes in base64, with this prefix (Standard Webhooks, "Signature scheme"). */
export const newSecret = (): string => `whsec_${randomBytes(32).toString('base64')}`;
