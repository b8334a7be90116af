import type * as OpenTelemetry from '@opentelemetry/api';
import type { Tracer } from '@opentelemetry/api';
import type { ConfigTracerPort } from '../core/index.js';
import { openTelemetry } from './open-telemetry.js';

/**
 * Shows loads and reloads as OpenTelemetry spans, `config.load` and `config.reload`, through the tracer that the
 * program's SDK has registered. What sources do while they load, such as a request to a server, lies within. The events
 * of the option `secrets.audit` have the trace of the active span. Without `@opentelemetry/api` it is `undefined`, which
 * the option `tracer` takes for none. The package is loaded by this call and by nothing else. Subpath: `uno-config/observability`.
 *
 * @example
 * ```ts
 * const tracer = await openTelemetryTracer();
 * const config = ConfigModule.fromOptions({ sections: [HttpSettings], sources: [processEnv()], tracer });
 * ```
 */
export async function openTelemetryTracer(): Promise<ConfigTracerPort | undefined> {
  const api = await openTelemetry();
  return api && portOf(api, api.trace.getTracer('uno-config'));
}

function portOf({ trace, isSpanContextValid, SpanStatusCode }: typeof OpenTelemetry, tracer: Tracer): ConfigTracerPort {
  return {
    traceId: () => {
      const context = trace.getActiveSpan()?.spanContext();
      return context !== undefined && isSpanContextValid(context) ? context.traceId : undefined;
    },
    span: async (name, attributes, work) =>
      tracer.startActiveSpan(name, { attributes }, async (span) => {
        try {
          return await work({
            set: (more) => {
              span.setAttributes(more);
            },
            fail: (code) => {
              // Only the code: an exception's message and stack may quote settings.
              span.setAttribute('error.type', code);
              span.setStatus({ code: SpanStatusCode.ERROR, message: code });
            },
          });
        } finally {
          span.end();
        }
      }),
  };
}
