import { eventSettings, faultsOfSinks } from '@tradepost/events/config.ts';
import { readConfig, settings as common, urlList } from '@tradepost/service-kit/config.ts';

export const settings = {
  ...common,
  ...eventSettings,
  JWKS_URL: urlList,
  ORDER_SERVICE_URL: urlList,
};

export type Config = ReturnType<typeof readProductConfig>;

export function readProductConfig() {
  return readConfig(settings, faultsOfSinks);
}
