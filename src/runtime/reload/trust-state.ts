/**
 * Which answers of the sources are tried next, from what became of those before. Pure: answers are only compared.
 *
 * One generation at a time is unproven. A source that moved in it and moves again supersedes it at once, on top of the
 * trusted answers, because a fix must not wait; every other source waits for the verdict, because a second suspect would
 * have an innocent one undone.
 */
export interface TrustState<A> {
  /** What the trusted generation was made from. */
  readonly trusted: Made<A>;
  /** What the unproven one was made from, when there is one. */
  readonly unproven: Made<A> | undefined;
  readonly newest: readonly A[];
  /** How many generations in a row were replaced before they were judged. */
  readonly inRow: number;
  /** By source: an answer that is not tried again as it is. */
  readonly refused: ReadonlyMap<number, Refusal<A>>;
  /** Answers of which no generation can be made: not tried again as they are. */
  readonly quiet: readonly A[] | undefined;
  /** The sources' answers when a person went back to other settings: nothing is tried before one of them moves. */
  readonly still: readonly A[] | undefined;
}

/** Answers, one for each source; or a generation of the history, which need not match any source. */
export type Made<A> = readonly A[] | 'kept';

/**
 * `waits`: for the verdict on the generation in use. `refused`: by a hook or a participant. `rejected`: no generation can
 * be made with it. `rolled-back`: a person went back to a kept generation. `blocked`: another source cannot be used.
 */
export type UnmetReason = 'waits' | 'refused' | 'rejected' | 'rolled-back' | 'blocked';

interface Refusal<A> {
  readonly answer: A;
  /** What was refused with it: any of them may have been the one. */
  readonly companions: ReadonlyMap<number, A>;
  /** A companion has changed: it is tried once more, alone. */
  readonly isDue: boolean;
}

const NONE: readonly never[] = Object.freeze([]);

export type TrustStep<A> =
  /** The settings in use are those that are wanted, as far as they may be tried. */
  | { readonly does: 'rest' }
  /** Nothing, until the hooks have judged the generation in use. */
  | { readonly does: 'wait' }
  /** Go back to the trusted generation, which is what the sources want again. */
  | { readonly does: 'return' }
  | { readonly does: 'try'; readonly answers: readonly A[]; readonly again?: number };

/** How many generations in a row a source may supersede before anybody has judged them. */
const UNPROVEN_IN_ROW = 3;

export function trustStateOf<A>(answers: readonly A[]): TrustState<A> {
  return {
    trusted: answers,
    unproven: undefined,
    newest: answers,
    inRow: 0,
    refused: new Map(),
    quiet: undefined,
    still: undefined,
  };
}

/** What the generation in use was made from. */
export function inUse<A>({ unproven, trusted }: TrustState<A>): Made<A> {
  return unproven ?? trusted;
}

/** The sources have answered. */
export function heard<A>(state: TrustState<A>, newest: readonly A[]): TrustState<A> {
  const refused = new Map<number, Refusal<A>>();
  for (const [source, refusal] of state.refused) {
    const now = newest[source];
    // Other content is another matter.
    if (now !== refusal.answer) continue;
    const isDue = refusal.isDue || [...refusal.companions].some(([other, answer]) => newest[other] !== answer);
    refused.set(source, { ...refusal, isDue });
  }
  return { ...state, newest, refused };
}

/** The next step. A request of a person retries everything, whatever its past and whatever else waits. */
export function nextStep<A>(state: TrustState<A>, isAsked = false): TrustStep<A> {
  const { unproven, trusted, newest, inRow } = state;
  const wanted = isAsked ? newest : accepted(state);
  if (isEqual(wanted, inUse(state))) return unproven === undefined ? retry(state) : { does: 'rest' };
  const isQuiet = !isAsked && rests(state, wanted);
  if (unproven === undefined) return isQuiet ? retry(state) : { does: 'try', answers: wanted };
  if (!isAsked) {
    if (!hasMovedAgain(state, unproven)) return { does: 'wait' };
    if (isQuiet) return { does: 'rest' };
  }
  if (isEqual(wanted, trusted)) return { does: 'return' };
  return isAsked || inRow < UNPROVEN_IN_ROW ? { does: 'try', answers: wanted } : { does: 'wait' };
}

/** A generation made from the answers is in use, and not trusted yet. */
export function committed<A>(state: TrustState<A>, answers: readonly A[]): TrustState<A> {
  return {
    ...state,
    unproven: answers,
    inRow: state.inRow + 1,
    refused: without(state, answers),
    quiet: undefined,
    still: undefined,
  };
}

/** A kept generation is in use, and not trusted yet. The sources' answers are not tried before one of them moves. */
export function rolledBack<A>(state: TrustState<A>): TrustState<A> {
  return { ...state, unproven: 'kept', inRow: 0, still: state.newest };
}

/** The generation in use is trusted. */
export function trusted<A>(state: TrustState<A>): TrustState<A> {
  const made = inUse(state);
  return { ...state, trusted: made, unproven: undefined, inRow: 0, refused: without(state, made) };
}

/** The trusted generation is in use again, because that is what the sources want. */
export function returned<A>(state: TrustState<A>): TrustState<A> {
  return { ...state, unproven: undefined, inRow: 0 };
}

