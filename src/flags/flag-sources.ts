import { type ConfigLogger, kindOfThrown } from '../core/index.js';
import type { ResourceHost } from '../container/index.js';
import { factsOf, sourcesOf, type RunningSettings, type SectionInScope } from '../runtime/index.js';
import type { FlagsState } from './flags.js';

/** Follows the health of the sources that definitions come from. */
export class FlagSources {
  public readonly listeners = new Set<(state: FlagsState) => void>();
  readonly #section: SectionInScope;
  readonly #logger: ConfigLogger;
  #running: RunningSettings | undefined;
  #told: FlagsState = 'ready';

  public constructor(host: ResourceHost, section: SectionInScope) {
    this.#section = section;
    this.#logger = host.logger;
    host.onRunning((running) => {
      this.#running = running;
      this.#told = this.state;
      // Each of them may mean that a source is better or worse than before.
      running.reloads.events.on(() => {
        const { state } = this;
        if (state === this.#told) return;
        this.#told = state;
        callAll(this.listeners, state, this.#logger);
      });
    });
  }

  /** `ready` while nothing runs yet: what is loaded first has just been read. */
  public get state(): FlagsState {
    if (this.#running === undefined) return 'ready';
    const { store, reloads } = this.#running;
    const { target, name } = this.#section;
    const places = sourcesOf(factsOf(store.current), (entry) => entry.target === target && entry.name === name);
    const statuses = new Set(
      reloads.sourceHealth().flatMap(({ index, status }) => (places.includes(index) ? [status] : [])),
    );
    if (statuses.has('stale') || statuses.has('bad')) return 'stale';
    return statuses.has('defaults') ? 'error' : 'ready';
  }
}

/** Calls all listeners, one that throws or not. */
export function callAll<T>(listeners: Iterable<(given: T) => void>, given: T, logger: ConfigLogger): void {
  for (const listener of listeners) {
    try {
      listener(given);
    } catch (error) {
      const kind = kindOfThrown(error);
      const message = `A listener to flags failed: it threw ${kind}.`;
      logger.log({ level: 'error', event: 'config.flags.listener-failed', message, fields: { kind } });
    }
  }
}
