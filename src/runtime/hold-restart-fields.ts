import type { ConfigPath, RootReferences, Selectors } from '../core/index.js';
import { isWithin, parsePath } from '../core/index.js';
import { bindSections, type BindRequest, type Bound } from '../binding/index.js';
import { sectionChanges } from './diff-generations.js';
import type { GenerationFacts } from './generation-facts.js';
import { valueIn, withValueIn, type MergedTree } from './merged-tree.js';
import { NO_REFERENCES } from './resolution.js';
import { changedRestartFields, hasRestartFields } from './restart-fields.js';
import type { RestartWish } from './restart-wish.js';
import { sectionSettings } from './setting-index.js';

/** What was made of the sections that have changed, before anything is held. */
export interface HoldRequest {
  readonly before: GenerationFacts;
  /** What the new generation would be made from, with `instances` in the order of the plan. */
  readonly wanted: Pick<GenerationFacts, 'plan' | 'trace' | 'references' | 'resolved' | 'instances'>;
  /** The indexes of the sections that were made. */
  readonly made: readonly number[];
  readonly selectors: Selectors;
  readonly isSecret: (path: ConfigPath) => boolean;
}

/** What is in effect once the fields that must not change have got their old values back. */
export interface Held {
  readonly resolved: MergedTree;
  readonly instances: readonly object[];
  readonly references: GenerationFacts['references'];
  readonly findings: Bound['findings'];
  readonly wishes: readonly RestartWish[];
}

/**
 * Gives fields with `@RestartRequired` the values they have had. The sections concerned are made once more, from the
 * values that are going to be in effect: so the rules of a class hold for what is used, not only for what is wanted.
 */
export async function holdRestartFields(request: HoldRequest): Promise<Held> {
  const { before, wanted, made, selectors, isSecret } = request;
  const { plan } = wanted;
  const instances = [...wanted.instances];
  const wishes: RestartWish[] = [];
  const remade: number[] = [];
  let { resolved } = wanted;
  for (const index of made) {
    const section = plan.sections[index];
    const old = before.instances[index];
    if (section === undefined || old === undefined || !hasRestartFields(section.plan)) continue;
    const paths = changedRestartFields(section.plan, old, instances[index], section.entry.path);
    if (paths.length === 0) continue;
    wishes.push(...wishesAt(paths, request, index));
    for (const path of paths) resolved = withValueIn(resolved, path, valueIn(before.resolved, path));
    remade.push(index);
  }
  const { references } = wanted;
  if (remade.length === 0) return { resolved, instances, references, findings: [], wishes };
  const bound = await bindSections(
    remade.flatMap((index) => requestFor(request, resolved, index)),
    selectors,
    isSecret,
    plan.gate,
  );
  for (const [at, index] of remade.entries()) instances[index] = bound.instances[at] ?? {};
  const hidden = new Map(remade.map((index) => hiddenStill(plan.sections[index]?.entry.path ?? [], before, wanted)));
  return { resolved, instances, references: references.with(hidden), findings: bound.findings, wishes };
}

/** What stays may have been built from a secret, however harmless the wish is. */
function hiddenStill(
  [root = '']: ConfigPath,
  before: GenerationFacts,
  { references }: HoldRequest['wanted'],
): readonly [string, RootReferences | undefined] {
  const now = references.get(root);
  const { tainted } = before.references.get(root) ?? NO_REFERENCES;
  if (tainted.size === 0) return [root, now];
  return [root, { ...(now ?? NO_REFERENCES), tainted: new Set([...tainted, ...(now?.tainted ?? [])]) }];
}

function wishesAt(paths: readonly ConfigPath[], { before, wanted }: HoldRequest, index: number): RestartWish[] {
  const after: GenerationFacts = { ...before, ...wanted };
  const settings = sectionSettings(after, index);
  return sectionChanges(before, after, index)
    .filter(({ path }) => paths.some((held) => isWithin(parsePath(path), held)))
    .map((change) => Object.freeze({ change, wanted: settings.get(change.path)?.value }));
}

function requestFor({ wanted }: HoldRequest, resolved: MergedTree, index: number): readonly BindRequest[] {
  const section = wanted.plan.sections[index];
  if (section === undefined) return [];
  const { path } = section.entry;
  return [{ plan: section.plan, path, raw: valueIn(resolved, path) }];
}
