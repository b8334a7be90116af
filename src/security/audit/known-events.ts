import type { AuditCheckpoint } from './audit-checkpoint.js';
import type { AuditFinding } from './audit-finding.js';

export type CheckpointPlace = Pick<AuditFinding, 'index' | 'file' | 'line'>;

interface OtherLog extends CheckpointPlace {
  readonly instance: string;
  count: number;
  seq: number;
}

/** What the checkpoints of a log know. The first one to know an event is believed: those from elsewhere are read first. */
export class KnownEvents {
  /** By the number of the event. */
  readonly #hashes = new Map<number, string>();
  readonly #others = new Map<string, OtherLog>();
  readonly #onFinding: (finding: AuditFinding) => void;
  #log: string | undefined;

  /** `log` is the id of the log; that of the first checkpoint when its first event does not tell. */
  public constructor(log: string | undefined, onFinding: (finding: AuditFinding) => void) {
    this.#log = log;
    this.#onFinding = onFinding;
  }

  public get hashes(): ReadonlyMap<number, string> {
    return this.#hashes;
  }

  public add({ log, instance, seq, hash }: AuditCheckpoint, place: CheckpointPlace): void {
    this.#log ??= log;
    if (log !== this.#log) {
      const other = this.#others.get(log) ?? { ...place, instance, count: 0, seq };
      this.#others.set(log, Object.assign(other, { count: other.count + 1, seq: Math.max(other.seq, seq) }));
      return;
    }
    const known = this.#hashes.get(seq);
    if (known === undefined) this.#hashes.set(seq, hash);
    else if (known !== hash)
      this.#onFinding(Object.freeze({ kind: 'conflicting-checkpoint', seq, count: 1, ...place }));
  }

  public tellForged(seq: number, place: CheckpointPlace): void {
    this.#onFinding(Object.freeze({ kind: 'forged-checkpoint', seq, count: 1, ...place }));
  }

  /** Once for each log, not for each of its checkpoints. */
  public tellOtherLogs(): void {
    for (const other of this.#others.values()) this.#onFinding(Object.freeze({ kind: 'other-log', ...other }));
  }
}
