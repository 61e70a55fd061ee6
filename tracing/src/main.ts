import { readTracingConfig } from './config.ts';

/**
 * Loaded before a service (node --import). Tracing costs more than half of a request's processor time, so nothing of it
 * is even read unless somebody is there to send the traces to.
 */
const { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, OTEL_SERVICE_NAME: service } = readTracingConfig();
if (endpoint !== undefined) {
  const { startTracing } = await import('./start-tracing.ts');
  startTracing(endpoint, service);
}
