import type { ConfigEvent } from '../../src/runtime/index.js';
import * as trust from '../../src/runtime/reload/trust-state.js';

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

/** What a service starts with. */
export interface Start {
  /** What its two sources say when it is loaded. */
  readonly truth: readonly [Said, Said];
  readonly names: readonly [string, string];
  /** How many of the two sections it has; the other one is another module's. */
  readonly sections: number;
  /** Whether hooks look at each generation. */
  readonly verifies: boolean;
}

const USUAL: Start = {
  truth: [
    [1, 1],
    [undefined, undefined],
  ],
  names: ['source 0', 'source 1'],
  sections: 2,
  verifies: false,
};

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

type State = trust.TrustState<Said>;

/** What a hook objected to, and in which sections it differed from what was trusted. */
interface Refusal {
  readonly values: Values;
  readonly sections: readonly number[];
}

/**
 * What the reload service must do, in the plainest words: every source read alone, changes of one window taken together, a
 * generation built from what all sources said last, whole or not at all, and trusted once the hooks are content. Which
 * answers are tried is not modelled here: that has a model of its own.
 */
export class ReloadModel {
  /** What the sources would say now. */
  public readonly truth: Answer[];
  public readonly events: ShownEvent[] = [];
  /** By request: the status it must be answered with; absent while it waits. */
  public readonly answers = new Map<number, string>();
  /** What each source was about to answer when it was asked, in the order of asking; removed when it has answered. */
  public readonly pending: { readonly source: number; readonly answer: Answer }[] = [];
  public history: Kept[];
  public paused = false;
  public vetoed = false;
  public requests = 0;
  readonly #slots: readonly Slot[];
  readonly #start: Start;
  #state: State;
  /** What the generation in use is made for, while the hooks look at it. */
  #bake: { readonly reason: string } | undefined;
  #trusted: Kept;
  #refusal: Refusal | undefined;
  #waiting = new Set<string>();
  /** Why there is one more run, when there is. */
  #more: string[] | undefined;
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

