import { z } from 'zod';

/** Amounts stay far below 2^53, so that sums of many are exact in JavaScript too. */
export const maxAmount = 100_000_000_000;
const currencies = new Set(Intl.supportedValuesOf('currency'));

/** UUID; the ones made here are version 7 (RFC 9562 section 5.7), so that they sort by time. */
export const id = z.uuid().toLowerCase();

/** `{id}` in a path. */
export const idParameter = z.strictObject({ id });

/** RFC 3339 in UTC with milliseconds. */
export const time = z.iso.datetime({ precision: 3 });

/** An amount in minor units (cents, pence) of an ISO 4217 currency. */
export const money = z
  .strictObject({
    amount: z.int().min(0).max(maxAmount),
    currency: z
      .string()
      .regex(/^[A-Z]{3}$/)
      .refine((code) => currencies.has(code), 'is not an ISO 4217 currency'),
  })
  .meta({ id: 'Money', examples: [{ amount: 1999, currency: 'EUR' }] });

/** Text of 1 to `max` characters that a database can keep unchanged: no half of a surrogate pair, not only blanks. */
export function text(max: number) {
  return z
    .string()
    .min(1)
    .refine((value) => value.isWellFormed() && value.trim() !== '', 'must be text, and not blank')
    .refine(
      (value) => value.length <= max || Array.from(value).length <= max,
      `must have at most ${max} characters`,
    )
    .meta({ maxLength: max });
}

/** A whole number in a query, in decimal digits only: `Number` would take `1e1`, `0x10` and nothing at all. */
export function wholeNumber(min: number, max: number) {
  return z
    .string()
    .regex(/^\d{1,15}$/, 'must be a whole number')
    .transform(Number)
    .pipe(z.int().min(min).max(max))
    .meta({
      override: ({ jsonSchema }) => {
        delete jsonSchema.pattern;
        Object.assign(jsonSchema, { type: 'integer', minimum: min, maximum: max });
      },
    });
}

/** `true` or `false` in a query. */
export const flag = z.enum(['true', 'false']).transform((value) => value === 'true');
