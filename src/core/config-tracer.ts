import type { MetricAttributes } from './config-metrics.js';
import { attempt } from './thrown.js';

/** A piece of work under observation. */
export interface ConfigSpan {
  /** Adds attributes to it. */
  set(attributes: MetricAttributes): void;
  /** Marks it as failed, by the code of the error: a message may quote settings. */
  fail(code: string): void;
}

/** Where the library shows how its work is put together in time. */
export interface ConfigTracerPort {
  /** Runs the work inside a span, which ends with it, and gives what the work gives. */
  span<T>(name: string, attributes: MetricAttributes, work: (span: ConfigSpan) => Promise<T>): Promise<T>;
  /** The trace id of the current request; `undefined` where no span is active. */
  traceId?(): string | undefined;
}

/** The trace of the running code, where there is a tracer that knows it. */
export function activeTraceId(tracer: ConfigTracerPort | undefined): string | undefined {
  return attempt(() => tracer?.traceId?.());
}

const NO_SPAN: ConfigSpan = Object.freeze({ set: () => undefined, fail: () => undefined });

/** Runs work inside a span where there is a tracer. The work runs once and decides alone, whatever the tracer does. */
export async function traced<T>(
  tracer: ConfigTracerPort | undefined,
  name: string,
  attributes: MetricAttributes,
  work: (span: ConfigSpan) => Promise<T>,
): Promise<T> {
  if (tracer === undefined) return work(NO_SPAN);
  let running: Promise<T> | undefined;
  const once = (span: ConfigSpan): Promise<T> => (running ??= work(guardSpan(span)));
  try {
    await tracer.span(name, attributes, once);
  } catch {
    // Either the work failed, which is reported below, or the tracer did, which must not matter.
  }
  return once(NO_SPAN);
}

function guardSpan(span: ConfigSpan): ConfigSpan {
  return {
    set: (attributes) => {
      attempt(() => {
        span.set(attributes);
      });
    },
    fail: (code) => {
      attempt(() => {
        span.fail(code);
      });
    },
  };
}
