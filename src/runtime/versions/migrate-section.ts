import { type ConfigMap, type ConfigPath, formatPath, isConfigMap, parsePath } from '../../core/index.js';
import type { SectionMigrations } from '../../sections/index.js';
import { ChangedTree, type Edit, edited, spelled, valueAt } from './edit.js';
import { editsOf, StepProblem } from './step-edits.js';

/** The key under which a section of a document says its version. */
export const VERSION_KEY = '$version';

/** A section whose documents have versions. */
export interface VersionedSection {
  readonly path: ConfigPath;
  readonly version: number;
  readonly migrations: SectionMigrations;
}

/** A section of one document, brought to its version, or as far as its steps can be done. */
export interface MigratedSection {
  readonly tree: ConfigMap;
  readonly edits: readonly Edit[];
  /** What holds below all documents because this one is of an earlier version: a tree from the root. */
  readonly defaults: ConfigMap;
  /** Where the document has it now; absent where it does not. */
  readonly place?: ConfigPath;
  /** Why it is not of its version. */
  readonly problem?: StepProblem;
}

/** What a section's document is to be read as. */
export interface DocumentSection {
  /** The root, or the module or component whose overrides these are; as the document spells it. */
  readonly within: ConfigPath;
  readonly references: boolean;
  /** False where names are those of the settings classes, such as variables: without a version it is the current one. */
  readonly isDocument: boolean;
  /** The version of a document that does not say one, where that is known. */
  readonly assumed?: number | undefined;
}

/** Brings one section of a document to its version. Pure: the tree is not written into. */
export function migrateSection(
  tree: ConfigMap,
  section: VersionedSection,
  { within, references, isDocument, assumed }: DocumentSection,
): MigratedSection {
  const { version, migrations } = section;
  const { oldest, pathAt } = historyOf(section);
  const found = findSection(tree, section, within);
  const values = found && valueAt(tree, found.at);
  const said = isConfigMap(values) && Object.hasOwn(values, VERSION_KEY) ? values[VERSION_KEY] : undefined;
  const edits: Edit[] = [];
  const changed = new ChangedTree(tree);
  let defaults = NOTHING;
  if (said !== undefined && found !== undefined) changed.change(unversioned([...found.at, VERSION_KEY]));
  try {
    const guessed = isDocument ? (found?.oldest ?? oldest) : version;
    const taken = assumed === undefined ? guessed : Math.min(Math.max(assumed, oldest), version);
    const from = said === undefined ? taken : sayable(said, section, [...(found?.at ?? within), VERSION_KEY]);
    for (let number = from + 1; number <= version; number++) {
      const steps = migrations[number] ?? [];
      const places = { at: pathAt(number - 1), then: pathAt(number) };
      for (const [at, step] of (typeof steps === 'function' ? [steps] : steps).entries()) {
        const common = { within, version: number, step: at, references };
        for (const edit of editsOf(step, { tree: changed.tree, ...inTree(changed.tree, within, places), ...common })) {
          edits.push(edit);
          changed.change(edit);
        }
        if (typeof step === 'object' && 'default' in step && found !== undefined && within.length === 0) {
          const path = [...places.then, ...parsePath(step.default)];
          if (spelled(changed.tree, path) === undefined) {
            defaults = edited(defaults, { from: [], to: [{ path, value: step.value }] });
          }
        } else if (typeof step === 'object' && defaults !== NOTHING) {
          const place = { tree: defaults, ...inTree(defaults, [], places), ...common, within: [] };
          for (const edit of editsOf(step, place)) defaults = edited(defaults, edit);
        }
      }
    }
  } catch (problem) {
    if (!(problem instanceof StepProblem)) throw problem;
    // What has been done already tells where the document has the value.
    return { tree: changed.tree, edits, defaults: NOTHING, problem };
  }
  const place = spelled(changed.tree, [...within, ...section.path]);
  return { tree: changed.tree, edits, defaults, ...(place !== undefined && { place }) };
}

function unversioned(path: ConfigPath): Pick<Edit, 'from' | 'to'> {
  return { from: [path], to: [] };
}

function inTree(
  tree: ConfigMap,
  within: ConfigPath,
  { at, then }: { readonly at: ConfigPath; readonly then: ConfigPath },
): { readonly at: ConfigPath; readonly then: ConfigPath } {
  const there = (path: ConfigPath): ConfigPath | undefined => spelled(tree, [...within, ...path]);
  const now = there(then);
  // A step of the same version may have moved it already.
  return { at: now ?? there(at) ?? [...within, ...at], then: now ?? [...within, ...then] };
}

const NOTHING: ConfigMap = Object.freeze({});

interface SectionHistory {
  /** The oldest version from which steps lead on. */
  readonly oldest: number;
  /** Where the section was at a version: a later step may have moved it as a whole. */
  readonly pathAt: (version: number) => ConfigPath;
}

const histories = new WeakMap<VersionedSection, SectionHistory>();

function historyOf(section: VersionedSection): SectionHistory {
  let history = histories.get(section);
  if (history === undefined) {
    const { path, version, migrations } = section;
    const oldest = Math.min(version, ...Object.keys(migrations).map((key) => Number(key) - 1));
    const places = placesByVersion(section);
    histories.set(section, (history = { oldest, pathAt: (at) => places[at] ?? path }));
  }
  return history;
}

function placesByVersion({ path, version, migrations }: VersionedSection): readonly ConfigPath[] {
  const places: ConfigPath[] = [];
  places[version] = path;
  let place = path;
  for (let number = version; number > 0; number--) {
    const steps = migrations[number] ?? [];
    for (const step of typeof steps === 'function' ? [] : steps.toReversed()) {
      if ('move' in step && step.to === '') place = parsePath(step.move);
    }
    places[number - 1] = place;
  }
  return places;
}

/** The section in a document, at its place or at an earlier one, and the oldest version that has it there. */
function findSection(
  tree: ConfigMap,
  section: VersionedSection,
  within: ConfigPath,
): { readonly at: ConfigPath; readonly oldest: number } | undefined {
  const { oldest: start, pathAt } = historyOf(section);
  for (let number = section.version; number >= start; number--) {
    const path = pathAt(number);
    const at = spelled(tree, [...within, ...path]);
    if (at === undefined || !isConfigMap(valueAt(tree, at))) continue;
    let oldest = number;
    while (oldest > start && isSamePath(pathAt(oldest - 1), path)) oldest--;
    return { at, oldest };
  }
  return undefined;
}

function isSamePath(one: ConfigPath, other: ConfigPath): boolean {
  return one === other || formatPath(one) === formatPath(other);
}

/** The version that a document says. */
function sayable(said: unknown, section: VersionedSection, path: ConfigPath): number {
  const { version } = section;
  const number = typeof said === 'string' && /^\d{1,9}$/.test(said) ? Number(said) : said;
  if (typeof number !== 'number' || !Number.isSafeInteger(number) || number < 1) {
    throw new StepProblem(path, 'must be the number of a version', `Write ${VERSION_KEY}: ${String(version)}.`);
  }
  if (number > version) {
    throw new StepProblem(
      path,
      `is ${String(number)}, and this program knows versions up to ${String(version)}`,
      'Start the newer program, or give it the document of before.',
    );
  }
  const { oldest } = historyOf(section);
  if (number < oldest) {
    throw new StepProblem(
      path,
      `is ${String(number)}, and this program reads versions from ${String(oldest)} on`,
      `Bring the document to version ${String(oldest)} with a release of the program that still has the steps.`,
    );
  }
  return number;
}
