import {
  type ConfigIssue,
  type ConfigLayer,
  type ConfigMap,
  type ConfigOrigin,
  type ConfigPath,
  type SchemaNode,
  type SectionNode,
  childNode,
  COHORTS_KEY,
  ConfigError,
  EXTENDS,
  isConfigMap,
  isEncryptedText,
  isForbiddenKey,
  MAX_DEPTH,
  mayHoldReferences,
  nearestName,
  parentOf,
  ROOT_PATH,
  UNSET,
  type IssueCode,
} from '../../core/index.js';
import type { Finding } from '../bind/index.js';
import { canonicalKey, isUnsetWhenEmpty, type SectionShape, shapeOf } from '../plan/index.js';
import { emptyIsNothing, mergeable, saysUnset, structureOf } from './what-is-said.js';
import { unknownKey } from './unknown-key.js';

/** The place of a map in its layer: in the layer's own spelling, and in the canonical one. */
export interface MapPlace {
  readonly spelled: ConfigPath;
  readonly canonical: ConfigPath;
  /** The canonical keys of other values at the place, in a map of its own. */
  readonly beside?: ReadonlySet<string>;
}

/** A map brought to canonical keys, ready to be merged. */
export interface NormalisedMap {
  readonly tree: ConfigMap;
  /** True when a map names another one that it inherits from, or some string may hold `${…}` meant as references. */
  readonly holdsReferences: boolean;
  readonly holdsUnset: boolean;
  /** True when some string is marked as encrypted. */
  readonly holdsSecrets: boolean;
  readonly issues: readonly ConfigIssue[];
  /** Keys that no settings class declares. */
  readonly unknownKeys: readonly Finding[];
  /** How many values it holds, those inside maps and lists included. */
  readonly values: number;
}

/** Values that a layer may have, those inside maps and lists included. */
export const MOST_VALUES = 2_000_000;

const NONE: readonly never[] = Object.freeze([]);
const ROOT: MapPlace = Object.freeze({ spelled: ROOT_PATH, canonical: ROOT_PATH });

/**
 * Brings the keys of a map in a layer to the spelling of the settings classes (`max-size` and `max_size` to `maxSize`,
 * aliases to the field), parses lists, maps and nested sections that are written as strings, drops empty strings of fields
 * that are no strings, finds undeclared keys, and refuses keys that could reach a prototype. Unchanged parts are shared with
 * the layer, not copied.
 */
export function normaliseMap(layer: ConfigLayer, map: ConfigMap, schema: SectionNode, place = ROOT): NormalisedMap {
  const walk = new MapWalk(layer, place);
  const tree = walk.section(map, schema);
  const { holdsReferences, holdsExtends, holdsUnset, holdsSecrets, issues, unknownKeys, values } = walk;
  return {
    tree,
    holdsReferences: (layer.references && holdsReferences) || holdsExtends,
    holdsUnset,
    holdsSecrets,
    issues,
    unknownKeys,
    values,
  };
}

/** A copy of a map that is made when the first change is. */
type Changes = Record<string, unknown>;

/** One key on the way down. */
interface Step {
  readonly above: Step | undefined;
  /** As the layer spells it. */
  readonly spelled: string;
  readonly canonical: string;
  readonly depth: number;
}

class MapWalk {
  public holdsReferences = false;
  public holdsUnset = false;
  public holdsExtends = false;
  public values = 0;
  public holdsSecrets = false;
  // Most maps have none.
  #issues: ConfigIssue[] | undefined;
  #unknownKeys: Finding[] | undefined;
  readonly #layer: ConfigLayer;
  readonly #place: MapPlace;
  /** The way from the map to where the walk is; `undefined` at the map itself. */
  #step: Step | undefined;
  #isLarge = false;

  public constructor(layer: ConfigLayer, place: MapPlace) {
    this.#layer = layer;
    this.#place = place;
  }

  public get issues(): readonly ConfigIssue[] {
    return this.#issues ?? NONE;
  }

  public get unknownKeys(): readonly Finding[] {
    return this.#unknownKeys ?? NONE;
  }

