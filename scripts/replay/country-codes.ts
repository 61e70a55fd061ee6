import { Refusal } from '../local/refusal.ts';

/** The countries of the retailer's book and their ISO 3166 codes; the last few needed a choice. */
const codes: Readonly<Record<string, string>> = {
  Australia: 'AU',
  Austria: 'AT',
  Bahrain: 'BH',
  Belgium: 'BE',
  Brazil: 'BR',
  Canada: 'CA',
  Cyprus: 'CY',
  'Czech Republic': 'CZ',
  Denmark: 'DK',
  Finland: 'FI',
  France: 'FR',
  Germany: 'DE',
  Greece: 'GR',
  'Hong Kong': 'HK',
  Iceland: 'IS',
  Israel: 'IL',
  Italy: 'IT',
  Japan: 'JP',
  Lebanon: 'LB',
  Lithuania: 'LT',
  Malta: 'MT',
  Netherlands: 'NL',
  Norway: 'NO',
  Poland: 'PL',
  Portugal: 'PT',
  'Saudi Arabia': 'SA',
  Singapore: 'SG',
  Spain: 'ES',
  Sweden: 'SE',
  Switzerland: 'CH',
  'United Arab Emirates': 'AE',
  'United Kingdom': 'GB',
  EIRE: 'IE',
  RSA: 'ZA',
  USA: 'US',
  // Jersey and Guernsey have a code each and the two together none: the larger one stands for both.
  'Channel Islands': 'JE',
  // No country either; most of its offices are in Brussels.
  'European Community': 'BE',
  // The shop is British: what it does not say goes without saying.
  Unspecified: 'GB',
};

export function countryCode(name: string): string {
  const code = Object.hasOwn(codes, name) ? codes[name] : undefined;
  if (code !== undefined) return code;
  throw new Refusal(
    `The country "${name}" has no code here: add it to scripts/replay/country-codes.ts, or correct the file.`,
  );
}
