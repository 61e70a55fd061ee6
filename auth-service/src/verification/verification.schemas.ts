import { z } from 'zod';
import { channels } from '../messages/message.ts';

export const verificationRequest = z.strictObject({
  channel: z.enum(channels).meta({ description: 'Where the code goes; sms needs a phone in your account' }),
});

export const confirmation = z.strictObject({
  code: z.string().regex(/^[0-9]{6}$/, 'must have six digits'),
});
