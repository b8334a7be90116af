import {
  type ConfigLayer,
  type ConfigMap,
  type ConfigPath,
  type DeclaredEnvironments,
  type SchemaNode,
  type SectionNode,
  type Selectors,
  SELECTORS,
  checkDeclared,
  compilePathPattern,
  ConfigError,
  createLayer,
  declaredEnvironments,
  foldKey,
  formatPath,
  isConfigMap,
  looksSecret,
  readOptions,
  sameValue,
  type LoadParameters,
} from '../../core/index.js';
import { type SectionPlan, buildSchema, namedEnvironments, planOf, scopedSchema } from '../../binding/index.js';
import type { PolicySecretGate } from '../../security/index.js';
import { sectionDeclaration } from '../../sections/index.js';
import { detectEnvironment, detectSelectors } from '../../sources/index.js';
import { defaultTree, onlyTemplates } from './default-values.js';
import { DEFINITION_OPTIONS } from './define-config.js';
import { checkSourceSpans, type LoadOptions, type SelectorOptions } from './load-options.js';
import { ReferenceFiles, cutSchema, type Segment } from '../rows/index.js';
import { Migrations, type VersionedSection } from '../versions/index.js';
import { secretGateOf, SecretSession } from '../secrets/index.js';
import { sectionEntries, type SectionEntry } from './section-entry.js';

/** A section to be made: where it sits and how. */
export interface PlannedSection {
  readonly entry: SectionEntry;
  readonly plan: SectionPlan;
}

/** The result of a set of options, computed once and used for every load. */
export interface LoadPlan {
  readonly sections: readonly PlannedSection[];
  /** Those of the sections, in the same order. */
  readonly entries: readonly SectionEntry[];
  readonly schema: SectionNode;
  /** The initialisers as a tree. */
  readonly defaults: ConfigMap;
  /** Those of them that hold references, as the lowest layer, if any; the others stay in the instances. */
  readonly templates: readonly ConfigLayer[];
  /** True for a path at or below what belongs to other code. */
  readonly isForeign: (path: ConfigPath) => boolean;
  /** Those of the application's own. */
  readonly environments: DeclaredEnvironments;
  /** The schema, cut at the paths of the sections: the root first. */
  readonly segments: readonly Segment[];
  /** The first of them. */
  readonly root: Segment;
  /** Those of the sections, in the order of the sections. */
  readonly placed: readonly Segment[];
  /** Milliseconds. */
  readonly timeout: number;
  /** The option `params`; absent when none are given. */
  readonly params?: LoadParameters;
  /** The files that references name. */
  readonly files: ReferenceFiles;
  /** The keys, and what is done with secrets. */
  readonly secrets: SecretSession;
  /** True when the value at a canonical path must not be shown. */
  readonly isSecret: (path: ConfigPath) => boolean;
  /** Asked before anybody opens a secret. */
  readonly gate: PolicySecretGate;
  /** Absent where no section has versions. */
  readonly migrations?: Migrations;
}

/**
 * Checks the options and derives the plan.
 *
 * @param isAlone true for a load of one section, whose sources hold others that are not declared
 * @throws TypeError naming the option.
 * @throws ConfigError `duplicate-section`, and what `planOf` throws.
 */
export function planLoad(options: LoadOptions, isAlone: boolean): LoadPlan {
  const {
    sections: inputs,
    sources,
    partial,
    timeout,
    foreignKeys = [],
    params,
    validation = {},
  } = readOptions('', options, DEFINITION_OPTIONS);
  checkSourceSpans(sources);
  const entries = Object.freeze(sectionEntries(inputs));
  const sections = entries.map((entry) => ({ entry, plan: planOf(entry.target, validation) }));
  if (sections.length > 1) refuseDuplicates(sections);
  const { schema, segments, placed } = cutOf(sections, partial || (isAlone && 'slips'));
  const environments = declaredEnvironments(options.environments, [...schema.keys.keys()]);
  checkNamed(options, sections, environments);
  const [root] = segments;
  if (root === undefined) throw new RangeError('A schema has a root.');
  const versioned = versionedSections(sections);
  let gate: PolicySecretGate | undefined;
  let defaults: ConfigMap | undefined;
  const lazyDefaults = (): ConfigMap => (defaults ??= defaultTree(sections));
  const hasTemplates = sections.some((section) => section.plan.hasTemplateDefaults);
  const templates = hasTemplates ? onlyTemplates(lazyDefaults()) : undefined;
  return {
    sections,
    entries,
    schema,
    get defaults() {
      return lazyDefaults();
    },
    templates: isConfigMap(templates) ? [createLayer({ name: 'default', kind: 'default', tree: templates })] : [],
    isForeign: foreignKeys.length === 0 ? () => false : foreignPaths(foreignKeys),
    environments,
    segments,
    root,
    placed,
    timeout,
    ...(params !== undefined && { params: { values: params, declared: new Set() } }),
    files: new ReferenceFiles(),
    secrets: new SecretSession(options.secrets),
    isSecret: (path) => isSecretPath(schema, path),
    get gate() {
      return (gate ??= secretGateOf(options));
    },
    ...(versioned.length > 0 && { migrations: new Migrations(versioned) }),
  };
}

