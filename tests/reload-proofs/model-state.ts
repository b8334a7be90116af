import type { ConfigEvent } from '../../src/runtime/index.js';

/** How long the model waits for more changes, in milliseconds. */
export const DEBOUNCE = 100;
/** How many generations are kept. */
export const HISTORY = 4;

/** What a source says of one section: a number, the same as text, something that is no number, or nothing. */
export type Cell = number | string | undefined;
/** What a source says: of the first section, of the second; or that it cannot be reached. */
export type Answer = readonly [Cell, Cell] | 'down';
/** The two settings of a generation. */
export type Values = readonly [number, number];

export type ShownEvent = Pick<ConfigEvent, 'type'> & Readonly<Record<string, unknown>>;

interface Kept {
  readonly number: number;
  readonly values: Values;
}

type Said = Exclude<Answer, 'down'>;

/** What waits for a read of a source that begins after it has asked. */
interface Waiter {
  readonly done: (hasMoved: boolean) => void;
}

/** One source: what it said last, and whether it is being read. */
interface Slot {
  held: Said;
  isStale: boolean;
  /** Moved since the last look at all slots. */
  isNew: boolean;
  /** Who waits for the read under way, and for the one after it. */
  reading: Waiter[] | undefined;
  next: Waiter[];
}

interface Asked {
  readonly reasons: readonly string[];
  readonly waiter?: number;
}

interface Batch {
  readonly reasons: Set<string>;
  readonly waiters: number[];
}

/**
 * What the reload service must do, in the plainest words: every source read alone, changes of one window taken together, a
 * generation built from what all sources said last, whole or not at all.
 */
