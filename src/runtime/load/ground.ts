import type { Selectors } from '../../core/index.js';
import type { Finding } from '../../binding/index.js';
import type { GenerationFacts, Pin } from '../generation/index.js';
import type { LoadPlan } from '../plan/index.js';
import type { FileAnswer, Reading, Rows, Segment, Traceable } from '../rows/index.js';

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
  /** The rows of the generation at the bottom. */
  readonly table: Rows;
  /** The segments whose rows may be others than in {@link table}, here or in a view over it. */
  readonly reached: readonly Segment[];
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

function groundAs(facts: GenerationFacts, rows: Rows): Ground {
  const { overlays = NO_OVERLAYS, referring: reached } = facts;
  return { ...facts, rows, table: rows, reached, overlays, issues: NO_ISSUES };
}

const NO_OVERLAYS: readonly Reading[] = Object.freeze([]);
const NO_ISSUES: readonly Finding[] = Object.freeze([]);
const NO_PINS: readonly Pin[] = Object.freeze([]);
