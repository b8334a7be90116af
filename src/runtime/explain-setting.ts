import type { ConfigOrigin, ConfigPath } from '../core/index.js';
import { formatOrigin, formatPath, isConfigMap, isWithin, parsePath, UNSET, valueAt } from '../core/index.js';
import { canonicalPath, type FieldPlan } from '../binding/index.js';
import type { GenerationFacts } from './generation-facts.js';
import { fieldAt, settingPaths } from './setting-paths.js';
import { shownText, shownValue } from './shown-value.js';
import { traceSetting } from './trace-setting.js';

/** What one source said. */
export interface ExplainedValue {
  /** Safe to show: secrets are masked. */
  readonly value: unknown;
  readonly origin: ConfigOrigin;
  /** True when the source removed what lower layers said. */
  readonly unset: boolean;
}

/** Why a setting is what it is. `toString()` gives the same for people. */
export interface Explanation {
  /** Canonical dotted path. */
  readonly path: string;
  /** The value in use, safe to show; `undefined` when there is none. */
  readonly value: unknown;
  /** Where the value in use came from; absent when nothing sets it. */
  readonly winner?: ExplainedValue;
  /** What other sources said, the nearest loser first; defaults last. */
  readonly losers: readonly ExplainedValue[];
  /** The references that were followed, in their own spelling. */
  readonly references: readonly string[];
  /** The field's description, from `@Describe`. */
  readonly description?: string;
  /** For a group of settings: the settings below it. */
  readonly settings: readonly Explanation[];
  toString(): string;
}

/** Explains the setting, or all settings below the group, at a dotted path in any legal spelling. */
export function explainSetting(facts: GenerationFacts, path: string): Explanation {
  return explainAt(facts, canonicalPath(facts.plan.schema, parsePath(path)));
}

export function explainAt(facts: GenerationFacts, path: ConfigPath): Explanation {
  const below = settingPaths(facts).filter((setting) => setting.length > path.length && isWithin(setting, path));
  const value = valueInUse(facts, path);
  const isGroup = below.length > 0;
  const contributions = isGroup ? [] : traceSetting(facts.trace, path);
  const explained = contributions.map(({ value: said, origin }) => ({
    value: said === UNSET ? undefined : shownValue(facts, path, said),
    origin,
    unset: said === UNSET,
  }));
  const [winner, ...losers] = explained;
  const field: FieldPlan | undefined = fieldAt(facts, path);
  const data = {
    path: formatPath(path),
    value: isGroup ? undefined : shownValue(facts, path, value),
    ...(winner !== undefined && { winner }),
    losers,
    references: facts.references.get(formatPath(path)) ?? [],
    ...(field?.declaration.description !== undefined && { description: field.declaration.description }),
    settings: below.map((setting) => explainAt(facts, setting)),
  };
  return Object.freeze({ ...data, toString: () => explanationText(data) });
}

/** The typed value that consumers see. */
export function valueInUse(facts: GenerationFacts, path: ConfigPath): unknown {
  const index = facts.plan.sections.findIndex(({ entry }) => isWithin(path, entry.path));
  const deepest = facts.plan.sections.reduce(
    (best, { entry }, at) =>
      isWithin(path, entry.path) && entry.path.length > (facts.plan.sections[best]?.entry.path.length ?? -1)
        ? at
        : best,
    index,
  );
  const section = facts.plan.sections[deepest];
  if (section === undefined) return undefined;
  let value: unknown = facts.instances[deepest];
  for (const key of path.slice(section.entry.path.length)) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = isConfigMap(value) || Array.isArray(value) ? valueAt(value, [key]) : ownValue(value, key);
  }
  return value;
}

function ownValue(instance: object, key: string): unknown {
  return Object.hasOwn(instance, key) ? Reflect.get(instance, key) : undefined;
}

function explanationText(data: Omit<Explanation, 'toString'>): string {
  if (data.settings.length > 0) return data.settings.map((setting) => setting.toString()).join('\n');
  const lines = [`${data.path} = ${shownText(data.value)}`];
  if (data.description !== undefined) lines.push(`  ${data.description}`);
  if (data.winner === undefined) lines.push('  no source sets it, and it has no default');
  else lines.push(`  from ${sourceText(data.winner, data.value)}`);
  if (data.references.length > 0) lines.push(`  through ${data.references.join(', ')}`);
  for (const loser of data.losers) lines.push(`  over ${sourceText(loser, undefined)}`);
  return lines.join('\n');
}

function sourceText({ value, origin, unset }: ExplainedValue, inUse: unknown): string {
  if (unset) return `${formatOrigin(origin)}, which unsets it`;
  const said = shownText(value);
  return said === shownText(inUse) ? formatOrigin(origin) : `${formatOrigin(origin)}: ${said}`;
}
