import type { Generation } from '../generation/index.js';
import type { DrainReason, Participant, ParticipantContext, PreparedResource } from './participant.js';

/** What a dependant has made ready for a generation that is not current yet. */
export interface PreparedChange {
  /**
   * Called once the generation is current, before any listener, and again when a later one that is not trusted is left:
   * what was in use before is not drained until the new generation is trusted. Must not wait and should not throw.
   */
  commit(): void;
  /** Called once the generation is trusted, to let go of what was in use at the commit; may take its time. */
  drain?(): Promise<void>;
  /** Called when the generation does not become current, or is left before it is trusted, to let go of what was prepared. */
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
    prepare: async ({ next, previous, signal }: ParticipantContext) => {
      const change = await dependant.prepare(next, previous, { signal });
      return change === undefined ? undefined : resourceOf(change, previous === undefined);
    },
  };
}

/** What a trusted change has put in place, the change that follows drains. */
function resourceOf(change: PreparedChange, isFirst: boolean): PreparedResource {
  let isTrusted = false;
  return {
    committed: () => {
      change.commit();
    },
    trusted: () => {
      isTrusted = true;
      return isFirst ? undefined : change.drain?.();
    },
    abandon: () => change.abandon?.(),
    drain: (reason: DrainReason) => {
      if (isTrusted) return undefined;
      // A first change that nobody trusts is a load that failed.
      return reason === 'closed' && !isFirst ? change.drain?.() : change.abandon?.();
    },
  };
}
