import type { Clock } from '../../core/index.js';
import type { ConfigStore } from '../config-store.js';
import type { ConfigEvents } from '../events/index.js';
import type { SourceHealth, SourceStatus } from '../recovery/index.js';
import { outOfReach } from './reload-errors.js';

/** Tells that a source went stale or came back. */
export class SourceNews {
  readonly #store: ConfigStore;
  readonly #events: ConfigEvents;
  readonly #clock: Clock;
  readonly #staleSince = new Map<number, number>();

  public constructor(store: ConfigStore, events: ConfigEvents, clock: Clock) {
    this.#store = store;
    this.#events = events;
    this.#clock = clock;
  }

  public changed(health: SourceHealth, before: SourceStatus | undefined): void {
    const facts = { time: this.#clock.now(), generation: this.#store.current.number, source: health.source };
    if (health.status === 'ok') {
      const after = Math.max(0, facts.time - (this.#staleSince.get(health.index) ?? facts.time));
      this.#staleSince.delete(health.index);
      this.#events.publish({ type: 'SourceRecovered', ...facts, after });
    } else if (before === undefined || before === 'ok') {
      this.#staleSince.set(health.index, health.since);
      this.#events.publish({ type: 'SourceStale', ...facts, since: health.since, error: outOfReach(health) });
    }
  }
}
