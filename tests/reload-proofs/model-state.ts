import type { ConfigEvent } from '../../src/runtime/index.js';

/** How long the queue of the model waits for more requests, in milliseconds. */
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
  readonly taken: readonly Answer[];
}

interface Run {
  readonly reason: string;
  readonly wanted: ReadonlySet<number> | 'all';
  /** What each source was about to answer when it was asked, in the order of asking; removed when it has answered. */
  readonly pending: { readonly source: number; readonly answer: Answer }[];
  readonly answered: Map<number, Answer>;
  readonly waiters: number[];
}

interface Batch {
  readonly reasons: Set<string>;
  only: Set<number> | undefined;
  readonly waiters: number[];
  urgent: boolean;
}

/**
 * What the reload service must do, in the plainest words: one run at a time, requests joined, every source asked once a
 * run, a generation whole or not at all.
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
  public history: Kept[] = [{ number: 1, values: [1, 1], taken: [...this.truth] }];
  public run: Run | undefined;
  public paused = false;
  public vetoed = false;
  public requests = 0;
  #batch: Batch | undefined;
  #rollbacks: { readonly target: Kept; readonly request: number }[] = [];
  #due: number | undefined;
  #now = 0;
  #unsettled: ReadonlySet<number> | 'all' = new Set();
  #rejections = 0;
  #taken: readonly Answer[] = [...this.truth];

  public get current(): Kept {
    return this.history.at(-1) ?? { number: 0, values: [0, 0], taken: [] };
  }

  public get isIdle(): boolean {
    return this.run === undefined && this.#batch === undefined && this.#rollbacks.length === 0;
  }

  /** Somebody asks for a reload and waits for its outcome. */
  public request(reason: string): number {
    const request = ++this.requests;
    const batch = this.#join(reason);
    batch.only = undefined;
    batch.urgent = true;
    batch.waiters.push(request);
    this.#schedule();
    return request;
  }

  /** A source tells of a change; nobody waits for the outcome. */
  public hint(reason: string, source: number): void {
    this.#join(reason).only?.add(source);
    this.#schedule();
  }

  public rollback(target: Kept): number {
    const request = ++this.requests;
    this.#rollbacks.push({ target, request });
    this.#schedule();
    return request;
  }

  public advance(milliseconds: number): void {
    this.#now += milliseconds;
    if (this.#due === undefined || this.#due > this.#now) return;
    this.#due = undefined;
    this.#start();
  }

  public pause(): void {
    this.paused = true;
    this.#due = undefined;
  }

  public resume(): void {
    this.paused = false;
    this.#schedule();
  }

  /** The source asked at a place of the pending ones gives its answer. */
  public answer(at: number): void {
    const { run } = this;
    const [given] = run?.pending.splice(at, 1) ?? [];
    if (run === undefined || given === undefined) throw new RangeError('nobody was asked');
    run.answered.set(given.source, given.answer);
    if (run.pending.length > 0) return;
    this.run = undefined;
    const status = this.#finish(run);
    for (const waiter of run.waiters) this.answers.set(waiter, status);
    this.#schedule();
  }

  #join(reason: string): Batch {
    const batch = (this.#batch ??= { reasons: new Set(), only: new Set(), waiters: [], urgent: false });
    batch.reasons.add(reason);
    return batch;
  }

  #schedule(): void {
    if (this.run !== undefined) return;
    for (let next = this.#rollbacks.shift(); next !== undefined; next = this.#rollbacks.shift()) {
      const { target, request } = next;
      this.answers.set(request, this.#rollBackTo(target));
    }
    if (this.#batch === undefined || this.paused) return;
    if (this.#batch.urgent) {
      this.#due = undefined;
      this.#start();
    } else {
      this.#due ??= this.#now + DEBOUNCE;
    }
  }

  #start(): void {
    const batch = this.#batch;
    if (batch === undefined) return;
    this.#batch = undefined;
    const wanted =
      batch.only === undefined || this.#unsettled === 'all' ? 'all' : new Set([...batch.only, ...this.#unsettled]);
    this.#unsettled = wanted;
    const pending = this.truth.flatMap((answer, source) =>
      wanted === 'all' || wanted.has(source) ? [{ source, answer }] : [],
    );
    this.run = { reason: [...batch.reasons].join(', '), wanted, pending, answered: new Map(), waiters: batch.waiters };
  }

  #finish({ reason, answered }: Run): string {
    const taken = this.#taken.map((before, source) => answered.get(source) ?? before);
    const down = taken.filter((answer) => answer === 'down').length;
    if (down > 0) return this.#reject(reason, down > 1 ? 'sources-failed' : 'source-failed');
    const values = merged(taken);
    if (values === undefined) return this.#reject(reason, 'invalid-settings');
    const status = this.#moveTo(values, reason, taken);
    // What was read is taken in whether it shows or not: what a later source hides may show one day.
    if (status !== 'rejected') {
      this.#taken = taken;
      this.#unsettled = new Set();
    }
    return status;
  }

  #rollBackTo({ number, values, taken }: Kept): string {
    const status = this.#moveTo(values, `rollback to ${String(number)}`, taken);
    if (status !== 'committed') return status;
    this.#taken = taken;
    this.#unsettled = 'all';
    return status;
  }

  #moveTo(values: Values, reason: string, taken: readonly Answer[]): string {
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
    this.history = [...this.history, { number: number + 1, values, taken }].slice(-HISTORY);
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
function merged(taken: readonly Answer[]): Values | undefined {
  const values = [0, 1].map((at) => {
    const cells = taken.map((answer) => (answer === 'down' ? undefined : answer[at]));
    return Number(cells.findLast((cell) => cell !== undefined) ?? 0);
  });
  const [first, second] = values;
  if (first === undefined || second === undefined || Number.isNaN(first + second)) return undefined;
  return [first, second];
}
