import {
  COMPONENTS,
  createLayer,
  type ConfigIssue,
  type ConfigLayer,
  type ConfigMap,
  type ConfigOrigin,
  type ConfigPath,
  foldKey,
  formatPath,
  isConfigMap,
  isWithin,
  mergeMaps,
  MODULES,
  type OriginKind,
  sameValue,
} from '../../core/index.js';
import type { Finding } from '../../binding/index.js';
import { carryStored } from '../recovery/index.js';
import { type Edit, spelled, valueAt, type Written } from './edit.js';
import { type DocumentSection, migrateSection, VERSION_KEY, type VersionedSection } from './migrate-section.js';

/** A layer as the settings classes of now would have it. */
export interface MigratedLayer {
  readonly layer: ConfigLayer;
  readonly issues: readonly ConfigIssue[];
  /** The values that are written in an earlier form. */
  readonly outdated: readonly Finding[];
  /** What holds below all documents because this one is of an earlier version; empty for nothing. */
  readonly defaults: ConfigMap;
}

/** How a document is read. */
export type DocumentReading = Omit<DocumentSection, 'within'>;

/** A document as the settings classes of now would have it, and the way there. */
export interface MigratedDocument {
  readonly tree: ConfigMap;
  readonly edits: readonly SectionEdit[];
  readonly problems: readonly DocumentProblem[];
  readonly defaults: ConfigMap;
  /** Where it has sections with a version, and which they have now. */
  readonly versions: readonly Written[];
}

/** One change, and the section that it is for. */
export interface SectionEdit extends Edit {
  readonly section: VersionedSection;
}

/** Why a section is not of its version. */
export interface DocumentProblem {
  /** As the document spells it, after the edits before it. */
  readonly path: ConfigPath;
  /** Where the document has it. */
  readonly written: ConfigPath;
  readonly message: string;
  readonly hint: string;
}

/** Layers whose names are those of the classes, so that they are of the current version unless they say another one. */
const NO_DOCUMENTS: ReadonlySet<OriginKind> = new Set([
  'default',
  'object',
  'environment',
  'env-file',
  'command-line',
  'directory',
]);

const EARLIER = 'default of an earlier version';

/** Reads the documents of earlier versions; of each layer only once. */
export class Migrations {
  readonly #sections: readonly VersionedSection[];
  readonly #known = new WeakMap<ConfigLayer, MigratedLayer>();

  public constructor(sections: readonly VersionedSection[]) {
    this.#sections = sections;
  }

