import { readConfig } from '@tradepost/service-kit/config.ts';
import { z } from 'zod';

export const settings = {
  OTEL_EXPORTER_OTLP_ENDPOINT: z.url({ protocol: /^https?$/ }).optional(),
  OTEL_SERVICE_NAME: z.string().default('tradepost'),
};

export type Config = ReturnType<typeof readTracingConfig>;

export function readTracingConfig() {
  return readConfig(settings);
}
