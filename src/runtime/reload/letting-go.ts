import { Duration } from '../../sections/index.js';
import type { DrainReason, Participant, PreparedResource, ResourceCell } from './participant.js';
import { logFailure } from './reload-errors.js';
import type { MoveParts } from './reload-parts.js';

const TIMEOUT = 30_000;

/** Has participants release what is no longer in use. Nothing waits for that but what they need. */
export class LettingGo {
  readonly #parts: MoveParts;
  readonly #open = new Set<{ readonly participant: Participant; readonly end: Promise<void> }>();

  public constructor(parts: MoveParts) {
    this.#parts = parts;
  }

  /** @param cells in the order of need: a needed one is released after all that need it, earlier ones included */
  public begin(
    cells: readonly ResourceCell[],
    how: 'abandon' | 'trusted' | 'drain',
    reason: DrainReason = 'superseded',
  ): void {
    const { inside } = this.#parts;
    for (const { participant, resource } of cells.toReversed()) {
      if (resource[how] === undefined) continue;
      const users = [...this.#open].filter((user) => user.participant.needs.includes(participant));
      const letting = (async () => {
        if (users.length > 0) await Promise.all(users.map(({ end }) => end));
        await inside.within(`the end of ${participant.kind} ${participant.name}`, () => resource[how]?.(reason));
      })();
      const open = { participant, end: this.#withinTime(participant, resource, letting) };
      this.#open.add(open);
      void open.end.finally(() => this.#open.delete(open));
    }
  }

  async #withinTime(
    { kind, name }: Participant,
    { limit = TIMEOUT, users }: PreparedResource,
    letting: Promise<void>,
  ): Promise<void> {
    const { clock, logger, work, signal } = this.#parts;
    const called = (): string => {
      const holding = users?.() ?? [];
      return `${kind} ${name}${holding.length === 0 ? '' : ` (held by ${holding.join(', ')})`}`;
    };
    const gone = letting.catch((error: unknown) => {
      logFailure(logger, 'config.dependant.failed', `${name} could not release the old settings`, error);
    });
    let timeUp: () => void = () => undefined;
    const ended = new Promise<void>((resolve) => (timeUp = resolve));
    const over = Promise.race([gone, ended]);
    work.add(called, over);
    if (signal.aborted) return over;
    const cancel = clock.after(limit, () => {
      const time = Duration.ofMilliseconds(limit).toString();
      const message = `${called()} did not release what is no longer in use within ${time}; it is not waited for any more.`;
      logger.log({ level: 'warn', event: 'config.drain.abandoned', message, fields: { name: `${kind} ${name}` } });
      timeUp();
    });
    signal.addEventListener('abort', cancel, { once: true });
    await over;
    cancel();
    signal.removeEventListener('abort', cancel);
  }
}
