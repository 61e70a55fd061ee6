import type { CountryCode } from 'libphonenumber-js/min';
import { z } from 'zod';

const maxLength = 30;

/** A phone number as people write it. Only a text without a digit cannot be one. */
export const phone = z
  .string()
  .max(maxLength)
  .refine((written) => /\p{Nd}/u.test(written), 'must have a digit')
  .meta({ description: 'As people write it; needs a digit' });

/**
 * Derives the international form of a phone number (ITU-T E.164).
 * @param country ISO 3166-1 alpha-2, for a number without its country's code
 * @returns `+` and at most 15 digits; null when there is no number, when it names no country, or when no number of that
 * country has its length
 */
export async function toE164(written: string | null | undefined, country?: string): Promise<string | null> {
  if (written === null || written === undefined) return null;
  // Loaded with the first number: it takes 18 MB, and a process that meets no number needs none of it.
  const { parsePhoneNumberFromString } = await import('libphonenumber-js/min');
  const found = parsePhoneNumberFromString(written, country as CountryCode | undefined);
  return found?.isPossible() ? found.number : null;
}
