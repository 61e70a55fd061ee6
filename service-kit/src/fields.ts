import { minorUnits } from '@tradepost/text-formats/currencies.ts';
import { isVisible } from '@tradepost/text-formats/visible-text.ts';
import { z } from 'zod';

/** Amounts stay far below 2^53, so that sums of many are exact in JavaScript too. */
export const maxAmount = 100_000_000_000;

/** UUID; the ones made here are version 7 (RFC 9562 section 5.7), so that they sort by time. */
export const id = z.uuid().toLowerCase();

/** `{id}` in a path. */
export const idParameter = z.strictObject({ id });

/** RFC 3339 in UTC with milliseconds. */
export const time = z.iso.datetime({ precision: 3 });

const inCurrency = (currency: z.ZodString) =>
  z.strictObject({ amount: z.int().min(0).max(maxAmount), currency });
const currencyCode = z.string().regex(/^[A-Z]{3}$/);
const examples = [{ amount: 1999, currency: 'EUR' }];

/** An amount in minor units (cents, pence). Its currency may have ended since the amount was written. */
export const money = inCurrency(currencyCode).meta({ id: 'Money', examples });

/** Money that a caller names: its currency is an active one of ISO 4217. */
export const newMoney = inCurrency(
  currencyCode.refine((code) => minorUnits.has(code), 'is not an active ISO 4217 currency'),
).meta({ id: 'NewMoney', description: 'In an active currency of ISO 4217', examples });

/** Text of 1 to `max` characters of which a reader can see at least one. */
export function text(max: number) {
  return z
    .string()
    .refine(isVisible, 'must have at least one visible character')
    .refine(
      (value) => value.length <= max || Array.from(value).length <= max,
      `must have at most ${max} characters`,
    )
    .meta({ minLength: 1, maxLength: max });
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
