import type { ConfigPath } from '../../core/index.js';
import type { Finding } from '../../binding/index.js';
import { bindRows, type BoundRows } from './bind-rows.js';
import { type GenerationFacts, isHidden } from '../generation/index.js';
import { findPins, wishesOf } from './pins.js';
import type { ScopeOptions } from './reference-scope.js';
import { pinRows, type ResolvedRows } from './resolve-rows.js';
import type { Rows } from '../rows/index.js';

/** What facts are completed with. */
export interface BindFactsRequest {
  readonly given: Omit<GenerationFacts, 'rows' | 'wanted' | 'groups' | 'pins' | 'instances' | 'wishes'>;
  /** What the rows were resolved with. */
  readonly scope: ScopeOptions;
  /** Of a view: what lies above it. */
  readonly above?: GenerationFacts;
  /** What is in use: instances are taken over from it where they say the same, and what needs a restart stays. */
  readonly before: GenerationFacts | undefined;
  /** All that is wrong, of what was found in the references and the sections. */
  readonly wrongIn: (found: readonly Finding[]) => readonly Finding[];
}

/** Facts with their sections, and what was found on the way to them. */
export interface BoundFacts extends Pick<BoundRows, 'findings' | 'made'> {
  readonly facts: GenerationFacts;
}

/** Makes the sections as the sources want them, and once more with the values that stay until a restart. */
export async function bindFacts(resolved: ResolvedRows, request: BindFactsRequest): Promise<BoundFacts> {
  const { given, scope, above, before, wrongIn } = request;
  const { plan, selectors } = given;
  const isSecret = (path: ConfigPath): boolean => isHidden({ plan, rows: resolved.rows }, path);
  const known = [above, before].flatMap((facts) => (facts === undefined ? [] : [facts.rows, facts.wanted]));
  const bound = await bindRows(resolved.rows, { plan, selectors, isSecret, known });
  const { rows: wanted, made } = bound;
  const wrong = wrongIn([...resolved.issues, ...bound.findings]);
  const { groups } = resolved;
  const instances = instancesOf(wanted, request);
  const asWanted: GenerationFacts = { ...given, rows: wanted, wanted, groups, pins: [], instances, wishes: [] };
  // What is wrong with the wishes is told first: only a whole generation of them can be held back.
  const pins = before === undefined || wrong.length > 0 ? [] : findPins(before.rows, wanted, plan);
  if (before === undefined || pins.length === 0) return { facts: asWanted, findings: wrong, made };
  const pinned = pinRows({ ...resolved, rows: wanted }, { ...scope, pins });
  const { rows, findings } = await bindRows(pinned, { plan, selectors, isSecret, known: [...known, wanted] });
  const wishes = wishesOf(pins, before, asWanted);
  const facts = { ...asWanted, rows, pins, instances: instancesOf(rows, request), wishes };
  return { facts, findings: [...wrong, ...findings], made };
}

function instancesOf(rows: Rows, { given: { plan }, above }: BindFactsRequest): readonly object[] {
  const made = above === undefined ? plan.sections.map(() => NOTHING) : [...above.instances];
  for (const { section, index } of plan.segments) {
    const instance = section === undefined ? undefined : rows[index]?.instance;
    if (section !== undefined && instance !== undefined) made[section] = instance;
  }
  return made;
}

/** In the place of a section that could not be made; never to be seen. */
const NOTHING: object = Object.freeze({});