  public get newest(): number {
    return Math.max(...this.#sections.map(({ version }) => version));
  }

  /** The layer as it would be written today; the same object where nothing in it has a version. */
  public current(layer: ConfigLayer): MigratedLayer {
    let known = this.#known.get(layer);
    if (known === undefined) this.#known.set(layer, (known = this.#migrate(layer)));
    return known;
  }

  /**
   * The lowest layers: the given ones, and above them what holds because documents of earlier versions are in use.
   *
   * @param before the same of before, which is given back when nothing is different
   */
  public below(
    templates: readonly ConfigLayer[],
    answers: readonly (readonly ConfigLayer[])[],
    before: readonly ConfigLayer[] = [],
  ): readonly ConfigLayer[] {
    let defaults: ConfigMap = {};
    for (const layer of answers.flat()) defaults = mergeMaps(this.current(layer).defaults, defaults);
    if (Object.keys(defaults).length === 0) return templates;
    const known = before.at(-1);
    if (known?.name === EARLIER && sameValue(known.tree, defaults)) return before;
    return [...templates, createLayer({ name: EARLIER, kind: 'default', tree: defaults, references: false })];
  }

  /** A tree in canonical keys that says its versions, for whoever reads it later. */
  public stamped(tree: ConfigMap): ConfigMap {
    let made = tree;
    for (const within of placesIn(tree)) {
      for (const { path, version } of this.#sections) made = stampedAt(made, [...within, ...path], version);
    }
    return made;
  }

  /** One document and how it is changed; pure. */
  public document(tree: ConfigMap, reading: DocumentReading): MigratedDocument {
    const edits: SectionEdit[] = [];
    const problems: DocumentProblem[] = [];
    const versions: Written[] = [];
    let defaults: ConfigMap = {};
    let made = tree;
    // Steps lead into the section that they are for, so that they make no module and no component.
    const places = placesIn(tree);
    for (const section of this.#sections) {
      for (const within of places) {
        const { place, problem, ...migrated } = migrateSection(made, section, { within, ...reading });
        edits.push(...migrated.edits.map((edit) => ({ ...edit, section })));
        defaults = mergeMaps(defaults, migrated.defaults);
        made = migrated.tree;
        if (place !== undefined) versions.push({ path: place, value: section.version });
        if (problem === undefined) continue;
        const { path, message, hint } = problem;
        problems.push({ path, written: traced(edits, path).path, message, hint });
      }
    }
    return { tree: made, edits, problems, defaults, versions };
  }

  #migrate(layer: ConfigLayer): MigratedLayer {
    const reading = { references: layer.references, isDocument: !NO_DOCUMENTS.has(layer.kind) };
    const { tree, edits, problems, defaults } = this.document(layer.tree, reading);
    const issues = problems.map(({ path, written, message, hint }): ConfigIssue => {
      return { code: 'not-migrated', path, message, hint, origin: layer.locate(written) };
    });
    const migrated: ConfigLayer = tree === layer.tree ? layer : withTree(layer, tree, edits);
    if (migrated !== layer) carryStored(layer, migrated);
    let outdated: readonly Finding[] | undefined;
    return {
      layer: migrated,
      issues,
      defaults,
      // Their places cost another pass over the file, and only a logger asks for them.
      get outdated() {
        return (outdated ??= edits.map((edit, at) => outdatedValue(edit, originOf(layer, edits.slice(0, at), edit))));
      },
    };
  }
}

/** The same layer with other values; the origin of each is where the document has it. */
function withTree(layer: ConfigLayer, tree: ConfigMap, edits: readonly Edit[]): ConfigLayer {
  // Made by createLayer, whose mark it carries on.
  return Object.freeze({
    ...layer,
    tree,
    locate: (path: ConfigPath) => located(layer, edits, path),
    locateKey: (path: ConfigPath) => {
      const { path: old, words } = traced(edits, path);
      return worded(layer.locateKey?.(old) ?? layer.locate(old), words);
    },
  });
}

function located(layer: ConfigLayer, edits: readonly Edit[], path: ConfigPath): ConfigOrigin {
  const { path: old, words } = traced(edits, path);
  return worded(layer.locate(old), words);
}

function worded(origin: ConfigOrigin, words: readonly string[]): ConfigOrigin {
  return words.length === 0 ? origin : { ...origin, migrated: words.join(', ') };
}

/** Where the document has what is at a path after some changes, and what was done with it. */
function traced(
  edits: readonly Edit[],
  path: ConfigPath,
): { readonly path: ConfigPath; readonly words: readonly string[] } {
  let at = path;
  const words: string[] = [];
  for (const { word, version, from, to } of edits.toReversed()) {
    const place = to.find((written) => isWithin(at, written.path));
    if (place === undefined) continue;
    words.unshift(`${word} in version ${String(version)}`);
    const [old] = from;
    // What is converted has parts of its own.
    if (old !== undefined) at = KEPT.has(word) ? [...old, ...at.slice(place.path.length)] : old;
    else at = at.slice(0, -1);
  }
  return { path: at, words };
}

const KEPT: ReadonlySet<string> = new Set(['renamed', 'moved', 'changed']);

function originOf(layer: ConfigLayer, edits: readonly Edit[], { from, to }: Edit): ConfigOrigin {
  return located(layer, edits, from[0] ?? to[0]?.path.slice(0, -1) ?? []);
}

function outdatedValue({ word, version, from, to, section }: SectionEdit, origin: ConfigOrigin): Finding {
  const path = to[0]?.path ?? from[0] ?? section.path;
  const now = section.version;
  const message = `is written as before version ${String(version)} of "${formatPath(section.path)}", in which it was ${word}; it is read as version ${String(now)} has it`;
  const hint = `Write it as version ${String(now)} has it, and ${VERSION_KEY}: ${String(now)} in the section.`;
  return { code: 'outdated', path, message, origin, hint };
}

/** The root of a document, and of the overrides of its modules and components. */
function placesIn(tree: ConfigMap): readonly ConfigPath[] {
  const places: ConfigPath[] = [[]];
  const below = (path: ConfigPath, name: string): readonly ConfigPath[] => {
    const at = spelled(tree, [...path, name]);
    const map = at && valueAt(tree, at);
    return at !== undefined && isConfigMap(map) ? Object.keys(map).map((key) => [...at, key]) : [];
  };
  for (const module of below([], MODULES)) places.push(module, ...below(module, COMPONENTS));
  return places;
}

function stampedAt(tree: ConfigMap, path: ConfigPath, version: number): ConfigMap {
  const [key, ...rest] = path;
  if (key === undefined) return { ...tree, [VERSION_KEY]: version };
  const own = Object.keys(tree).find((other) => other === key || foldKey(other) === foldKey(key));
  const below = own === undefined ? undefined : tree[own];
  return own !== undefined && isConfigMap(below) ? { ...tree, [own]: stampedAt(below, rest, version) } : tree;
}
