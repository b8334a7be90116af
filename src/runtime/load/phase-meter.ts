import type { Clock, ConfigMetricsPort, MetricName } from '../../core/index.js';

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
