import { formatPath, type ConfigPath } from '../../core/index.js';
import type { LoadPlan } from '../../runtime/index.js';
import { deprecationText, sectionDeclaration } from '../../sections/index.js';
import {
  fieldNotes,
  plain,
  plainDefault,
  settingRows,
  type SettingRow,
  versionNotes,
  type VersionNotes,
  amountBounds,
  type Constraints,
  type FieldFacts,
} from '../fields/index.js';
import { describeType } from '../../binding/index.js';

export interface DescribedSetting {
  /** The dotted path, as files spell it. */
  readonly path: string;
  /** The environment variables that set it: as its path spells it, then those of `@EnvName`. */
  readonly variables: readonly string[];
  /** Other keys that mean the same. */
  readonly aliases: readonly string[];
  /** The type, with what is allowed: `integer, 1 to 65535`. */
  readonly type: string;
  /** The default as files write it; absent where there is none, and of secrets. */
  readonly default?: unknown;
  /** `always`, the environments in which it must be set, or `never`. */
  readonly required: 'always' | 'never' | readonly string[];
  /** How well a secret is kept; absent for what is none. */
  readonly secret?: string;
  /** Since when, what instead, until when; absent for what is not deprecated. */
  readonly deprecated?: string;
  /** Sentences; empty when nothing is to say. */
  readonly description: string;
  /** As files write them. */
  readonly examples: readonly unknown[];
}

export interface DescribedSection {
  readonly path: string;
  readonly class: string;
  readonly domain?: string;
  readonly description?: string;
  /** The rules over several fields, in their own words. */
  readonly rules: readonly string[];
  /** What versions of the section changed, the first one first; empty where there is one version. */
  readonly versions: readonly VersionNotes[];
  readonly settings: readonly DescribedSetting[];
}

export type VariableName = (path: ConfigPath) => string;

export function describedSections(plan: LoadPlan, nameOf: VariableName): readonly DescribedSection[] {
  return settingRows(plan).map(({ entry, rows }, index) => {
    const description = sectionDeclaration(entry.target)?.description;
    const rules = plan.sections[index]?.plan.rules ?? [];
    return {
      path: formatPath(entry.path),
      class: entry.target.name,
      ...(entry.domain !== undefined && { domain: entry.domain }),
      ...(description !== undefined && { description }),
      rules: rules.map((rule) => (rule.kind === 'method' ? rule.message : rule.rule.name)),
      versions: versionNotes(entry.target),
      settings: rows.map((row) => describedSetting(row, nameOf)),
    };
  });
}

function describedSetting({ path, facts, initial, required }: SettingRow, nameOf: VariableName): DescribedSetting {
  const { field } = facts;
  const { declaration, aliases } = field;
  const { requiredIn, deprecated, examples = [], secure, envNames = [] } = declaration;
  const value = plainDefault({ field, initial });
  return {
    path: formatPath(path),
    variables: [nameOf(path), ...envNames],
    aliases,
    type: typeText(facts),
    ...(value !== undefined && { default: value }),
    required: required ? 'always' : (requiredIn ?? 'never'),
    ...(secure !== undefined && { secret: secure.level }),
    ...(deprecated !== undefined && { deprecated: deprecationText(deprecated) }),
    description: fieldNotes(facts).join(' '),
    examples: field.secret ? [] : examples.flatMap((example) => plain(example) ?? []),
  };
}

/** The type of a field, with the values that are allowed: `integer, 1 to 65535`. */
function typeText({ field, constraints }: Pick<FieldFacts, 'field' | 'constraints'>): string {
  const { type } = field;
  const { least, most } = amountBounds(type);
  const { value, item } = constraints;
  const parts = [
    describeType(type),
    ...between(least ?? value.minimum, most ?? value.maximum),
    ...said(value, type.kind === 'enum'),
    ...between(item.minimum, item.maximum).map((text) => `each ${text}`),
    ...said(item, type.kind === 'list' && type.item.kind === 'enum').map((text) => `each ${text}`),
  ];
  return parts.join(', ');
}

type Bound = string | number | undefined;

function said(asked: Constraints, isEnum: boolean): readonly string[] {
  const { above, below, multipleOf, values, patterns = [], uniqueItems } = asked;
  return [
    ...(above === undefined ? [] : [`above ${String(above)}`]),
    ...(below === undefined ? [] : [`below ${String(below)}`]),
    ...(multipleOf === undefined ? [] : [`a multiple of ${String(multipleOf)}`]),
    ...between(asked.minLength, asked.maxLength).map((text) => `${text} characters`),
    ...between(asked.minItems, asked.maxItems).map((text) => `${text} items`),
    ...(values === undefined || isEnum ? [] : [`one of ${values.map(String).join(', ')}`]),
    ...patterns.map((pattern) => `matching ${pattern}`),
    ...(uniqueItems === true ? ['no two alike'] : []),
  ];
}

function between(least: Bound, most: Bound): readonly string[] {
  if (least !== undefined && most !== undefined) return [`${String(least)} to ${String(most)}`];
  if (least !== undefined) return [`at least ${String(least)}`];
  return most === undefined ? [] : [`at most ${String(most)}`];
}
