import type { Selectors } from '../../core/index.js';
import type { Finding } from '../../binding/index.js';
import type { GenerationFacts, Pin } from '../generation/index.js';
import type { LoadPlan } from '../plan/index.js';
import { rowOf, type FileAnswer, type Reading, type RowLookup, type Segment, type Traceable } from '../rows/index.js';

/** What a view lies over: a generation, or another view. */
export interface Ground extends Traceable {
  readonly plan: LoadPlan;
  readonly selectors: Selectors;
  readonly overlays: readonly Reading[];
  readonly files: ReadonlyMap<string, FileAnswer>;
  readonly groups: ReadonlyMap<string, unknown>;
  /** The fields that keep their values; they have them in the rows already. */
  readonly pins: readonly Pin[];
  /** What is wrong with rows, as far as they are asked for. */
  readonly issues: readonly Finding[];
  /** The section at a segment; there at once where it need not be made. */
  bound(segment: Segment): BoundSection | Promise<BoundSection>;
}

/** A section that a view has made, with which nothing is wrong. */
export interface MadeSection {
  readonly instance: object;
  /** What of the ground it was made from; absent where references are followed, which may lead anywhere. */
  readonly from?: readonly unknown[] | undefined;
  /** The keys that opened something in it; what is sealed keeps those for as long as it lives. */
  readonly keys?: unknown;
}

/** A section, and what is wrong with it. */
export interface BoundSection {
  readonly instance: object | undefined;
  readonly findings: readonly Finding[];
  /** True when something in it could not be resolved or opened; the rows' issues have the reasons. */
  readonly hasGaps: boolean;
  /** False for one that is taken over as it is. */
  readonly isMade: boolean;
}

/** A generation, as what a view lies over. */
export function groundOf(facts: GenerationFacts): Ground {
  let ground = grounds.get(facts);
  if (ground === undefined) grounds.set(facts, (ground = groundAs(facts, facts.rows)));
  return ground;
}

/** Thousands of tenants lie over one generation. */
const grounds = new WeakMap<GenerationFacts, Ground>();

/** A generation as its sources want it, in which nothing waits for a restart. */
export function wantedGround(facts: GenerationFacts): Ground {
  return { ...groundAs(facts, facts.wanted), pins: NO_PINS };
}

function groundAs(facts: GenerationFacts, rows: RowLookup): Ground {
  const bound = (segment: Segment): BoundSection => ({ ...NOT_BOUND, instance: rowOf(rows, segment).instance });
  return { ...facts, rows, overlays: facts.overlays ?? NO_OVERLAYS, issues: NO_ISSUES, bound };
}

export const NOT_BOUND: BoundSection = Object.freeze({
  instance: undefined,
  findings: [],
  hasGaps: false,
  isMade: false,
});
const NO_OVERLAYS: readonly Reading[] = Object.freeze([]);
const NO_ISSUES: readonly Finding[] = Object.freeze([]);
const NO_PINS: readonly Pin[] = Object.freeze([]);
