import {
  ConfigError,
  guardMetrics,
  systemClock,
  traced,
  type Clock,
  type ConfigMetricsPort,
  type MetricName,
} from '../../core/index.js';
import type { Generation } from '../generation/index.js';
import type { LoadOptions } from '../plan/index.js';

/** Takes the time of a piece of work, part by part. */
export class PhaseMeter<Phase extends string> {
  readonly #name: MetricName;
  readonly #clock: Clock;
  readonly #metrics: ConfigMetricsPort;
  #phase: Phase | undefined;
  #started = 0;

  public constructor(name: MetricName, clock: Clock, metrics: ConfigMetricsPort) {
    this.#name = name;
    this.#clock = clock;
    this.#metrics = metrics;
  }

  /** Ends the part under way and begins another one. */
  public begin(phase: Phase): void {
    this.end();
    this.#phase = phase;
    this.#started = this.#clock.monotonic();
  }

  /** Ends the part under way, if there is one. */
  public end(): void {
    if (this.#phase === undefined) return;
    const seconds = (this.#clock.monotonic() - this.#started) / 1_000;
    this.#metrics.record(this.#name, seconds, { phase: this.#phase });
    this.#phase = undefined;
  }
}

/** Takes the time of the parts of a load. */
export type LoadMeter = PhaseMeter<'read' | 'merge' | 'resolve' | 'bind' | 'check'>;

/** Runs a load inside a span, and counts and measures it; only where the options ask for any of that. */
export function meteredLoad(
  options: LoadOptions,
  isReload: boolean,
  load: (meter?: LoadMeter) => Promise<Generation>,
): Promise<Generation> {
  return options.metrics === undefined && options.tracer === undefined ? load() : measured(options, isReload, load);
}

async function measured(
  { clock = systemClock, metrics: port, tracer, sources, sections }: LoadOptions,
  isReload: boolean,
  load: (meter: LoadMeter) => Promise<Generation>,
): Promise<Generation> {
  const metrics = guardMetrics(port);
  const meter: LoadMeter = new PhaseMeter('config.load.phase.duration', clock, metrics);
  const attributes = {
    'config.sources': sources.length,
    'config.sections': sections.length,
    'config.reload': isReload,
  };
  return traced(tracer, 'config.load', attributes, async (span) => {
    const started = clock.monotonic();
    let result = 'failed';
    try {
      const generation = await load(meter);
      result = 'ok';
      span.set({ 'config.generation': generation.number });
      return generation;
    } catch (error) {
      span.fail(ConfigError.is(error) ? error.code : 'unknown');
      throw error;
    } finally {
      meter.end();
      metrics.count('config.loads', 1, { result });
      metrics.record('config.load.duration', (clock.monotonic() - started) / 1_000, { result });
    }
  });
}
