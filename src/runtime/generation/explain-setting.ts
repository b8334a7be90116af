import {
  type ChosenBy,
  type ConfigOrigin,
  type ConfigPath,
  type Formula,
  type SectionNode,
  formatOrigin,
  formatPath,
  isWithin,
  MASK,
  parsePath,
  UNSET,
  WITHHELD,
} from '../../core/index.js';
import { canonicalPath, undeclaredPath } from '../../binding/index.js';
import type { GenerationFacts } from './generation-facts.js';
import { rowOf, segmentAt, traceSetting, type Contribution } from '../rows/index.js';
import { schemaInSight, type Sight } from './sight.js';
import { settingIndex, valueInUse } from './setting-index.js';
import { shownText, shownValue } from './shown-value.js';

/** The value from one source. */
export interface ExplainedValue {
  /** Safe to show: secrets are masked. */
  readonly value: unknown;
  readonly origin: ConfigOrigin;
  /** True when the source removed the values of lower layers. */
  readonly unset: boolean;
  /** The selectors that chose the file: `{ environment: 'production', region: 'eu-west-1' }`; absent where it always applies. */
  readonly chosenBy?: ChosenBy;
}

/** Why a setting is what it is. `toString()` gives the same for people. */
export interface Explanation {
  /** Canonical dotted path. */
  readonly path: string;
  /**
   * The value in use, safe to show; `undefined` when there is none. `[withheld]` when the caller may know only that the
   * setting exists; the rest is then absent or empty, too.
   */
  readonly value: unknown;
  /** Where the value in use came from; absent when nothing sets it. */
  readonly winner?: ExplainedValue;
  /** What else is in the value in use: of a merged list, what the sources below the winner gave to it. Mostly empty. */
  readonly joined: readonly ExplainedValue[];
  /** The values of other sources, the nearest loser first; defaults last. */
  readonly losers: readonly ExplainedValue[];
  /** The references that were followed, in their own spelling. */
  readonly references: readonly string[];
  /** The field's description, from `@Describe`. */
  readonly description?: string;
  /**
   * For a setting with `@RestartRequired` that has another value in the sources: that value, safe to show. The winner is its
   * origin.
   */
  readonly afterRestart?: { readonly value: unknown };
  /** For a map of settings: the settings below it. */
  readonly settings: readonly Explanation[];
  toString(): string;
}

/**
 * Explains the setting, or all visible settings below the map, at a dotted path in any legal spelling. Where none is
 * visible, the answer is that of an undeclared path.
 *
 * @throws ConfigError `access-denied` for a single setting that is visible and may not be seen, not even masked.
 */
export function explainSetting(facts: GenerationFacts, text: string, sight: Sight): Explanation {
  const asked = parsePath(text);
  const path = canonicalPath(facts.plan.schema, asked);
  const within = settingsWithin(facts, path);
  if (within.length === 0) return explainNamed(facts, asked, path, sight);
  const settings = within
    .filter((other) => sight.lists(other))
    .map((other) => (sight.shows(other) ? explainOne(facts, other) : withheld(other)));
  if (settings.length === 0) return notFound(facts, asked, sight);
  return explanation({ path: formatPath(path), value: undefined, joined: [], losers: [], references: [], settings });
}

/** The paths of all settings below the map at a canonical path; none for a single setting. */
function settingsWithin(facts: GenerationFacts, path: ConfigPath): readonly ConfigPath[] {
  const index = settingIndex(facts);
  if (index.has(formatPath(path))) return [];
  const waiting = facts.wishes
    .filter(({ change }) => !index.has(change.path))
    .map(({ change }) => parsePath(change.path));
  const below = [...Array.from(index.values(), (setting) => setting.path), ...waiting];
  return below.filter((other) => isWithin(other, path));
}

function explainNamed(facts: GenerationFacts, asked: ConfigPath, path: ConfigPath, sight: Sight): Explanation {
  if (!sight.finds(path)) return notFound(facts, asked, sight);
  sight.admit(path);
  const explained = explainOne(facts, path);
  const isUndeclared = explained.winner === undefined && undeclaredPath(facts.plan.schema, path) !== undefined;
  return isUndeclared ? notFound(facts, asked, sight) : explained;
}

/** The error of an undeclared path, as far as the caller may know. */
function notFound({ plan }: GenerationFacts, asked: ConfigPath, sight: Sight): Explanation {
  const schema = schemaInSight(plan.schema, asked, (path) => sight.lists(path));
  const path = canonicalPath(schema, asked);
  return explanation(
    { path: formatPath(path), value: undefined, joined: [], losers: [], references: [], settings: [] },
    undeclaredText(schema, path),
  );
}

function undeclaredText(schema: SectionNode, path: ConfigPath): string | undefined {
  const undeclared = undeclaredPath(schema, path);
  return undeclared && `no settings class declares it${meantInstead(undeclared.nearest)}`;
}