/** The trusted generation is in use again on request. The sources' answers are not tried before one of them moves. */
export function withdrawn<A>(state: TrustState<A>): TrustState<A> {
  return { ...returned(state), still: state.newest };
}

/** The answers came to the settings that are in use. */
export function absorbed<A>(state: TrustState<A>, answers: readonly A[]): TrustState<A> {
  const taken = { ...state, refused: without(state, answers), quiet: undefined, still: undefined };
  return state.unproven === undefined ? { ...taken, trusted: answers } : { ...taken, unproven: answers };
}

/** A hook objects to the generation in use: what moved in it is refused together. */
export function objected<A>(state: TrustState<A>): TrustState<A> {
  const { unproven } = state;
  return unproven === undefined || unproven === 'kept' ? withdrawn(state) : refused(returned(state), unproven);
}

/** A participant vetoes what would have been made from the answers: what moved in them is refused together. */
export function refused<A>(state: TrustState<A>, answers: readonly A[]): TrustState<A> {
  const { trusted: before } = state;
  if (before === 'kept') return { ...state, quiet: answers };
  const moved = movedBetween(before, answers);
  const all = new Map(moved.flatMap((source) => pairOf(source, answers)));
  const refusals = new Map(state.refused);
  for (const [source, answer] of all) {
    const companions = new Map([...all].filter(([other]) => other !== source));
    refusals.set(source, { answer, companions, isDue: false });
  }
  // Answers of a source since then count at once.
  return heard({ ...state, refused: refusals }, state.newest);
}

/** No generation can be made from the answers: no source is refused, for files are edited together. */
export function rejected<A>(state: TrustState<A>, answers: readonly A[], again?: number): TrustState<A> {
  const refusal = again === undefined ? undefined : state.refused.get(again);
  if (again === undefined || refusal === undefined) return { ...state, quiet: answers };
  const refusals = new Map(state.refused).set(again, { ...refusal, companions: new Map(), isDue: false });
  return { ...state, refused: refusals };
}

/** A request to try everything again. */
export function asked<A>(state: TrustState<A>): TrustState<A> {
  return { ...state, refused: new Map(), quiet: undefined, still: undefined };
}

/** Keys, or files that references name, are others: what could not be made with those before may be made now. */
export function outsideChanged<A>(state: TrustState<A>): TrustState<A> {
  return { ...state, quiet: undefined };
}

/** Why the answer of a source is not in use. Nothing is tried while it `isBlocked`. */
export function whyUnmet<A>(state: TrustState<A>, source: number, isBlocked = false): UnmetReason {
  if (state.refused.has(source)) return 'refused';
  const { still, newest, unproven } = state;
  if (still !== undefined && isEqual(newest, still)) return 'rolled-back';
  if (rests(state, accepted(state))) return 'rejected';
  if (isBlocked) return 'blocked';
  return unproven === undefined ? 'rejected' : 'waits';
}

export function unmet<A>(state: TrustState<A>): readonly number[] {
  return movedBetween(inUse(state), state.newest);
}

/** What is refused, but for what is in use all the same. */
function without<A>(state: TrustState<A>, made: Made<A>): TrustState<A>['refused'] {
  if (made === 'kept' || state.refused.size === 0) return state.refused;
  return new Map([...state.refused].filter(([source, { answer }]) => made[source] !== answer));
}

/** The newest answers of all sources, but the trusted ones of those that are refused. */
function accepted<A>({ trusted, newest, refused: refusals }: TrustState<A>): readonly A[] {
  if (trusted === 'kept' || refusals.size === 0) return newest;
  return newest.map((answer, source) => (refusals.has(source) ? (trusted[source] ?? answer) : answer));
}

/** Whether answers are not tried again before a source moves. */
function rests<A>(state: TrustState<A>, wanted: readonly A[]): boolean {
  const { quiet, still, newest } = state;
  return (quiet !== undefined && isEqual(wanted, quiet)) || (still !== undefined && isEqual(newest, still));
}

/** Whether a source differs from its answer in the unproven generation. */
function hasMovedAgain<A>(state: TrustState<A>, unproven: Made<A>): boolean {
  const { trusted: before, newest, refused: refusals } = state;
  if (before === 'kept' || unproven === 'kept') return true;
  return movedBetween(before, unproven).some((source) => !refusals.has(source) && newest[source] !== unproven[source]);
}

function retry<A>({ trusted: before, refused: refusals }: TrustState<A>): TrustStep<A> {
  if (before === 'kept') return { does: 'rest' };
  for (const [source, { answer, isDue }] of refusals) {
    if (isDue) return { does: 'try', answers: before.with(source, answer), again: source };
  }
  return { does: 'rest' };
}

function movedBetween<A>(before: Made<A>, after: readonly A[]): readonly number[] {
  if (before === 'kept') return [...after.keys()];
  if (before === after) return NONE;
  const moved: number[] = [];
  // A loop that calls nothing: there may be thousands, of which one has moved.
  for (let source = 0; source < after.length; source++) if (before[source] !== after[source]) moved.push(source);
  return moved;
}

function isEqual<A>(one: readonly A[], other: Made<A>): boolean {
  return other !== 'kept' && movedBetween(other, one).length === 0;
}

function pairOf<A>(source: number, answers: readonly A[]): readonly (readonly [number, A])[] {
  const answer = answers[source];
  return answer === undefined ? [] : [[source, answer]];
}