  get #spelled(): string[] {
    const path: string[] = [];
    for (let step = this.#step; step !== undefined; step = step.above) path.unshift(step.spelled);
    return [...this.#place.spelled, ...path];
  }

  get #canonical(): string[] {
    const path: string[] = [];
    for (let step = this.#step; step !== undefined; step = step.above) path.unshift(step.canonical);
    return [...this.#place.canonical, ...path];
  }

  /** A map whose legal keys are known. The common case, every key as declared and every value single, is kept tight. */
  public section(map: ConfigMap, node: SectionNode): ConfigMap {
    if (this.#isTooMuch()) return {};
    const shape = shapeOf(node);
    const { names } = shape;
    let changes: Changes | undefined;
    let expected = 0;
    for (const key in map) {
      // The engine knows this of the keys of a `for … in`, and asks nothing.
      if (!Object.prototype.hasOwnProperty.call(map, key)) continue;
      this.values += 1;
      const value = map[key];
      const column = names[expected] === key ? expected : shape.columnOf(key);
      if (column === undefined) {
        changes = this.#otherKey(map, key, value, node, changes);
        continue;
      }
      expected = column + 1;
      if (typeof value === 'number' || typeof value === 'boolean') continue;
      const after = this.#field(value, key, node, shape, column);
      if (after !== value) changes = changed(map, changes, key, after);
    }
    return this.#isTooMuch() ? {} : (changes ?? map);
  }

  #field(value: unknown, key: string, node: SectionNode, shape: SectionShape, column: number): unknown {
    if (typeof value === 'string' && shape.isLeaf(column)) {
      if (mayHoldReferences(value)) this.holdsReferences = true;
      if (isEncryptedText(value)) this.holdsSecrets = true;
      if (value === '!unset') return this.#unset();
      return value === '' && shape.emptyIsUnset(column) ? this.#empty([key]) : value;
    }
    const items = typeof value === 'string' ? mergeable(value, node.keys.get(key)) : value;
    return this.#below(key, key, items, shape.node(column));
  }

  /** A key that is not spelled as declared: another spelling, an unknown one, or one that must not be. */
  #otherKey(
    map: ConfigMap,
    key: string,
    value: unknown,
    node: SectionNode,
    changes: Changes | undefined,
  ): Changes | undefined {
    if (key === EXTENDS) return this.#extends(map, value, changes);
    const canonical = canonicalKey(key, node);
    if (isForbiddenKey(key)) return this.#refuseKey(map, key, changes);
    const known = node.keys.get(canonical);
    if (known === undefined) {
      if (node.open === false || (node.open === 'slips' && this.#isSlip(map, key, node)))
        this.#reportUnknown(key, node);
      const after = this.#below(key, key, value, undefined);
      return after === value ? changes : changed(map, changes, key, after);
    }
    const after =
      value === '' && isUnsetWhenEmpty(known.node)
        ? this.#empty([key], [canonical])
        : this.#below(key, canonical, mergeable(value, known), known.node);
    const copy = changed(map, changes, key, undefined);
    if (Object.hasOwn(copy, canonical)) this.#reportTwice(map, key, canonical, node);
    return changed(map, copy, canonical, after);
  }

  /** The name of the map that this one inherits from; see `EXTENDS`. */
  #extends(map: ConfigMap, value: unknown, changes: Changes | undefined): Changes | undefined {
    if (saysUnset(value)) return changed(map, changes, EXTENDS, this.#unset());
    const problem =
      this.#step === undefined && this.#place.canonical.length === 0
        ? ROOT_EXTENDS
        : extendsProblem(this.#canonical, value);
    this.holdsExtends = true;
    if (problem === undefined) return changes;
    const { message, hint } = problem;
    this.#reportKey(EXTENDS, 'malformed-extends', message, hint);
    return changed(map, changes, EXTENDS, undefined);
  }

  /** A map whose keys are data. */
  #map(map: ConfigMap, item: SchemaNode | undefined): ConfigMap {
    const keys = Object.keys(map);
    if (this.#isTooMuch(keys.length)) return {};
    let changes: Changes | undefined;
    for (const key of keys) {
      if (isForbiddenKey(key)) {
        changes = this.#refuseKey(map, key, changes);
        continue;
      }
      const after = this.#below(key, key, map[key], item);
      if (after !== map[key]) changes = changed(map, changes, key, after);
    }
    return changes ?? map;
  }

  #list(list: readonly unknown[], item: SchemaNode | undefined): readonly unknown[] {
    if (this.#isTooMuch(list.length)) return [];
    let copy: unknown[] | undefined;
    for (let index = 0; index < list.length; index++) {
      const key = String(index);
      const after = this.#below(key, key, list[index], item);
      if (after !== list[index]) (copy ??= [...list])[index] = after;
    }
    return copy ?? list;
  }

  #below(spelled: string, canonical: string, value: unknown, node: SchemaNode | undefined): unknown {
    const above = this.#step;
    this.#step = { above, spelled, canonical, depth: (above?.depth ?? this.#place.spelled.length) + 1 };
    const after = this.#value(value, node);
    this.#step = above;
    return after;
  }

  #value(value: unknown, node: SchemaNode | undefined): unknown {
    if (saysUnset(value)) return this.#unset();
    if (typeof value === 'string') return this.#text(value, node);
    if (Array.isArray(value)) return this.#list(value, node?.kind === 'list' ? node.item : undefined);
    if (!isConfigMap(value)) return value;
    if (node?.kind === 'section') return this.section(value, node);
    return this.#map(value, childNode(node, ''));
  }

  #text(text: string, node: SchemaNode | undefined): unknown {
    if (mayHoldReferences(text)) this.holdsReferences = true;
    if (isEncryptedText(text)) this.holdsSecrets = true;
    if (node === undefined || node.kind === 'leaf') return text;
    if (text.trim() === '') return this.#empty();
    const structure = structureOf(text, node.kind);
    // As a map it would be merged with lower layers, and as a list perhaps appended; as a string it replaces them.
    if (structure === undefined || (node.kind !== 'section' && isEmpty(structure))) return text;
    return this.#value(structure, node);
  }

  /** An empty string where no string may be: of an environment variable nothing, in a file a slip. */
  #empty(spelled: readonly string[] = [], canonical = spelled): unknown {
    if (!emptyIsNothing(this.#layer)) {
      this.#add({
        code: 'empty-string',
        path: [...this.#canonical, ...canonical],
        message: 'is an empty string, which only a string field may be',
        origin: this.#layer.locate([...this.#spelled, ...spelled]),
        hint: 'Write a value, or remove the key to keep the value of lower sources or the class.',
      });
    }
    return undefined;
  }

