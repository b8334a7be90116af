import type { Clock } from '../../core/index.js';
import { joinIds, type SourceSlot, type WantedIds } from './source-slot.js';

/** Slots that hold something else than before. */
export interface MovedSlots {
  /** Why they were read: `config/app.yaml changed`, `retry of vault`. */
  readonly reasons: readonly string[];
  /** Their places in the list of sources. */
  readonly indexes: ReadonlySet<number>;
}

interface DueRead {
  readonly reasons: Set<string>;
  ids: Set<string> | 'all' | undefined;
}

/** How long a full reload waits for the slowest source before the others are reported, in milliseconds. */
const LATE_AFTER = 5_000;

/** Reads and reports together what changes together, and limits the wait for a slow source. */
export class ChangeWindow {
  readonly #clock: Clock;
  /** Milliseconds. */
  readonly #length: number;
  /** The places of slots that have moved since their answers were taken last. */
  readonly #moved: ReadonlySet<number>;
  readonly #tellAll: (moved: MovedSlots) => void;
  #due = new Map<SourceSlot, DueRead>();
  #reasons = new Set<string>();
  #cancelWindow: (() => void) | undefined;
  readonly #patience = new Set<() => void>();
  #isClosed = false;

  public constructor(clock: Clock, length: number, moved: ReadonlySet<number>, tellAll: (moved: MovedSlots) => void) {
    this.#clock = clock;
    this.#length = length;
    this.#moved = moved;
    this.#tellAll = tellAll;
  }

  /** Has a slot read when the window is over that the first notice opens. */
  public read(slot: SourceSlot, reason: string, ids: WantedIds): void {
    const due = this.#due.get(slot) ?? { reasons: new Set<string>(), ids: undefined };
    due.reasons.add(reason);
    due.ids = joinIds(due.ids, ids);
    this.#due.set(slot, due);
    this.#cancelWindow ??= this.#clock.after(this.#length, () => {
      this.#cancelWindow = undefined;
      this.#readDue();
    });
  }

  /** Carries out reads that a caller waits for; other changes meanwhile are reported after 5 seconds. */
  public async during(reading: Promise<unknown>, reason: string): Promise<void> {
    const end = this.#wait(LATE_AFTER, () => {
      this.#reasons.add(reason);
      this.#tell();
    });
    try {
      await reading;
    } finally {
      end();
    }
  }

  public close(): void {
    this.#isClosed = true;
    this.#cancelWindow?.();
    this.#cancelWindow = undefined;
    for (const cancel of this.#patience) cancel();
  }

  /** What is read together is reported together, but a slow read is awaited only for a window; then it is reported alone. */
  #readDue(): void {
    const due = this.#due;
    this.#due = new Map();
    let open = due.size;
    let isLate = false;
    const end = this.#wait(this.#length, () => {
      isLate = true;
      this.#tell();
    });
    for (const [slot, { reasons, ids }] of due) {
      void slot.read(ids).then(() => {
        open--;
        if (this.#moved.has(slot.place.index)) for (const reason of reasons) this.#reasons.add(reason);
        if (open === 0) end();
        if (open === 0 || isLate) this.#tell();
      });
    }
  }

  #wait(milliseconds: number, late: () => void): () => void {
    const cancel = this.#clock.after(milliseconds, late);
    this.#patience.add(cancel);
    return () => {
      cancel();
      this.#patience.delete(cancel);
    };
  }

  #tell(): void {
    if (this.#reasons.size === 0 || this.#isClosed) return;
    const moved = { reasons: [...this.#reasons], indexes: new Set(this.#moved) };
    this.#reasons = new Set();
    // A caller with a request may have taken them meanwhile.
    if (moved.indexes.size > 0) this.#tellAll(moved);
  }
}
