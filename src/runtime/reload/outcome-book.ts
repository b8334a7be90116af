import type { Clock, ConfigError, ConfigLogger } from '../../core/index.js';
import type { ConfigStore, Generation } from '../generation/index.js';
import type { ConfigEvents, SectionChange } from '../events/index.js';
import { GenerationHistory, type HistoryEntry } from './generation-history.js';
import type { ReloadOutcome, ReloadStatus } from './reload-outcome.js';

export interface OutcomeBookOptions {
  readonly store: ConfigStore;
  readonly events: ConfigEvents;
  readonly logger: ConfigLogger;
  readonly clock: Clock;
  readonly history: number;
  /** Whether the settings in use are those of the sources. */
  readonly agrees: () => boolean;
}

/** Keeps the outcomes of reloads, and reports them: in the log, as an event, and to the caller. */
export class OutcomeBook {
  readonly #options: OutcomeBookOptions;
  readonly #history: GenerationHistory;
  #rejections = 0;
  #lastRejection: ReloadStatus['lastRejection'];

  public constructor(options: OutcomeBookOptions) {
    const { current } = options.store;
    this.#options = options;
    this.#history = new GenerationHistory(options.history);
    this.#history.add(current, current.time, 'first load');
  }

  public get history(): readonly HistoryEntry[] {
    return this.#history.entries;
  }

  public get rejections(): Pick<ReloadStatus, 'rejections' | 'lastRejection'> {
    const last = this.#lastRejection;
    return { rejections: this.#rejections, ...(last !== undefined && { lastRejection: last }) };
  }

  /** The current settings have other origins now, and are otherwise the same. */
  public refresh(generation: Generation): void {
    this.#history.refresh(generation);
  }

  /** @throws ConfigError `unknown-generation`. */
  public find(number: number): Generation {
    return this.#history.find(number);
  }

  public committed(
    generation: Generation,
    previous: Generation,
    reason: string,
    sections: readonly SectionChange[],
  ): ReloadOutcome {
    const { clock, events, logger } = this.#options;
    const { number } = generation;
    const time = clock.now();
    this.#history.add(generation, time, reason, sections);
    this.#rejections = 0;
    this.heal();
    logger.log({
      level: 'info',
      event: 'config.reloaded',
      message: `Generation ${String(number)} is current: ${reason}.`,
      fields: { generation: number, reason, sections: sections.map(({ section }) => section) },
    });
    events.publish(
      { type: 'ConfigChanged', time, generation: number, previous: previous.number, reason, sections },
      { current: generation, previous },
    );
    return { status: 'committed', generation, sections };
  }

  public stays(): ReloadOutcome {
    return { status: 'unchanged', generation: this.#options.store.current };
  }

  /** The settings in use are those of the sources already. */
  public unchanged(reason: string): ReloadOutcome {
    const { clock, events, store } = this.#options;
    const generation = store.current;
    this.heal();
    events.publish({ type: 'ConfigUnchanged', time: clock.now(), generation: generation.number, reason });
    return { status: 'unchanged', generation };
  }

  public reject(error: ConfigError, reason: string): ReloadOutcome {
    const { clock, events, logger, store } = this.#options;
    const time = clock.now();
    const { number: generation } = store.current;
    const attempt = ++this.#rejections;
    this.#lastRejection = { time, reason, error };
    logger.log({
      level: 'error',
      event: 'config.reload.rejected',
      message: `The reload was rejected, generation ${String(generation)} stays: ${error.message}`,
      fields: { generation, reason, code: error.code, rejections: attempt },
    });
    events.publish({ type: 'ConfigReloadRejected', time, generation, reason, error, attempt });
    return this.rejected(error);
  }

  /** The outcome of a rejection that needs no other report. */
  public rejected(error: ConfigError): ReloadOutcome {
    return { status: 'rejected', generation: this.#options.store.current, error };
  }

  /** A reload went well: whatever was rejected before has been got over, if nothing of it is wanted any more. */
  public heal(): void {
    if (!this.#options.agrees()) return;
    this.#rejections = 0;
    this.#lastRejection = undefined;
  }
}
