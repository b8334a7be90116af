import type { Meter } from '@opentelemetry/api';
import {
  METRICS,
  option,
  readOptions,
  type ConfigMetricsPort,
  type MetricName,
  type OptionKinds,
} from '../core/index.js';
import { ConfigMetrics, type ConfigMetricsOptions } from './metrics.js';
import { openTelemetry } from './open-telemetry.js';

type Options = Omit<ConfigMetricsOptions, 'forward'>;

const OPTIONS = { sectionReads: option.or(option.flag, false) } satisfies OptionKinds<Options>;

/**
 * Metrics that go to OpenTelemetry where `@opentelemetry/api` is installed, through the meter that the program's SDK has
 * registered; and that can be had as a snapshot wherever they are. The package is loaded by this call and by nothing
 * else. Subpath: `uno-config/observability`.
 *
 * @example
 * ```ts
 * const metrics = await openTelemetryMetrics();
 * const config = ConfigModule.fromOptions({ sections: [HttpSettings], sources: [processEnv()], metrics });
 * ```
 */
export async function openTelemetryMetrics(options: Options = {}): Promise<ConfigMetrics> {
  const read = readOptions('openTelemetryMetrics', options, OPTIONS);
  const api = await openTelemetry();
  if (api === undefined) return new ConfigMetrics(read);
  return new ConfigMetrics({ ...read, forward: metersOf(api.metrics.getMeter('uno-config')) });
}

/** Instruments are made at their first use, and once. */
function metersOf(meter: Meter): ConfigMetricsPort {
  const kept = <T>(make: (name: MetricName, options: { unit: string; description: string }) => T) => {
    const made = new Map<MetricName, T>();
    return (name: MetricName): T => {
      let instrument = made.get(name);
      if (instrument === undefined) {
        const { unit, description } = METRICS[name];
        made.set(name, (instrument = make(name, { unit, description })));
      }
      return instrument;
    };
  };
  const counters = kept((name, options) => meter.createCounter(name, options));
  const histograms = kept((name, options) => meter.createHistogram(name, options));
  const gauges = kept((name, options) => meter.createObservableGauge(name, options));
  return {
    count: (name, value, attributes) => {
      counters(name).add(value, attributes);
    },
    record: (name, value, attributes) => {
      histograms(name).record(value, attributes);
    },
    observe: (name, read, attributes) => {
      const gauge = gauges(name);
      const look: Parameters<typeof gauge.addCallback>[0] = (result) => {
        result.observe(read(), attributes);
      };
      gauge.addCallback(look);
      return () => {
        gauge.removeCallback(look);
      };
    },
  };
}
