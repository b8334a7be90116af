import type { Revision } from '../../core/index.js';

/** How an answer relates to what is known of its source's revisions. */
export type RevisionVerdict = 'current' | 'behind' | 'lapsed';

/** How long a notified revision is read for at once, in milliseconds. */
const READ_FOR = 30_000;
/** After how long an answer from before is taken all the same: a backup may have been restored. */
const LAPSES_AFTER = 300_000;

/** Keeps a source from being taken for current below what it notified or has already answered. Times are monotonic. */
export class RevisionFloor {
  #seen: Revision | undefined;
  #notified: Revision | undefined;
  #notifiedAt = -Infinity;
  #behindSince: number | undefined;

  /** The revision of the last answer that was taken. */
  public get seen(): Revision | undefined {
    return this.#seen;
  }

  /** What an answer must not be below. */
  public get floor(): Revision | undefined {
    return this.#notified ?? this.#seen;
  }

  /** The source holds this revision now. False when that is known already: nothing need be read. */
  public notify(revision: Revision, now: number): boolean {
    const { floor } = this;
    if (floor !== undefined && isReached(revision, floor)) return false;
    this.#notified = revision;
    this.#notifiedAt = now;
    return true;
  }

  /** True while what was notified and not yet seen is read for without the usual pauses. */
  public isUrgent(now: number): boolean {
    return this.#notified !== undefined && now - this.#notifiedAt < READ_FOR;
  }

  /** Judges an answer, and remembers its revision unless it is behind. */
  public take(revision: Revision | undefined, now: number): RevisionVerdict {
    const isBehind = revision !== undefined && this.#isBehind(revision);
    if (isBehind) {
      this.#behindSince ??= now;
      if (now - this.#behindSince < LAPSES_AFTER) return 'behind';
    }
    this.#seen = revision;
    this.#notified = undefined;
    this.#behindSince = undefined;
    return isBehind ? 'lapsed' : 'current';
  }

  #isBehind(revision: Revision): boolean {
    const { floor } = this;
    if (floor === undefined || isReached(floor, revision)) return false;
    // Tags have no order: one that was seen before the notice is old, any other may be newer still.
    return isOrdered(floor, revision) || (this.#notified !== undefined && revision === this.#seen);
  }
}

/** True when a revision is at or above a wanted one. */
function isReached(wanted: Revision, revision: Revision): boolean {
  return isOrdered(wanted, revision) ? revision >= wanted : revision === wanted;
}

function isOrdered(one: Revision, other: Revision): boolean {
  return typeof one !== 'string' && typeof other !== 'string';
}