function withheld(path: ConfigPath): Explanation {
  return explanation({ path: formatPath(path), value: WITHHELD, joined: [], losers: [], references: [], settings: [] });
}

function explainOne(facts: GenerationFacts, path: ConfigPath): Explanation {
  const id = formatPath(path);
  const said = traceSetting(facts, path);
  const first = said.find(({ takesPart }) => takesPart);
  const explained = ({ value, at, origin, isMounted, chosenBy }: Contribution): ExplainedValue => ({
    // A secret in it is one by its own path; what the requested path hides is hidden all the same.
    value: value === UNSET ? undefined : isMounted ? MASK : shownValue(facts, path, shownValue(facts, at, value)),
    origin,
    unset: value === UNSET,
    ...(chosenBy !== undefined && { chosenBy }),
  });
  // A value that removes all below it is never merged.
  const joined = said.filter((other) => other.takesPart && other !== first && first?.value !== UNSET);
  const losers = said.filter((other) => other !== first && !joined.includes(other));
  const description = settingIndex(facts).get(id)?.field.declaration.description;
  const wish = facts.wishes.find(({ change }) => change.path === id);
  return explanation({
    path: id,
    value: shownValue(facts, path, valueInUse(facts, path)),
    ...(first !== undefined && { winner: explained(first) }),
    joined: joined.map(explained),
    losers: losers.map(explained),
    references: [...(first?.through ?? []), ...referencesAbove(facts, first?.through.length ? first.at : path)],
    ...(description !== undefined && { description }),
    ...(wish !== undefined && { afterRestart: Object.freeze({ value: wish.change.after }) }),
    settings: [],
  });
}

function meantInstead(nearest: ConfigPath | undefined): string {
  return nearest === undefined ? '' : `; did you mean ${formatPath(nearest)}?`;
}

/** Those of the nearest string that holds any: one reference may bring in a whole map. */
function referencesAbove(facts: GenerationFacts, path: ConfigPath): readonly string[] {
  const { formulas } = rowOf(facts.rows, segmentAt(facts.plan.root, path));
  for (let length = path.length; length > 0 && formulas.size > 0; length--) {
    const at = path.slice(0, length);
    const formula = formulas.get(formatPath(at));
    if (formula === undefined || formula.spelled.size === 0) continue;
    return facts.plan.isSecret(at) ? settingsRead(formula) : [...formula.spelled];
  }
  return [];
}

/** In a secret string, only what is certainly a reference: the rest may be a part of the secret. */
function settingsRead({ reads }: Formula): readonly string[] {
  return reads.flatMap((read) => (read.kind === 'path' && read.value !== undefined ? `\${${read.name}}` : []));
}

/** @param unsetText why nothing sets it */
function explanation(data: Omit<Explanation, 'toString'>, unsetText?: string): Explanation {
  return Object.freeze({ ...data, toString: () => explanationText(data, unsetText) });
}

function explanationText(
  data: Omit<Explanation, 'toString'>,
  unsetText = data.value === undefined
    ? 'no source sets it, and it has no default'
    : 'as declared by the class of the item',
): string {
  if (data.settings.length > 0) return data.settings.map((setting) => setting.toString()).join('\n');
  const lines = [`${data.path} = ${shownText(data.value)}`];
  if (data.description !== undefined) lines.push(`  ${data.description}`);
  if (data.afterRestart !== undefined) lines.push(`  until a restart: then ${afterRestartText(data)}`);
  else if (data.value === WITHHELD) lines.push('  the access policy shows no more of it');
  else if (data.winner === undefined) lines.push(`  ${unsetText}`);
  else lines.push(`  from ${sourceText(data.winner, data.value)}`);
  if (data.references.length > 0) lines.push(`  through ${data.references.join(', ')}`);
  for (const other of data.joined) lines.push(`  with ${sourceText(other, undefined)}`);
  for (const loser of data.losers) lines.push(`  over ${sourceText(loser, undefined)}`);
  return lines.join('\n');
}

function afterRestartText({ winner, afterRestart }: Pick<Explanation, 'winner' | 'afterRestart'>): string {
  const value = afterRestart?.value;
  return winner === undefined ? shownText(value) : `${shownText(value)} from ${sourceText(winner, value)}`;
}

function sourceText({ value, origin, unset, chosenBy = {} }: ExplainedValue, inUse: unknown): string {
  const selectors = Object.entries(chosenBy).map((selector) => selector.join(' '));
  const source = `${formatOrigin(origin)}${selectors.length === 0 ? '' : `, chosen by ${selectors.join(', ')}`}`;
  if (unset) return `${source}, which unsets it`;
  const said = shownText(value);
  return said === shownText(inUse) ? source : `${source}: ${said}`;
}