export class ReloadModel {
  /** What the sources would say now. */
  public readonly truth: Answer[] = [
    [1, 1],
    [undefined, undefined],
  ];
  public readonly events: ShownEvent[] = [];
  /** By request: the status it must be answered with; absent while it waits. */
  public readonly answers = new Map<number, string>();
  /** What each source was about to answer when it was asked, in the order of asking; removed when it has answered. */
  public readonly pending: { readonly source: number; readonly answer: Answer }[] = [];
  public history: Kept[] = [{ number: 1, values: [1, 1] }];
  public paused = false;
  public vetoed = false;
  public requests = 0;
  readonly #slots: readonly Slot[] = [
    { held: [1, 1], isStale: false, isNew: false, reading: undefined, next: [] },
    { held: [undefined, undefined], isStale: false, isNew: false, reading: undefined, next: [] },
  ];
  #batch: Batch | undefined;
  /** Asked for within one turn: the first is carried out, the others are joined in one more run. */
  #asked: Asked[] = [];
  /** By source: why it is read at the end of the window. */
  #due = new Map<number, string>();
  #windowEnd: number | undefined;
  #groups: { isLate: boolean; open: number; readonly patience: number }[] = [];
  #reasons = new Set<string>();
  #now = 0;
  #rejections = 0;

  public get current(): Kept {
    return this.history.at(-1) ?? { number: 0, values: [0, 0] };
  }

  public get isIdle(): boolean {
    return this.pending.length === 0 && this.#windowEnd === undefined && this.#batch === undefined;
  }

  /** Somebody asks for a reload and waits for its outcome: all sources are read first. */
  public request(reason: string): number {
    const request = ++this.requests;
    let open = this.#slots.length;
    for (const source of this.#slots.keys()) {
      this.#read(source, {
        done: () => {
          open--;
          if (open === 0) this.#asked.push({ reasons: [reason], waiter: request });
        },
      });
    }
    return request;
  }

  /** A source tells of a change; nobody waits for the outcome. */
  public hint(reason: string, source: number): void {
    this.#due.set(source, reason);
    this.#windowEnd ??= this.#now + DEBOUNCE;
  }

  public rollback({ number, values }: Kept): number {
    const request = ++this.requests;
    this.answers.set(request, this.#moveTo(values, `rollback to ${String(number)}`));
    return request;
  }

  public advance(milliseconds: number): void {
    this.#now += milliseconds;
    for (const group of this.#groups) {
      if (group.isLate || group.open === 0 || group.patience > this.#now) continue;
      group.isLate = true;
      this.#tell();
    }
    if (this.#windowEnd !== undefined && this.#windowEnd <= this.#now) this.#readDue();
    this.#carryOut();
  }

  public pause(): void {
    this.paused = true;
  }

  public resume(): void {
    this.paused = false;
    this.#runBatch();
  }

  /** The source asked at a place of the pending ones gives its answer. */
  public answer(at: number): void {
    const [given] = this.pending.splice(at, 1);
    const slot = given && this.#slots[given.source];
    if (given === undefined || slot === undefined) throw new RangeError('nobody was asked');
    if (given.answer === 'down') {
      if (!slot.isStale) this.events.push({ type: 'SourceStale' });
      slot.isStale = true;
    } else {
      if (slot.isStale) this.events.push({ type: 'SourceRecovered' });
      slot.isStale = false;
      slot.held = given.answer;
      slot.isNew = true;
    }
    const waiters = slot.reading ?? [];
    slot.reading = undefined;
    for (const { done } of waiters) done(slot.isNew);
    const { next } = slot;
    slot.next = [];
    if (next.length > 0) {
      slot.reading = next;
      this.pending.push({ source: given.source, answer: this.truth[given.source] ?? 'down' });
    }
    this.#carryOut();
  }

  #read(source: number, waiter: Waiter): void {
    const slot = this.#slots[source];
    if (slot === undefined) throw new RangeError('no such source');
    if (slot.reading === undefined) {
      slot.reading = [waiter];
      this.pending.push({ source, answer: this.truth[source] ?? 'down' });
    } else slot.next.push(waiter);
  }

  #readDue(): void {
    const due = this.#due;
    this.#due = new Map();
    this.#windowEnd = undefined;
    const group = { isLate: false, open: due.size, patience: this.#now + DEBOUNCE };
    this.#groups.push(group);
    for (const [source, reason] of due) {
      this.#read(source, {
        done: (hasMoved) => {
          group.open--;
          if (hasMoved) this.#reasons.add(reason);
          if (group.open === 0 || group.isLate) this.#tell();
        },
      });
    }
  }

  #tell(): void {
    if (this.#reasons.size === 0) return;
    const reasons = [...this.#reasons];
    this.#reasons = new Set();
    if (this.#slots.some(({ isNew }) => isNew)) this.#asked.push({ reasons });
  }

  #carryOut(): void {
    // Whoever asks for all sources hears of the end of the last read a little later.
    const inOrder = [...this.#asked.filter(({ waiter }) => waiter === undefined), ...this.#asked.filter(isAwaited)];
    for (const [at, { reasons, waiter }] of inOrder.entries()) {
      const batch = (this.#batch ??= { reasons: new Set(), waiters: [] });
      for (const reason of reasons) batch.reasons.add(reason);
      if (waiter !== undefined) batch.waiters.push(waiter);
      if (at === 0) this.#runBatch();
    }
    this.#asked = [];
    this.#runBatch();
  }

  #runBatch(): void {
    const batch = this.#batch;
    if (batch === undefined || this.paused) return;
    this.#batch = undefined;
    for (const slot of this.#slots) slot.isNew = false;
    const reason = [...batch.reasons].join(', ');
    const values = merged(this.#slots.map(({ held }) => held));
    const status = values === undefined ? this.#reject(reason, 'invalid-settings') : this.#moveTo(values, reason);
    for (const waiter of batch.waiters) this.answers.set(waiter, status);
  }

  #moveTo(values: Values, reason: string): string {
    const { number, values: before } = this.current;
    const changes = values.flatMap((value, at) =>
      value === before[at] ? [] : [[`s${String(at)}.n`, before[at], value]],
    );
    if (changes.length === 0) {
      this.#rejections = 0;
      this.events.push({ type: 'ConfigUnchanged', generation: number, reason });
      return 'unchanged';
    }
    if (this.vetoed) return this.#reject(reason, 'reload-vetoed');
    this.#rejections = 0;
    this.history = [...this.history, { number: number + 1, values }].slice(-HISTORY);
    this.events.push({ type: 'ConfigChanged', generation: number + 1, previous: number, reason, changes });
    return 'committed';
  }

  #reject(reason: string, code: string): string {
    this.#rejections += 1;
    const generation = this.current.number;
    this.events.push({ type: 'ConfigReloadRejected', generation, reason, code, attempt: this.#rejections });
    return 'rejected';
  }
}

/** The later source wins; nobody's word is the default 0; undefined when a word that wins is no number. */
function merged(taken: readonly Said[]): Values | undefined {
  const values = [0, 1].map((at) => {
    const cells = taken.map((said) => said[at]);
    return Number(cells.findLast((cell) => cell !== undefined) ?? 0);
  });
  const [first, second] = values;
  if (first === undefined || second === undefined || Number.isNaN(first + second)) return undefined;
  return [first, second];
}

function isAwaited({ waiter }: Asked): boolean {
  return waiter !== undefined;
}
