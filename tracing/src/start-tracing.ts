import { context, propagation, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { registerInstrumentations } from '@opentelemetry/instrumentation';
import { HttpInstrumentation } from '@opentelemetry/instrumentation-http';
import { MySQL2Instrumentation } from '@opentelemetry/instrumentation-mysql2';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { BatchSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import { register } from 'import-in-the-middle/register-hooks.mjs';

const probes = /^\/(livez|readyz|startupz|metrics)\b/;

/**
 * Traces every request, call and statement from here on; must run before the libraries are loaded that it follows.
 * @param endpoint base address of an OTLP/HTTP collector (OpenTelemetry protocol 1.5, section OTLP/HTTP)
 * @param service the name under which its spans are found
 */
export function startTracing(endpoint: string, service: string): void {
  // Lets what is imported be wrapped, as `require` could be.
  register();
  const exporter = new OTLPTraceExporter({ url: `${endpoint.replace(/\/$/, '')}/v1/traces` });
  const provider = new TracerProvider({
    resource: resourceFromAttributes({ 'service.name': service }),
    spanProcessors: [new BatchSpanProcessor({ exporter, scheduledDelayMillis: 1_000 })],
  });
  context.setGlobalContextManager(new AsyncLocalStorageContextManager());
  propagation.setGlobalPropagator(new W3CTraceContextPropagator());
  trace.setGlobalTracerProvider(provider);
  registerInstrumentations({
    instrumentations: [
      new HttpInstrumentation({ ignoreIncomingRequestHook: ({ url }) => probes.test(url ?? '') }),
      // Statements carry what people have written, and digests of their tokens.
      new MySQL2Instrumentation({ maskStatement: true }),
    ],
  });
  // The process drains for longer than this takes.
  process.once('SIGTERM', () => void provider.forceFlush().catch(() => undefined));
}
