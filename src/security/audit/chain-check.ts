import type { AuditFinding, AuditFindingKind } from './audit-finding.js';
import type { AuditRecord } from './audit-record.js';
import { EMPTY_LOG } from './chain-event.js';

export interface PlacedRecord extends AuditRecord {
  readonly index: number;
  readonly file: string;
  readonly line: number;
}

/** What must come next; the hash is not known after an event that was damaged. */
interface Expected {
  readonly seq: number;
  readonly prevHash: string | undefined;
}

/** A line where another event of this log seems to stand. */
interface Displaced {
  readonly at: PlacedRecord;
  readonly expected: Expected;
}

/** How far ahead an event is looked for that is not where it belongs. */
const WINDOW = 256;

/** How many displaced events are remembered, to be paired with the one they were swapped with. */
const MOST_DISPLACED = 1000;

/**
 * Follows the chain line by line and tells where it breaks, and how. Sees a few hundred lines at a time, so a log may be
 * of any length.
 */
export class ChainCheck {
  readonly #checkpoints: ReadonlyMap<number, string>;
  /** The last event that a checkpoint knows. */
  readonly #lastKnown: number;
  readonly #onFinding: (finding: AuditFinding) => void;
  #window: PlacedRecord[] = [];
  #at = 0;
  #expected: Expected;
  #displaced: Displaced[] = [];
  /** The last event that a checkpoint vouches for, or that a finding is about. */
  #vouched: number;
  #lastLine: PlacedRecord | undefined;

  /** `from` is the number of the first event. */
  public constructor(
    from: number,
    checkpoints: ReadonlyMap<number, string>,
    onFinding: (finding: AuditFinding) => void,
  ) {
    this.#checkpoints = checkpoints;
    this.#lastKnown = lastKey(checkpoints);
    this.#onFinding = onFinding;
    this.#expected = { seq: from, prevHash: from === 1 ? EMPTY_LOG.hash : checkpoints.get(from - 1) };
    this.#vouched = from - 1;
  }

  /** The number of the event that would come next. */
  public get nextSeq(): number {
    return this.#expected.seq;
  }

