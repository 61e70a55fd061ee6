import { id } from '@tradepost/service-kit/fields.ts';
import { z } from 'zod';

/**
 * An event in structured mode (CloudEvents 1.0, JSON format 1.0). `partitionkey` is the extension of that name: events that
 * share it keep their order. `sequence` is the version of the subject that the event tells of.
 */
export const cloudEvent = z.object({
  specversion: z.literal('1.0'),
  id,
  source: z.string().min(1).max(100),
  type: z.string().min(1).max(100),
  subject: z.string().min(1).max(100),
  time: z.iso.datetime(),
  datacontenttype: z.literal('application/json'),
  partitionkey: z.string().min(1).max(100),
  sequence: z.int().min(1),
  traceparent: z.string().max(100).optional(),
  data: z.record(z.string(), z.unknown()),
});

export type CloudEvent = z.infer<typeof cloudEvent>;
