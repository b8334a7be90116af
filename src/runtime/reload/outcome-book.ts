import type { ConfigError } from '../../core/index.js';
import type { Generation } from '../generation/index.js';
import type { SectionChange } from '../events/index.js';
import { GenerationHistory, type HistoryEntry } from './generation-history.js';
import { asConfigError, closedError } from './reload-errors.js';
import type { ReloadOutcome, ReloadStatus } from './reload-outcome.js';
import type { ReloadParts } from './reload-parts.js';

/** Keeps the outcomes of reloads, and reports them: in the log, as an event, and to the caller. */
export class OutcomeBook {
  readonly #parts: ReloadParts;
  readonly #agrees: () => boolean;
  readonly #history: GenerationHistory;
  #rejections = 0;
  #lastRejection: ReloadStatus['lastRejection'];

  /** @param agrees whether the settings in use are those of the sources */
  public constructor(parts: ReloadParts, agrees: () => boolean) {
    const { current } = parts.store;
    this.#parts = parts;
    this.#agrees = agrees;
    this.#history = new GenerationHistory(parts.amounts.history);
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
    const { clock, events, logger } = this.#parts;
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
    return { status: 'unchanged', generation: this.#parts.store.current };
  }

  /** The settings in use are those of the sources already. */
  public unchanged(reason: string): ReloadOutcome {
    const { clock, events, store } = this.#parts;
    const generation = store.current;
    this.heal();
    events.publish({ type: 'ConfigUnchanged', time: clock.now(), generation: generation.number, reason });
    return { status: 'unchanged', generation };
  }

  public reject(error: ConfigError, reason: string): ReloadOutcome {
    const { clock, events, logger, store } = this.#parts;
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

  /** The same for whatever was thrown, unless that was given up because the service closes: no settings were refused. */
  public failed(error: unknown, reason: string): ReloadOutcome {
    return this.#parts.signal.aborted ? this.closed() : this.reject(asConfigError(error), reason);
  }

  public closed(): ReloadOutcome {
    return this.rejected(closedError());
  }

  /** The outcome of a rejection that needs no other report. */
  public rejected(error: ConfigError): ReloadOutcome {
    return { status: 'rejected', generation: this.#parts.store.current, error };
  }

  /** A reload went well: whatever was rejected before has been got over, if nothing of it is wanted any more. */
  public heal(): void {
    if (!this.#agrees()) return;
    this.#rejections = 0;
    this.#lastRejection = undefined;
  }
}
