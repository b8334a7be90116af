import { attempt } from './thrown.js';

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
  /** As UCUM writes it: `s`, `By`, `{load}`. */
  readonly unit: string;
  readonly description: string;
}

/** All metrics of the library. */
export const METRICS = Object.freeze({
  'config.loads': measured('{load}', 'Loads, by result: ok or failed.'),
  'config.load.duration': measured('s', 'How long a load took, by result.'),
  'config.load.phase.duration': measured(
    's',
    'How long a part of a load took, by phase: read, merge, resolve, bind or check.',
  ),
  'config.source.read': measured('By', 'Bytes that sources have read, by source.'),
  'config.reloads': measured('{reload}', 'Reloads, by result: committed, unchanged or rejected.'),
  'config.reload.duration': measured('s', 'How long a reload took, by result.'),
  'config.reload.phase.duration': measured(
    's',
    'How long a part of a reload took after its load, by phase: prepare or commit.',
  ),
  'config.cache.requests': measured('{request}', 'Calls of getConfig, by result: hit, stale or miss.'),
  'config.generation.age': measured('s', 'Age of the settings in use.'),
  'config.resource.clients': measured('{client}', 'Clients of resources, by resource and result: made or failed.'),
  'config.resource.users': measured('{user}', 'Users of the client in use, by resource.'),
  'config.resource.drain.duration': measured(
    's',
    'How long a client that was replaced waited for its users, by resource.',
  ),
  'config.transaction.duration': measured(
    's',
    'How long a transaction took, by unit of work and result: committed or failed.',
  ),
  'config.transaction.retries': measured('{retry}', 'Transactions that were tried again, by unit of work.'),
  'config.broker.publishes': measured(
    '{event}',
    'Events that were published, by broker and result: confirmed or failed.',
  ),
  'config.broker.deliveries': measured(
    '{event}',
    'Events that were handled, by broker, subscription and result: ack, retry, dead or release.',
  ),
  'config.outbox.events': measured(
    '{event}',
    'Events of an outbox, by outbox and result: delivered, failed or parked.',
  ),
  'config.outbox.delay': measured('s', 'How long a delivered event has waited since it was written, by outbox.'),
  'config.saga.runs': measured(
    '{run}',
    'Runs of sagas that have ended, by saga and result: completed, compensated or failed.',
  ),
  'config.saga.attempts': measured(
    '{attempt}',
    'Attempts of steps and compensations, by saga, step and result: done or failed.',
  ),
  'config.projection.events': measured(
    '{event}',
    'Events of a projection, by projection and result: projected, failed, skipped or parked.',
  ),
  'config.projection.behind': measured(
    '{event}',
    'Events that a projection of this process has to project still, by projection.',
  ),
  'config.projection.lag': measured(
    's',
    'Age of the oldest event that a projection of this process has to project still, by projection.',
  ),
  'config.section.reads': measured('{read}', 'Reads of a section from the container, by section; only when asked for.'),
});

function measured(unit: string, description: string): MetricDescription {
  return { unit, description };
}

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
