import { eventSettings, faultsOfSinks } from '@tradepost/events/config.ts';
import { readConfig, settings as common, urlList } from '@tradepost/service-kit/config.ts';

export const settings = {
  ...common,
  ...eventSettings,
  JWKS_URL: urlList,
  ORDER_SERVICE_URL: urlList,
};

export type Config = ReturnType<typeof readProductConfig>;

/** Faults of settings that are each well-formed. */
export const faultsOfSettings = faultsOfSinks;

export function readProductConfig() {
  return readConfig(settings, faultsOfSettings);
}