  #unset(): typeof UNSET {
    this.holdsUnset = true;
    return UNSET;
  }

  #isTooMuch(more = 0): boolean {
    if ((this.#step?.depth ?? this.#place.spelled.length) > MAX_DEPTH) {
      this.#report('too-deep', `is nested more than ${String(MAX_DEPTH)} levels deep`);
      return true;
    }
    this.values += more;
    if (this.values <= MOST_VALUES) return false;
    // Once is enough: whatever follows is too much as well.
    if (!this.#isLarge) this.#report('too-large', 'holds more than two million values');
    this.#isLarge = true;
    return true;
  }

  #refuseKey(map: ConfigMap, key: string, changes: Changes | undefined): Changes {
    this.#reportKey(key, 'forbidden-key', `the key "${key}" is reserved`, 'Rename it.');
    return changed(map, changes, key, undefined);
  }

  /**
   * True when an undeclared key seems to be a section's, misspelled: it is similar, but neither a longer or shorter form
   * (`https`) nor numbered (`db2`), the section is absent, and the content fits it.
   */
  #isSlip(map: ConfigMap, key: string, node: SectionNode): boolean {
    const meant = nearestName(key, node.keys.keys());
    const value = map[key];
    if (meant === undefined || !isConfigMap(value)) return false;
    if (/\d/.test(key + meant) || key.startsWith(meant) || meant.startsWith(key)) return false;
    const section = node.keys.get(meant)?.node;
    if (section?.kind !== 'section' || this.#place.beside?.has(meant) === true) return false;
    return Object.keys(value).some((name) => section.keys.has(canonicalKey(name, section)));
  }

  #reportUnknown(key: string, node: SectionNode): void {
    // An issue of its own, also where unknown keys are none.
    if (this.#canonical.length === 0 && key === COHORTS_KEY) return;
    const finding = unknownKey(this.#canonical, key, node);
    (this.#unknownKeys ??= []).push({ ...finding, origin: this.#placeOfKey(key) });
  }

  #reportTwice(map: ConfigMap, key: string, canonical: string, node: SectionNode): void {
    const other = Object.keys(map).find((name) => name !== key && canonicalKey(name, node) === canonical);
    const message = `is written twice, as "${other ?? canonical}" and as "${key}"`;
    this.#reportKey(key, 'duplicate-key', message, 'Keep one of them.');
  }

  #reportKey(key: string, code: IssueCode, message: string, hint: string): void {
    this.#add({ code, path: [...this.#canonical, key], message, origin: this.#placeOfKey(key), hint });
  }

  /** An issue about a key has the origin of the key; its value may begin on another line. */
  #placeOfKey(key: string): ConfigOrigin {
    const path = [...this.#spelled, key];
    return this.#layer.locateKey?.(path) ?? this.#layer.locate(path);
  }

  #report(code: IssueCode, message: string): void {
    this.#add({ code, path: this.#canonical, message, origin: this.#layer.locate(this.#spelled) });
  }

  #add(issue: ConfigIssue): void {
    (this.#issues ??= []).push(issue);
  }
}

/** Notes a new value, or with `undefined` that there is none, in a copy that is made at the first change. */
function changed(map: ConfigMap, changes: Changes | undefined, key: string, value: unknown): Changes {
  const copy = changes ?? { ...map };
  if (value === undefined) Reflect.deleteProperty(copy, key);
  else copy[key] = value;
  return copy;
}

function isEmpty(structure: unknown): boolean {
  return typeof structure === 'object' && structure !== null && Object.keys(structure).length === 0;
}

const ROOT_EXTENDS = {
  message: 'the root has no entry beside it that it could inherit from',
  hint: 'Write it in the group that is to inherit.',
};

function extendsProblem(
  group: ConfigPath,
  name: unknown,
): { readonly message: string; readonly hint: string } | undefined {
  const hint =
    'Name the entry beside it, such as primary, or the whole path of another one, such as databases.primary.';
  if (typeof name !== 'string') return { message: 'must be the name of the entry that is inherited', hint };
  try {
    parentOf(group, name);
    return undefined;
  } catch (error) {
    if (!ConfigError.is(error)) throw error;
    return { message: 'must be the name of the entry that is inherited, and cannot be read', hint };
  }
}