  public push(record: PlacedRecord): void {
    this.#window.push(record);
    this.#lastLine = record;
    if (this.#window.length - this.#at > WINDOW) this.#step();
    if (this.#at < 4096) return;
    this.#window = this.#window.slice(this.#at);
    this.#at = 0;
  }

  /** Tells what can be told only when there are no more lines. */
  public end(file: string): void {
    while (this.#at < this.#window.length) this.#step();
    for (const { at, expected } of this.#displaced) this.#tell('edited', at, { seq: expected.seq });
    const missing = this.#lastKnown - this.#expected.seq + 1;
    if (missing <= 0) return;
    const last = this.#lastLine;
    const place = last ?? { index: -1, file, line: 0 };
    this.#tell('truncated', { ...place, index: place.index + 1, line: place.line + 1 }, { count: missing });
  }

  #step(): void {
    const current = this.#peek(0);
    if (current === undefined) return;
    if (this.#fits(current)) this.#fitting(current);
    else if (!this.#closesSwap(current) && !this.#foundAhead(current)) this.#unfitting(current);
  }

  /** A line that follows the one before, unless the lines after it say otherwise. */
  #fitting(current: PlacedRecord): void {
    const [next, after] = [this.#peek(1), this.#peek(2)];
    const { seq } = this.#expected;
    if (next !== undefined && next.hash !== current.hash && this.#checkpoints.get(seq) !== current.hash) {
      // Two that fit: the chain goes on from the true one, or a checkpoint knows it.
      if (this.#fits(next) && (follows(after, next) || this.#checkpoints.get(seq) === next.hash)) {
        this.#tell('inserted', current);
        this.#at++;
        return;
      }
      const nextIsTrue = after?.seq !== seq + 2 || !after.isSound || follows(after, next);
      if (next.isSound && next.seq === seq + 1 && next.prevHash !== current.hash && nextIsTrue) {
        this.#tell('edited', current);
        this.#accept({ seq, hash: next.prevHash });
        return;
      }
    }
    this.#accept(current);
  }

  /** The second one of two that have changed places, far from each other. */
  #closesSwap(current: PlacedRecord): boolean {
    const { seq } = this.#expected;
    const first = this.#displaced.find(
      ({ at, expected }) =>
        current.isSound && current.seq === expected.seq && at.seq === seq && belongs(current, expected),
    );
    if (first === undefined) return false;
    this.#displaced = this.#displaced.filter((other) => other !== first);
    this.#tell('swapped', first.at, { seq: first.expected.seq, other: current.index });
    this.#accept({ seq, hash: first.at.hash });
    return true;
  }

  /** The event that belongs here stands further down. */
  #foundAhead(current: PlacedRecord): boolean {
    let ahead = 1;
    while (ahead < WINDOW && this.#at + ahead < this.#window.length && !this.#isAt(ahead)) ahead++;
    const found = this.#peek(ahead);
    if (found === undefined || !this.#fits(found)) return false;
    const after = this.#peek(ahead + 1);
    const { seq } = this.#expected;
    if (!follows(after, found)) {
      if (this.#isSwap(current, found, ahead)) {
        this.#tell('swapped', current, { other: found.index });
        this.#accept(found);
        for (let between = 1; between < ahead; between++) this.#accept(this.#peek(0));
        this.#accept(current);
        return true;
      }
      // It was moved down: missing here, and in the way there.
      const moved = after === undefined ? current.prevHash === found.hash : (current.seq ?? 0) > seq;
      if (current.isSound && moved) return false;
    }
    this.#tell('inserted', current, { count: ahead });
    this.#at += ahead;
    return true;
  }

  #isAt(ahead: number): boolean {
    const record = this.#peek(ahead);
    return record !== undefined && this.#expected.prevHash !== undefined && this.#fits(record);
  }

  /** Whether everything would be right with the two in each other's place. */
  #isSwap(current: PlacedRecord, found: PlacedRecord, ahead: number): boolean {
    let before = found;
    for (let between = 1; between < ahead; between++) {
      const record = this.#peek(between);
      if (record === undefined || !follows(record, before)) return false;
      before = record;
    }
    return follows(current, before);
  }

  #unfitting(current: PlacedRecord): void {
    const next = this.#peek(1);
    const { seq, prevHash } = this.#expected;
    const goesOn = next?.isSound === true && next.seq === seq + 1;
    const hash = goesOn ? next.prevHash : current.hash;
    if (!current.isSound || current.seq === undefined) {
      const stoodHere = current.seq === seq || (prevHash !== undefined && current.prevHash === prevHash);
      const isMissing = this.#lastKnown >= seq;
      if (goesOn || stoodHere || next !== undefined || isMissing) {
        this.#tell('edited', current);
        this.#accept({ seq, hash });
      } else {
        this.#tell('inserted', current);
        this.#at++;
      }
    } else if (current.seq === seq) {
      this.#tell('edited', current);
      this.#accept({ seq, hash });
    } else if (goesOn && this.#displaced.length < MOST_DISPLACED) {
      this.#displaced.push({ at: current, expected: this.#expected });
      this.#vouched = seq;
      this.#accept({ seq, hash });
    } else if (current.seq > seq) {
      this.#tell('deleted', current, { count: current.seq - seq });
      this.#accept(current);
    } else {
      this.#tell('inserted', current);
      this.#at++;
    }
  }

  #peek(ahead: number): PlacedRecord | undefined {
    return this.#window[this.#at + ahead];
  }

  #fits(record: PlacedRecord): boolean {
    return record.isSound && belongs(record, this.#expected) && record.seq === this.#expected.seq;
  }

  /** Goes to the next line, behind an event with this number and hash. */
  #accept(event: { readonly seq: number | undefined; readonly hash: string | undefined } | undefined): void {
    const line = this.#peek(0);
    this.#at++;
    if (event?.seq === undefined) return;
    const { seq, hash } = event;
    this.#expected = { seq: seq + 1, prevHash: hash };
    const known = this.#checkpoints.get(seq);
    if (known === undefined) return;
    const since = this.#vouched + 1;
    if (line !== undefined && hash !== undefined && known !== hash && since <= seq) {
      const back = seq - since;
      const place = { ...line, index: line.index - back, line: Math.max(1, line.line - back) };
      this.#tell(back === 0 ? 'edited' : 'rewritten', place, { seq: since, count: back + 1 });
    }
    this.#vouched = seq;
  }

  #tell(
    kind: AuditFindingKind,
    { index, file, line }: { readonly index: number; readonly file: string; readonly line: number },
    { seq = this.#expected.seq, count = 1, ...more }: { seq?: number; count?: number; other?: number } = {},
  ): void {
    this.#vouched = Math.max(this.#vouched, seq);
    this.#onFinding(Object.freeze({ kind, index, seq, count, ...more, file, line }));
  }
}

/** The largest of the numbers below a limit, of which there may be very many; 0 when there is none. */
export function lastKey(checkpoints: ReadonlyMap<number, string>, below = Infinity): number {
  let last = 0;
  for (const seq of checkpoints.keys()) if (seq > last && seq < below) last = seq;
  return last;
}

function belongs(record: AuditRecord, { prevHash }: Expected): boolean {
  return prevHash === undefined || record.prevHash === prevHash;
}

function follows(record: AuditRecord | undefined, before: AuditRecord): boolean {
  return record?.isSound === true && record.prevHash === before.hash && record.seq === (before.seq ?? 0) + 1;
}
