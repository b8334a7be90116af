/** What distinguishes measurements of one name; never a secret, and few different values. */
export type MetricAttributes = Readonly<Record<string, string | number | boolean>>;

/**
 * Where the library counts and measures what it does. `configMetrics()` is ready made; another one takes these calls.
 * Names and units are in {@link METRICS}.
 */
export interface ConfigMetricsPort {
  /** True when every read of a section is to be counted, which costs a little at each; `false` when absent. */
  readonly sectionReads?: boolean;
  /** Adds to a counter. */
  count(name: MetricName, value: number, attributes?: MetricAttributes): void;
  /** Adds a measurement to a histogram. */
  record(name: MetricName, value: number, attributes?: MetricAttributes): void;
  /** Asks for a value whenever values are collected; the answer ends it. */
  observe?(name: MetricName, read: () => number, attributes?: MetricAttributes): () => void;
}

/** What is measured, in which unit. */
export interface MetricDescription {
  readonly kind: 'counter' | 'histogram' | 'gauge';
  /** As UCUM writes it: `s`, `By`, `{load}`. */
  readonly unit: string;
  readonly description: string;
}

/** All metrics of the library. */
export const METRICS = Object.freeze({
  'config.loads': { kind: 'counter', unit: '{load}', description: 'Loads, by result: ok or failed.' },
  'config.load.duration': { kind: 'histogram', unit: 's', description: 'How long a load took, by result.' },
  'config.load.phase.duration': {
    kind: 'histogram',
    unit: 's',
    description: 'How long a part of a load took, by phase: read, merge, resolve, bind or check.',
  },
  'config.source.read': { kind: 'counter', unit: 'By', description: 'Bytes that sources have read, by source.' },
  'config.reloads': {
    kind: 'counter',
    unit: '{reload}',
    description: 'Reloads, by result: committed, unchanged or rejected.',
  },
  'config.reload.duration': { kind: 'histogram', unit: 's', description: 'How long a reload took, by result.' },
  'config.reload.phase.duration': {
    kind: 'histogram',
    unit: 's',
    description: 'How long a part of a reload took after its load, by phase: prepare or commit.',
  },
  'config.cache.requests': {
    kind: 'counter',
    unit: '{request}',
    description: 'Calls of getConfig, by result: hit, stale or miss.',
  },
  'config.generation.age': { kind: 'gauge', unit: 's', description: 'Age of the settings in use.' },
  'config.resource.clients': {
    kind: 'counter',
    unit: '{client}',
    description: 'Clients of resources, by resource and result: made or failed.',
  },
  'config.resource.users': { kind: 'gauge', unit: '{user}', description: 'Users of the client in use, by resource.' },
  'config.resource.drain.duration': {
    kind: 'histogram',
    unit: 's',
    description: 'How long a client that was replaced waited for its users, by resource.',
  },
  'config.transaction.duration': {
    kind: 'histogram',
    unit: 's',
    description: 'How long a transaction took, by unit of work and result: committed or failed.',
  },
  'config.transaction.retries': {
    kind: 'counter',
    unit: '{retry}',
    description: 'Transactions that were tried again, by unit of work.',
  },
  'config.broker.publishes': {
    kind: 'counter',
    unit: '{event}',
    description: 'Events that were published, by broker and result: confirmed or failed.',
  },
  'config.broker.deliveries': {
    kind: 'counter',
    unit: '{event}',
    description: 'Events that were handled, by broker, subscription and result: ack, retry, dead or release.',
  },
  'config.outbox.events': {
    kind: 'counter',
    unit: '{event}',
    description: 'Events of an outbox, by outbox and result: delivered, failed or parked.',
  },
  'config.outbox.delay': {
    kind: 'histogram',
    unit: 's',
    description: 'How long a delivered event has waited since it was written, by outbox.',
  },
  'config.saga.runs': {
    kind: 'counter',
    unit: '{run}',
    description: 'Runs of sagas that have ended, by saga and result: completed, compensated or failed.',
  },
  'config.saga.attempts': {
    kind: 'counter',
    unit: '{attempt}',
    description: 'Attempts of steps and compensations, by saga, step and result: done or failed.',
  },
  'config.projection.events': {
    kind: 'counter',
    unit: '{event}',
    description: 'Events of a projection, by projection and result: projected, failed, skipped or parked.',
  },
  'config.projection.behind': {
    kind: 'gauge',
    unit: '{event}',
    description: 'Events that a projection of this process has to project still, by projection.',
  },
  'config.projection.lag': {
    kind: 'gauge',
    unit: 's',
    description: 'Age of the oldest event that a projection of this process has to project still, by projection.',
  },
  'config.section.reads': {
    kind: 'counter',
    unit: '{read}',
    description: 'Reads of a section from the container, by section; only when asked for.',
  },
} as const satisfies Readonly<Record<string, MetricDescription>>);

/** The name of a metric. */
export type MetricName = keyof typeof METRICS;

const NOTHING = (): void => undefined;
const NOBODY: Required<ConfigMetricsPort> = Object.freeze({
  sectionReads: false,
  count: NOTHING,
  record: NOTHING,
  observe: () => NOTHING,
});

/** Metrics whose own failures stop nothing else; no-op metrics when there are none. */
export function guardMetrics(metrics: ConfigMetricsPort | undefined): Required<ConfigMetricsPort> {
  if (metrics === undefined) return NOBODY;
  return {
    sectionReads: metrics.sectionReads ?? false,
    count: (name, value, attributes) => {
      attempt(() => {
        metrics.count(name, value, attributes);
      });
    },
    record: (name, value, attributes) => {
      attempt(() => {
        metrics.record(name, value, attributes);
      });
    },
    observe: (name, read, attributes) => {
      const stop = attempt(() => metrics.observe?.(name, read, attributes));
      return () => {
        attempt(() => stop?.());
      };
    },
  };
}

function attempt<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch {
    // What is measured matters more than the measuring, and the log is not the place for its troubles.
    return undefined;
  }
}
