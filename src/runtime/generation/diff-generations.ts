import { formatPath, parsePath, sameSettings, scopeLevels } from '../../core/index.js';
import { scopesIn, viewIn, type GenerationFacts, type Seen } from './generation-facts.js';
import { instanceDiffers } from './instance-differs.js';
import type { LeafChange, SectionChange } from './leaf-change.js';
import { settingsApart, type HeldSetting } from './setting-index.js';
import { shownValue } from './shown-value.js';
import { sightOf } from './sight.js';
import { decidedBy } from '../rows/index.js';

/**
 * The indexes of the sections whose instance is another one, in their order. Known without a look at the others for two
 * generations one of which was made from the other, either way round.
 */
export function replacedSections(before: GenerationFacts, after: GenerationFacts): readonly number[] {
  if (after.replaced?.since === before.number) return after.replaced.sections;
  if (before.replaced?.since === after.number) return before.replaced.sections;
  return differing(before.instances, after.instances);
}

export function differing(before: readonly object[], after: readonly object[]): readonly number[] {
  const indexes: number[] = [];
  if (before === after) return indexes;
  for (let index = 0; index < after.length; index++) if (after[index] !== before[index]) indexes.push(index);
  return indexes;
}

/**
 * The difference between two generations of one plan, section by section; then the differences of modules that are not those
 * of the shared settings.
 */
export function diffGenerations(before: GenerationFacts, after: GenerationFacts): readonly SectionChange[] {
  const views = [...scopesIn(before, after)].flatMap((scope) => diffViews(before, after, scope));
  return [...diffSections(before, after), ...views];
}

function diffSections(before: GenerationFacts, after: GenerationFacts): readonly SectionChange[] {
  return replacedSections(before, after).flatMap((index) => {
    const section = after.plan.sections[index];
    if (section === undefined) return [];
    const changes = sectionChanges(before, after, index);
    const { path, ...entry } = section.entry;
    return changes.length === 0 ? [] : [{ section: formatPath(path), ...entry, changes }];
  });
}

function diffViews(before: GenerationFacts, after: GenerationFacts, scope: string): readonly SectionChange[] {
  const [was, is] = [viewIn(before, scope), viewIn(after, scope)];
  const level = formatPath(scopeLevels(scope).at(-1) ?? []);
  const replaced = differing(was.instances, is.instances);
  const own = replaced.filter((index) => isOwnIn(was, before, index) || isOwnIn(is, after, index));
  return own.flatMap((index) => {
    const section = is.plan.sections[index];
    if (section === undefined) return [];
    const { path, ...entry } = section.entry;
    const changes = sectionChanges(was, is, index).map((one) => ({ ...one, path: `${level}.${one.path}` }));
    return changes.length === 0 ? [] : [{ section: `${level}.${formatPath(path)}`, ...entry, scope, changes }];
  });
}

function isOwnIn(view: GenerationFacts, around: GenerationFacts, index: number): boolean {
  return view.instances[index] !== around.instances[index];
}

/** True when all modules see the very same sections in two generations, wherever their values come from. */
export function seeTheSame(one: Seen, other: Seen): boolean {
  return [...scopesIn(one, other)].every((scope) => {
    return differing(viewIn(one, scope).instances, viewIn(other, scope).instances).length === 0;
  });
}

/**
 * The part of {@link diffGenerations} that the caller may see: a changed secret is left out for a caller who may not see it
 * masked.
 */
export function visibleDiff(before: GenerationFacts, after: GenerationFacts): readonly SectionChange[] {
  return diffGenerations(before, after).flatMap((section) => {
    const changes = section.changes.filter((change) => {
      const path = parsePath(change.path);
      return [sightOf(before), sightOf(after)].every((sight) => sight.lists(path) && sight.shows(path));
    });
    return changes.length === 0 ? [] : [{ ...section, changes }];
  });
}

export function sectionDiffers(before: GenerationFacts, after: GenerationFacts, index: number): boolean {
  const [section, old, now] = [after.plan.sections[index], before.instances[index], after.instances[index]];
  return section !== undefined && old !== undefined && now !== undefined && instanceDiffers(section.plan, old, now);
}

export function sectionChanges(before: GenerationFacts, after: GenerationFacts, index: number): readonly LeafChange[] {
  const [section, was, is] = [after.plan.sections[index], before.instances[index], after.instances[index]];
  if (section === undefined || was === undefined || is === undefined) return [];
  const [old, now] = [settingsApart(section, was, is), settingsApart(section, is, was)];
  const changes: LeafChange[] = [];
  for (const [id, setting] of now) {
    const held = old.get(id);
    if (held?.value === undefined && setting.value === undefined) continue;
    if (held?.value === undefined) changes.push(change(id, 'added', before, after, undefined, setting));
    else if (setting.value === undefined) changes.push(change(id, 'removed', before, after, held, undefined));
    else if (!sameSettings(held.value, setting.value))
      changes.push(change(id, 'changed', before, after, held, setting));
  }
  for (const [id, held] of old) {
    if (held.value !== undefined && !now.has(id)) changes.push(change(id, 'removed', before, after, held, undefined));
  }
  return changes;
}

function change(
  id: string,
  kind: LeafChange['kind'],
  before: GenerationFacts,
  after: GenerationFacts,
  was: HeldSetting | undefined,
  is: HeldSetting | undefined,
): LeafChange {
  const [facts, path] = is === undefined ? [before, was?.path ?? []] : [after, is.path];
  const origin = facts.places?.get(id) ?? decidedBy(facts, path)?.origin;
  return Object.freeze({
    path: id,
    kind,
    before: was && shownValue(before, was.path, was.value),
    after: is && shownValue(after, is.path, is.value),
    ...(origin !== undefined && { origin }),
  });
}