/** The schema of some sections, cut at their paths. */
interface SchemaCut {
  readonly sections: readonly PlannedSection[];
  readonly open: SectionNode['open'];
  readonly schema: SectionNode;
  readonly segments: readonly Segment[];
  readonly placed: readonly Segment[];
}

/** The last one by the plan of its first section: a second container with the same sections need not have its own. */
const cuts = new WeakMap<SectionPlan, SchemaCut>();

function cutOf(sections: readonly PlannedSection[], open: SectionNode['open']): SchemaCut {
  const key = sections[0]?.plan;
  const known = key && cuts.get(key);
  if (known?.open === open && sitTheSame(known.sections, sections)) return known;
  const schemas = sections.map(({ entry, plan }) => ({ path: entry.path, schema: plan }));
  const schema = scopedSchema(buildSchema(schemas, open));
  const segments = cutSchema(schema, sections);
  const placed: Segment[] = [];
  for (const segment of segments) if (segment.section !== undefined) placed[segment.section] = segment;
  const cut = { sections, open, schema, segments, placed };
  if (key !== undefined) cuts.set(key, cut);
  return cut;
}

function sitTheSame(some: readonly PlannedSection[], others: readonly PlannedSection[]): boolean {
  if (some.length !== others.length) return false;
  return some.every(({ plan, entry }, index) => {
    const other = others[index];
    return other?.plan === plan && sameValue(other.entry.path, entry.path);
  });
}

function versionedSections(sections: readonly PlannedSection[]): readonly VersionedSection[] {
  return sections.flatMap(({ entry }) => {
    const { version = 1, migrations = {} } = sectionDeclaration(entry.target) ?? {};
    return version === 1 ? [] : [{ path: entry.path, version, migrations }];
  });
}

/** Whatever names an environment names one that there is. */
function checkNamed(
  { environment, rules = [] }: LoadOptions,
  sections: readonly PlannedSection[],
  environments: DeclaredEnvironments,
): void {
  if (environment !== undefined) checkDeclared('environment', environment, environments);
  for (const { message, options } of rules) {
    for (const name of [options.in ?? []].flat()) checkDeclared(`rule('${message}'), in`, name, environments);
  }
  for (const { plan } of sections) {
    namedEnvironments(plan, (where, name) => {
      checkDeclared(where, name, environments);
    });
  }
}

function foreignPaths(patterns: readonly string[]): LoadPlan['isForeign'] {
  const matchers = patterns.map((text, index) => compilePathPattern(text, `foreignKeys[${String(index)}]`, true));
  return (path) => {
    const keys = path.map(foldKey);
    // Settings below a map belong to the owner of the map.
    return matchers.some((matches) => keys.some((_, depth) => matches(keys.slice(0, depth + 1))));
  };
}

/** The selectors from options and environment variables. With variables of its own, the host name is the instance. */
export function selectorsOf(options: SelectorOptions): Selectors {
  const env = options.env ?? process.env;
  const declared = declaredEnvironments(options.environments);
  const environment = options.environment ?? detectEnvironment(env, declared);
  const like = declared[environment];
  const found = detectSelectors(env, options.env === undefined);
  const chosen = ([...SELECTORS, 'instance'] as const).flatMap((name) => {
    const text = options[name] ?? found[name];
    return text === undefined || text === '' ? [] : [[name, text] as const];
  });
  return { environment, ...(like !== undefined && { like }), ...Object.fromEntries(chosen) };
}

function refuseDuplicates(sections: readonly PlannedSection[]): void {
  const seen = new Set<unknown>();
  const places = new Map<string, SectionEntry['target']>();
  for (const { entry } of sections) {
    const { target, name } = entry;
    const path = formatPath(entry.path);
    const other = places.get(path);
    if (other !== undefined) throw atOnePath(target, other, path);
    places.set(path, target);
    const key = name === undefined ? target : `${target.name}\u0000${name}`;
    if (seen.has(key)) throw underOneName(target, name);
    seen.add(key);
  }
}

function atOnePath(target: SectionEntry['target'], other: SectionEntry['target'], path: string): ConfigError {
  return other === target
    ? duplicate(
        `${target.name} is listed twice, both times at "${path}".`,
        'List it once, or give one of the two another path.',
      )
    : duplicate(
        `The sections ${other.name} and ${target.name} both sit at "${path}".`,
        'Give one of them another path.',
      );
}

function underOneName(target: SectionEntry['target'], name: string | undefined): ConfigError {
  const twice = name === undefined ? 'without a name' : `under the name "${name}"`;
  return duplicate(
    `${target.name} is listed twice ${twice}.`,
    `Tell the uses apart: section(${target.name}, { path: '…', name: '…' }).`,
  );
}

function duplicate(message: string, recovery: string): ConfigError {
  return new ConfigError({ code: 'duplicate-section', message, recovery });
}

/** A key anywhere on the way that is declared or looks secret hides everything below it. */
function isSecretPath(schema: SectionNode, path: ConfigPath): boolean {
  let node: SchemaNode = schema;
  for (const [depth, key] of path.entries()) {
    if (node.kind === 'section') {
      const known = node.keys.get(key);
      if (known === undefined) return path.slice(depth).some(looksSecret);
      if (known.secret) return true;
      node = known.node;
    } else if (node.kind === 'leaf') {
      return path.slice(depth).some(looksSecret);
    } else {
      if (node.kind === 'map' && looksSecret(key)) return true;
      node = node.item;
    }
  }
  return false;
}
