import { isWithin } from '../../core/index.js';
import type { Finding } from '../../binding/index.js';
import { bindRows, instancesOf, sectionsWith } from './bind-rows.js';
import { differing, type GenerationFacts, type Pin } from '../generation/index.js';
import { wantedGround } from './ground.js';
import { findPins, wishesOf } from './pins.js';
import type { ResolvedRows } from './resolve-rows.js';
import { RowView, type BoundFacts, type ViewOptions } from './row-view.js';
import type { Segment } from '../rows/index.js';

/** What facts are completed with. */
export interface BindFactsRequest {
  readonly given: Omit<GenerationFacts, 'rows' | 'wanted' | 'groups' | 'pins' | 'instances' | 'wishes'>;
  /** The segments whose rows may be others than before. */
  readonly others: Iterable<Segment>;
  /** The generation in use: equal instances are taken over from it, and values that need a restart stay. */
  readonly before: GenerationFacts | undefined;
  readonly view: ViewOptions;
  /** All that is wrong, of what was found in the references and the sections. */
  readonly wrongIn: (found: readonly Finding[]) => readonly Finding[];
}

/** Facts with their sections. */
interface WantedFacts extends BoundFacts {
  /** Which of them the sources want to be others than before, by their indexes; of those alone it was asked. */
  readonly replaced: readonly number[];
}

/** Makes the sections as the sources want them, and once more with the values that stay until a restart. */
export async function bindFacts(resolved: ResolvedRows, request: BindFactsRequest): Promise<WantedFacts> {
  const { given, others, before, view, wrongIn } = request;
  const { plan, selectors } = given;
  const known = before === undefined ? [] : [before.rows, before.wanted];
  const { rows, made, findings: found } = await bindRows(resolved.rows, others, { plan, selectors, known });
  const { groups } = resolved;
  // What waits for a restart is in use, but not wanted, wherever it is.
  const mayMove = before?.pins.length === 0 ? sectionsWith(others) : plan.placed;
  const instances = instancesOf(rows, mayMove, before?.instances);
  const replaced = mayMove
    .flatMap(({ section = NaN }) => (instances[section] === before?.instances[section] ? [] : [section]))
    .sort((one, other) => one - other);
  const wanted: GenerationFacts = { ...given, rows, wanted: rows, groups, pins: NO_PINS, instances, wishes: [] };
  const findings = wrongIn([...resolved.issues, ...found]);
  // Issues of the new values come first: restart fields are compared only when everything bound.
  if (before === undefined || findings.length > 0) return { facts: wanted, findings, made, replaced };
  const held = await holdBack(wanted, before, { ...view, known }, replaced);
  return { ...held, made, replaced };
}

/** Facts in which what needs a restart keeps the value that is in use: a view, in which some fields are pinned. */
export async function holdBack(
  wanted: GenerationFacts,
  before: GenerationFacts,
  options: ViewOptions,
  replaced = differing(before.instances, wanted.instances),
): Promise<Omit<BoundFacts, 'made'>> {
  let pins = findPins(before, wanted, replaced);
  if (pins.length === 0) return { facts: wanted, findings: [] };
  for (;;) {
    const view = new RowView(wantedGround(wanted), { ...options, pins });
    const { facts, findings } = await view.facts(wanted);
    const more =
      findings.length > 0 ? [] : newPins(pins, findPins(before, facts, differing(before.instances, facts.instances)));
    if (more.length > 0) {
      // What is wanted as it is in use would move all the same where it reads what is kept.
      pins = [...pins, ...more];
      continue;
    }
    const { wanted: asWanted, views, renewals } = wanted;
    return { facts: { ...facts, wanted: asWanted, views, renewals, wishes: wishesOf(pins, before, wanted) }, findings };
  }
}

/** Those that the known ones do not hold already: a default may be another one each time that it is made. */
function newPins(known: readonly Pin[], found: readonly Pin[]): readonly Pin[] {
  return found.filter(({ path }) => !known.some((pin) => isWithin(path, pin.path)));
}

const NO_PINS: readonly Pin[] = Object.freeze([]);
