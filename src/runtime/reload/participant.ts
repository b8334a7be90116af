import type { Generation } from '../generation/index.js';

/** Why a resource that was in use is released. */
export type DrainReason = 'superseded' | 'refused' | 'closed';

/** What a participant has made for a generation that is not current yet. None of it is called inside the commit. */
export interface PreparedResource {
  /** What handles give to the program from the commit on. What is made from it stays while this stays the same. */
  readonly value?: unknown;
  /** Milliseconds that letting go of it may take; 30 seconds when absent. */
  readonly limit?: number;
  /** Who keeps it from ending, for the log. */
  readonly users?: () => readonly string[];
  /** Called once the resource is in use, before any listener, and again when one that followed is left untrusted. */
  committed?(): void;
  /** Called once there is no way back to what was in use before. */
  trusted?(): unknown;
  /** Releases a resource that never was in use. */
  abandon?(): unknown;
  /** Releases a resource that was in use. */
  drain?(reason: DrainReason): unknown;
}

export interface ParticipantContext {
  readonly next: Generation;
  /** The generation in use; none for the first one. */
  readonly previous: Generation | undefined;
  /** The instances of the sections in {@link Participant.from}. */
  readonly sections: readonly unknown[];
  /** What the participants in {@link Participant.needs} made, in that order. */
  readonly needs: readonly unknown[];
  readonly signal: AbortSignal;
}

/**
 * Something that must be able to work with settings before they become current. What it makes is kept for as long as what
 * it is made from stays the same.
 */
export interface Participant {
  /** Names it in errors and logs, with what it is: `dependant orders database`. */
  readonly name: string;
  readonly kind: string;
  /** The participants whose resources it is made from, too; they are prepared first. */
  readonly needs: readonly Participant[];
  /** The indexes of the sections that it is made from; absent for a participant that checks every generation itself. */
  readonly from?: readonly number[];
  /** Throwing vetoes the generation; `undefined` keeps the resource in use. */
  prepare(context: ParticipantContext): PreparedResource | undefined | Promise<PreparedResource | undefined>;
}

export interface ResourceCell {
  readonly participant: Participant;
  readonly inputs: readonly unknown[];
  readonly resource: PreparedResource;
  readonly value: unknown;
  /** The number of the generation that it was prepared for. */
  readonly generation: number;
  /** The generation in use is older, and the participant could not go back to it. */
  readonly lags?: boolean;
}

interface Needing<N> {
  readonly name: string;
  readonly needs: readonly N[];
}

/**
 * Participants in the order of what they need; those of one level prepare side by side.
 *
 * @throws TypeError naming those that need each other in a circle, or one that is not given.
 */
export function inOrderOfNeed<N extends Needing<N>>(participants: Iterable<N>): readonly (readonly N[])[] {
  const given = new Set(participants);
  const depths = new Map<N, number>();
  const depthOf = (participant: N, path: readonly N[]): number => {
    const known = depths.get(participant);
    if (known !== undefined) return known;
    const at = path.indexOf(participant);
    if (at >= 0) throw new TypeError(`resources: ${namesOf([...path.slice(at), participant])} need each other.`);
    if (!given.has(participant)) {
      throw new TypeError(`resources: ${namesOf([...path, participant])}: list ${participant.name}, too.`);
    }
    const below = participant.needs.map((need) => depthOf(need, [...path, participant]));
    const depth = Math.max(-1, ...below) + 1;
    depths.set(participant, depth);
    return depth;
  };
  const levels: N[][] = [];
  for (const participant of given) (levels[depthOf(participant, [])] ??= []).push(participant);
  return levels;
}

function namesOf(path: readonly { readonly name: string }[]): string {
  return path.map(({ name }) => name).join(' -> ');
}

/** What a dependant has made ready for a generation that is not current yet. */
export interface PreparedChange {
  /**
   * Called once the generation is current, before any listener, and again when a later one that is not trusted is left:
   * what was in use before is not drained until the new generation is trusted. Must not wait and should not throw.
   */
  commit(): void;
  /** Called once the generation is trusted, to release what was in use at the commit; may take its time. */
  drain?(): Promise<void>;
  /** Called when the generation does not become current, or is left before it is trusted, to release what was prepared. */
  abandon?(): void | Promise<void>;
}

/** The context of a dependant. */
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
      // A first change that is never trusted is a load that failed.
      return reason === 'closed' && !isFirst ? change.drain?.() : change.abandon?.();
    },
  };
}