  public constructor(start: Partial<Start> = {}) {
    this.#start = { ...USUAL, ...start };
    const { truth, sections } = this.#start;
    const values = merged(truth, sections);
    if (values === undefined) throw new RangeError('no load would come to that');
    this.truth = [...truth];
    this.#slots = truth.map((held) => ({ held, isStale: false, isNew: false, reading: undefined, next: [] }));
    this.#state = trust.trustStateOf(truth);
    this.#trusted = { number: 1, values };
    this.history = [this.#trusted];
  }

  /** A service that would be loaded now; undefined where the load would be refused. */
  public static load(truth: readonly Answer[], start: Omit<Start, 'truth'>): ReloadModel | undefined {
    const [first = 'down', second = 'down'] = truth;
    if (first === 'down' || second === 'down' || merged([first, second], start.sections) === undefined)
      return undefined;
    return new ReloadModel({ ...start, truth: [first, second] });
  }

  public get isBaking(): boolean {
    return this.#bake !== undefined;
  }

  /** Whether what the sources say is in use. */
  public get agrees(): boolean {
    return trust.unmet(this.#state).length === 0;
  }

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
  public hint(source: number): void {
    this.#due.set(source, `${this.#nameOf(source)} changed`);
    this.#windowEnd ??= this.#now + DEBOUNCE;
  }

  public rollback({ number, values }: Kept): number {
    const request = ++this.requests;
    const reason = `rollback to ${String(number)}`;
    const isOpen = this.#bake !== undefined && number === this.#trusted.number;
    const status =
      isOpen && String(values) !== String(this.current.values)
        ? this.#goBack(reason, trust.withdrawn)
        : this.#moveTo(values, reason, { moved: trust.rolledBack, vetoed: (state) => state });
    this.answers.set(request, status === 'same' ? this.#unchanged(reason) : status);
    this.#goOn();
    this.#carryOut();
    return request;
  }

  /** The hooks have looked at the generation in use for as long as they had to. */
  public judge(isContent: boolean): void {
    const bake = this.#bake;
    if (bake === undefined) return;
    if (isContent) {
      this.#trust();
    } else {
      const { values } = this.current;
      const sections = [0, 1].filter((at) => values[at] !== this.#trusted.values[at]);
      this.#goBack('rolled back by probe', trust.objected);
      this.#refusal = { values, sections };
      this.#reject(bake.reason, 'verification-failed');
    }
    this.#goOn();
    this.#carryOut();
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
    this.#carryOut();
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
      // Another object each time, as a source makes another layer.
      slot.held = [...given.answer];
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
    this.#joinMore();
    this.#runBatch();
    while (this.#joinMore()) this.#runBatch();
  }

  #joinMore(): boolean {
    const more = this.#more;
    this.#more = undefined;
    if (more === undefined) return false;
    const batch = (this.#batch ??= { reasons: new Set(), waiters: [] });
    for (const reason of more) batch.reasons.add(reason);
    return true;
  }

  #runBatch(): void {
    const batch = this.#batch;
    if (batch === undefined || this.paused) return;
    this.#batch = undefined;
    for (const slot of this.#slots) slot.isNew = false;
    const isAsked = batch.waiters.length > 0;
    const all = new Set([...this.#waiting, ...batch.reasons]);
    this.#state = trust.heard(
      this.#state,
      this.#slots.map(({ held }) => held),
    );
    if (isAsked) this.#state = trust.asked(this.#state);
    const step = trust.nextStep(this.#state, isAsked);
    if (step.does === 'wait') {
      this.#waiting = all;
      return;
    }
    this.#waiting = new Set();
    const status = this.#do(step, [...all].join(', '), isAsked);
    for (const waiter of batch.waiters) this.answers.set(waiter, status);
    this.#goOn();
  }

  #do(step: trust.TrustStep<Said>, reason: string, isAsked: boolean): string {
    if (step.does === 'return') return this.#goBack(reason, trust.returned);
    if (step.does !== 'try') return this.#unchanged(reason);
    const { answers, again } = step;
    const values = merged(answers, this.#start.sections);
    if (values === undefined) {
      this.#state = trust.rejected(this.#state, answers, again);
      return this.#reject(reason, 'invalid-settings');
    }
    const { values: before } = this.current;
    const vetoed = (state: State): State => trust.refused(state, answers);
    if (String(values) !== String(before) && this.#recurs(values, isAsked)) {
      this.#state = vetoed(this.#state);
      return this.#reject(reason, 'verification-failed');
    }
    const status = this.#moveTo(values, reason, { moved: (state) => trust.committed(state, answers), vetoed });
    if (status !== 'same') return status;
    this.#state = trust.absorbed(this.#state, answers);
    return this.#unchanged(reason);
  }

  /** Whether the same settings would come in that a hook objected to. */
  #recurs(values: Values, isAsked: boolean): boolean {
    const refusal = this.#refusal;
    if (refusal !== undefined && !isAsked && refusal.sections.every((at) => values[at] === refusal.values[at]))
      return true;
    this.#refusal = undefined;
    return false;
  }

  #goOn(): void {
    const step = trust.nextStep(this.#state);
    if (step.does === 'return') this.#more = [];
    if (step.does !== 'try') return;
    const isHeld = step.again === undefined || this.#waiting.size > 0;
    this.#more = isHeld ? [] : [`${this.#nameOf(step.again)} once more, alone`];
  }

  #trust(): void {
    this.#bake = undefined;
    this.#trusted = this.current;
    this.#state = trust.trusted(this.#state);
  }

  #goBack(reason: string, then: (state: State) => State): string {
    this.#bake = undefined;
    this.#state = then(this.#state);
    const status = this.#commit(this.#trusted.values, reason);
    this.#trusted = this.current;
    return status;
  }

  #moveTo(
    values: Values,
    reason: string,
    then: { readonly moved: (state: State) => State; readonly vetoed: (state: State) => State },
  ): string {
    if (String(values) === String(this.current.values)) return 'same';
    if (this.vetoed) {
      this.#state = then.vetoed(this.#state);
      return this.#reject(reason, 'reload-vetoed');
    }
    this.#state = then.moved(this.#state);
    const status = this.#commit(values, reason);
    if (this.#start.verifies) this.#bake = { reason };
    else this.#trust();
    return status;
  }

  #commit(values: Values, reason: string): string {
    const { number, values: before } = this.current;
    const changes = values.flatMap((value, at) =>
      value === before[at] ? [] : [[`s${String(at)}.n`, before[at], value]],
    );
    this.#rejections = 0;
    this.history = [...this.history, { number: number + 1, values }].slice(-HISTORY);
    this.events.push({ type: 'ConfigChanged', generation: number + 1, previous: number, reason, changes });
    return 'committed';
  }

  #unchanged(reason: string): string {
    if (this.agrees) this.#rejections = 0;
    this.events.push({ type: 'ConfigUnchanged', generation: this.current.number, reason });
    return 'unchanged';
  }

  #nameOf(source: number | undefined): string {
    return this.#start.names[source ?? NaN] ?? 'no source';
  }

  #reject(reason: string, code: string): string {
    this.#rejections += 1;
    const generation = this.current.number;
    this.events.push({ type: 'ConfigReloadRejected', generation, reason, code, attempt: this.#rejections });
    return 'rejected';
  }
}

/** The later source wins; nobody's word is the default 0; undefined when a word that wins is no number. */
function merged(taken: readonly Said[], sections: number): Values | undefined {
  const values = [0, 1].map((at) => {
    const cells = at < sections ? taken.map((said) => said[at]) : [];
    return Number(cells.findLast((cell) => cell !== undefined) ?? 0);
  });
  const [first, second] = values;
  if (first === undefined || second === undefined || Number.isNaN(first + second)) return undefined;
  return [first, second];
}

function isAwaited({ waiter }: Asked): boolean {
  return waiter !== undefined;
}
