import type { Clock } from '../../core/index.js';
import type { ConfigStore } from '../generation/index.js';
import type { ConfigEvents } from '../events/index.js';
import type { SourceHealth } from '../slots/index.js';
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

  public changed(health: SourceHealth): void {
    const facts = { time: this.#clock.now(), generation: this.#store.current.number, source: health.source };
    const since = this.#staleSince.get(health.index);
    if (health.status === 'ok' || health.status === 'absent') {
      if (since === undefined) return;
      this.#staleSince.delete(health.index);
      this.#events.publish({ type: 'SourceRecovered', ...facts, after: Math.max(0, facts.time - since) });
    } else if (since === undefined) {
      this.#staleSince.set(health.index, health.since);
      this.#events.publish({ type: 'SourceStale', ...facts, since: health.since, error: outOfReach(health) });
    }
  }
}
