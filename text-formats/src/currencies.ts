import { currencies } from 'countries-list/currencies';

/**
 * Codes to which ISO 4217 assigns no minor unit: metals, units of account, the code for tests, and the code for no
 * currency. An amount in minor units cannot be in these.
 */
const withoutMinorUnit = new Set('XAG XAU XBA XBB XBC XBD XDR XPD XPT XSU XTS XUA XXX'.split(' '));

/**
 * The active currencies of ISO 4217, each with the number of digits of its minor unit. They come from the pinned version
 * of a package and not from the runtime: Node's list follows CLDR, which keeps what has ended.
 */
export const minorUnits: ReadonlyMap<string, number> = new Map(
  Object.entries(currencies)
    .filter(([code, { withdrawn }]) => !withdrawn && !withoutMinorUnit.has(code))
    .map(([code, { decimals }]) => [code, decimals]),
);
