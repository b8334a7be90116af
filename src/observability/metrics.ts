import {
  METRICS,
  option,
  readOptions,
  type ConfigMetricsPort,
  type MetricAttributes,
  type MetricName,
  type OptionKinds,
} from '../core/index.js';

/** What {@link configMetrics} takes. */
export interface ConfigMetricsOptions {
  /** Count every read of a section from the container, which costs a little at each; default false. */
  readonly sectionReads?: boolean;
  /** Where everything goes besides, such as an OpenTelemetry meter. */
  readonly forward?: ConfigMetricsPort;
}

/** One counter or gauge. */
export interface MetricValue {
  readonly name: MetricName;
  readonly unit: string;
  readonly attributes: MetricAttributes;
  readonly value: number;
}

/** One histogram: how many measurements there were, and what they came to. */
export interface MetricSummary {
  readonly name: MetricName;
  readonly unit: string;
  readonly attributes: MetricAttributes;
  readonly count: number;
  readonly sum: number;
  readonly min: number;
  readonly max: number;
}

/** All that has been measured, as plain data. */
export interface MetricsSnapshot {
  readonly counters: readonly MetricValue[];
  readonly gauges: readonly MetricValue[];
  readonly histograms: readonly MetricSummary[];
}

interface Series<T> {
  readonly name: MetricName;
  readonly attributes: MetricAttributes;
  readonly state: T;
}

const OPTIONS = {
  sectionReads: option.or(option.flag, false),
  forward: option.having('metrics with count() and record()', 'count', 'record'),
} satisfies OptionKinds<ConfigMetricsOptions>;

/**
 * Counts and measures in memory what the library does, and gives a snapshot when asked. Names and units are listed in
 * the guide. Durations are in seconds. Subpath: `uno-config/observability`.
 *
 * @example
 * ```ts
 * const metrics = configMetrics();
 * const config = ConfigModule.fromOptions({ sections: [HttpSettings], sources: [processEnv()], metrics });
 * for (const { name, value } of metrics.snapshot().counters) report(name, value);
 * ```
 */
export function configMetrics(options: ConfigMetricsOptions = {}): ConfigMetrics {
  return new ConfigMetrics(options);
}

/** What has been measured so far, made with {@link configMetrics}. Subpath: `uno-config/observability`. */
export class ConfigMetrics implements ConfigMetricsPort {
  public readonly sectionReads: boolean;
  readonly #forward: ConfigMetricsPort | undefined;
  readonly #counters = new Map<string, Series<{ value: number }>>();
  readonly #histograms = new Map<string, Series<{ count: number; sum: number; min: number; max: number }>>();
  readonly #gauges = new Set<Series<() => number>>();

  public constructor(options: ConfigMetricsOptions = {}) {
    const { sectionReads, forward } = readOptions('configMetrics', options, OPTIONS);
    this.sectionReads = sectionReads;
    this.#forward = forward;
  }

  public count(name: MetricName, value: number, attributes: MetricAttributes = {}): void {
    seriesOf(this.#counters, name, attributes, () => ({ value: 0 })).state.value += value;
    this.#forward?.count(name, value, attributes);
  }

  public record(name: MetricName, value: number, attributes: MetricAttributes = {}): void {
    const empty = { count: 0, sum: 0, min: Infinity, max: -Infinity };
    const { state } = seriesOf(this.#histograms, name, attributes, () => empty);
    state.count++;
    state.sum += value;
    state.min = Math.min(state.min, value);
    state.max = Math.max(state.max, value);
    this.#forward?.record(name, value, attributes);
  }

  public observe(name: MetricName, read: () => number, attributes: MetricAttributes = {}): () => void {
    const gauge = { name, attributes, state: read };
    this.#gauges.add(gauge);
    const stop = this.#forward?.observe?.(name, read, attributes);
    return () => {
      this.#gauges.delete(gauge);
      stop?.();
    };
  }

  /** What has been measured since it was made; gauges are read now. */
  public snapshot(): MetricsSnapshot {
    return {
      counters: Array.from(this.#counters.values(), (series) => shown(series, { value: series.state.value })),
      gauges: Array.from(this.#gauges, (series) => shown(series, { value: series.state() })),
      histograms: Array.from(this.#histograms.values(), (series) => shown(series, series.state)),
    };
  }
}

function seriesOf<T>(
  all: Map<string, Series<T>>,
  name: MetricName,
  attributes: MetricAttributes,
  empty: () => T,
): Series<T> {
  const key = JSON.stringify([name, Object.entries(attributes).sort(([a], [b]) => (a < b ? -1 : 1))]);
  let series = all.get(key);
  if (series === undefined) all.set(key, (series = { name, attributes: { ...attributes }, state: empty() }));
  return series;
}

function shown<T, S extends object>(
  { name, attributes }: Series<T>,
  state: S,
): Omit<Series<T>, 'state'> & { readonly unit: string } & S {
  return { name, unit: METRICS[name].unit, attributes, ...state };
}
