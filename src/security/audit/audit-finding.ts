/**
 * What has become of an event:
 * `edited`, another text stands in its place; `inserted`, something stands there that is no event of this log; `deleted`,
 * it is missing, with events after it; `truncated`, it is missing at the end; `swapped`, it has changed places with the
 * one at `other`; `rewritten`, it or one of those up to the next checkpoint has been changed, and all hashes after it
 * were made anew; `forged-checkpoint`, a checkpoint that the key has not signed; `conflicting-checkpoint`, one that knows
 * an event by another hash than a checkpoint that comes before it, those that were exported first; `other-log`, one that
 * is of another log: this one was begun anew, or exchanged.
 */
export type AuditFindingKind =
  | 'edited'
  | 'inserted'
  | 'deleted'
  | 'swapped'
  | 'truncated'
  | 'rewritten'
  | 'forged-checkpoint'
  | 'conflicting-checkpoint'
  | 'other-log';

/** Where a log is not as it was written. */
export interface AuditFinding {
  readonly kind: AuditFindingKind;
  /** The line of the log, over all its segments, from 0 on; of a checkpoint, the line of its file. */
  readonly index: number;
  /** The number of the event that belongs there. */
  readonly seq: number;
  /** How many lines or events it is about. */
  readonly count: number;
  /** The other line that has been swapped. */
  readonly other?: number;
  /** The process that made a checkpoint of another log. */
  readonly instance?: string;
  readonly file: string;
  /** The line of that file, from 1 on. */
  readonly line: number;
}
