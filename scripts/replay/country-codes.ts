import isoCountries from 'i18n-iso-countries/index.js';
import english from 'i18n-iso-countries/langs/en.json' with { type: 'json' };

isoCountries.registerLocale(english);

/** Names in the books of retailers that neither ISO 3166 nor the Unicode CLDR knows, or that two countries could have. */
const aliases: Readonly<Record<string, string>> = {
  EIRE: 'IE',
  RSA: 'ZA',
  England: 'GB',
  Scotland: 'GB',
  Wales: 'GB',
  'Northern Ireland': 'GB',
  'United Kingdom of Great Britain and Northern Ireland': 'GB',
  Holland: 'NL',
  Korea: 'KR',
  "Democratic People's Republic of Korea": 'KP',
  'Viet Nam': 'VN',
  Burma: 'MM',
  Swaziland: 'SZ',
  Macedonia: 'MK',
  'East Timor': 'TL',
  Macau: 'MO',
  Congo: 'CG',
  'Congo Brazzaville': 'CG',
  'DR Congo': 'CD',
  'Saint Helena, Ascension and Tristan da Cunha': 'SH',
  // Jersey and Guernsey have a code each. The larger island stands for both.
  'Channel Islands': 'JE',
  // Not a country. Most of its offices are in Brussels.
  'European Community': 'BE',
  // The retailer of the sample book is British.
  Unspecified: 'GB',
};

/** One spelling for what people write alike: case, accents, punctuation, articles and `St` make no difference. */
function spelling(name: string): string {
  const plain = name.normalize('NFD').replace(/[\p{M}.'’`]/gu, '');
  const words = plain
    .toLowerCase()
    .replaceAll('&', ' and ')
    .split(/[^a-z]+/);
  return words
    .filter((word) => word !== '' && word !== 'the')
    .map((word) => (word === 'st' ? 'saint' : word))
    .join(' ');
}

/** `Korea (the Republic of)`, `Moldova, Republic of`: ISO 3166 puts the first words last, in brackets or behind a comma. */
function variants(name: string): string[] {
  const [, base = name, rest = ''] = /^([^,(]+)[,(](.+?)[)]?$/.exec(name) ?? [];
  return [name, `${rest} ${base}`, base].map(spelling);
}

// ISO 3166 has not assigned XK.
const assigned = Object.entries(isoCountries.getNames('en', { select: 'all' })).filter(
  ([code]) => code !== 'XK',
);
const assignedCodes = new Set(assigned.map(([code]) => code));

function readNames(): ReadonlyMap<string, string> {
  const cldr = new Intl.DisplayNames('en', { type: 'region', fallback: 'none' });
  const names = new Map<string, string>();
  const add = (code: string, ...texts: string[]): void =>
    texts.forEach((text) => names.set(text, names.get(text) ?? code));
  for (const [name, code] of Object.entries(aliases)) add(code, spelling(name));
  for (const [code, texts] of assigned) add(code, ...[...texts, cldr.of(code) ?? ''].map(spelling));
  // A name without its second half is taken only where no country has it as its whole name.
  for (const [code, texts] of assigned) add(code, ...texts.flatMap(variants));
  names.delete('');
  return names;
}

const codes = readNames();

/** The ISO 3166 alpha-2 code of a country, from its code or an English name; undefined when it is neither. */
export function countryCode(name: string): string | undefined {
  const code = name.trim().toUpperCase();
  if (assignedCodes.has(code)) return code;
  const exact = codes.get(spelling(name));
  if (exact !== undefined) return exact;
  const variant = variants(name.trim()).find((text) => codes.has(text));
  return variant === undefined ? undefined : codes.get(variant);
}
