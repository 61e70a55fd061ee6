import { time } from '@tradepost/service-kit/fields.ts';
import { z } from 'zod';

const finding = z
  .object({
    invariant: z.int().meta({ description: 'Its number in the specification' }),
    says: z.string(),
    checked: z.int(),
    breaches: z.int(),
    ids: z.array(z.string()).meta({ description: 'The first 20 that break it' }),
  })
  .meta({ id: 'Finding' });

export const findings = z.object({ findings: z.array(finding) });

export const shopAudit = z
  .object({
    findings: z.array(finding),
    breaches: z.int().meta({ description: 'Of all findings together' }),
    notBuilt: z.array(z.int()).meta({ description: 'Invariants of parts that are not built yet' }),
    auditedAt: time,
  })
  .meta({ id: 'Audit' });
