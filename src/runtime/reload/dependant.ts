import type { Generation } from '../generation.js';
import type { DrainReason, Participant, ParticipantContext, PreparedResource } from './participant.js';

/** What a dependant has made ready for a generation that is not current yet. */
export interface PreparedChange {
  /**
   * Called once the generation is current, before any listener, and again when a later generation is rolled back to it:
   * what was in use before is not drained until the new generation is trusted. Must not wait and should not throw.
   */
  commit(): void;
  /** Called once the generation is trusted, to let go of what belonged to the one before; may take its time. */
  drain?(): Promise<void>;
  /** Called when the generation does not become current after all, or is rolled back, to let go of what was prepared. */
  abandon?(): void | Promise<void>;
}

/** What a dependant is told. */
export interface PrepareContext {
  /** Aborts when the reload is no longer wanted, or the time for it is over. */
  readonly signal: AbortSignal;
}

/**
 * Something that must be able to work with a generation before it may become current: a connection pool, a broker
 * connection. One in the option `reload.dependants` is asked for the first generation, too, with no previous one; one that
 * is registered with the `ReloadService` later, for those that follow. Subpath: `uno-config`.
 *
 * @example
 * ```ts
 * const pool: ConfigDependant = {
 *   name: 'orders database',
 *   prepare: async (next) => {
 *     const settings = next.get(DatabaseSettings);
 *     if (settings.host === '') throw new Error('cannot connect');
 *     return { commit: () => undefined };
 *   },
 * };
 * ```
 */
export interface ConfigDependant {
  /** Names the dependant in errors and logs. */
  readonly name: string;
  /** Makes ready for the next generation; throwing vetoes it. Nothing to do is answered with nothing. */
  prepare(
    next: Generation,
    previous: Generation | undefined,
    context: PrepareContext,
  ): PreparedChange | undefined | Promise<PreparedChange | undefined>;
}

/** A dependant as a participant of the transaction. */
export function participantOf(dependant: ConfigDependant): Participant {
  return {
    name: dependant.name,
    kind: 'dependant',
    needs: [],
    prepare: async ({ next, previous, unproven, signal }: ParticipantContext) => {
      const change = await dependant.prepare(next, previous, { signal });
      if (change === undefined) return undefined;
      // A first change has nothing to let go of.
      return new DependantResource(change, unproven, previous !== undefined);
    },
  };
}

/**
 * A dependant goes from change to change, and each drains what the one before had made: one that follows a change nobody
 * trusted yet answers for that, too.
 */
class DependantResource implements PreparedResource {
  readonly #change: PreparedChange;
  /** Those whose drain has not been called, oldest first. */
  #open: readonly PreparedChange[];

  public constructor(change: PreparedChange, unproven: PreparedResource | undefined, drains: boolean) {
    this.#change = change;
    const before = unproven instanceof DependantResource ? unproven.#open : [];
    this.#open = drains ? [...before, change] : [];
  }

  public committed(): void {
    this.#change.commit();
  }

  public async trusted(): Promise<void> {
    const changes = this.#open;
    this.#open = [];
    for (const change of changes) await change.drain?.();
  }

  public abandon(): unknown {
    return this.#change.abandon?.();
  }

  public async drain(reason: DrainReason): Promise<void> {
    // What belongs to the change that follows, the drain of that one lets go of.
    if (reason === 'superseded') return;
    if (reason === 'closed') return this.trusted();
    const changes = this.#open.toReversed();
    this.#open = [];
    for (const change of changes) await change.abandon?.();
  }
}
