import type { ConfigIssue, ConfigLayer, ConfigMap, ConfigPath } from '../../core/index.js';
import {
  COMPONENTS,
  EXTENDS,
  isConfigMap,
  isForbiddenKey,
  mayHoldReferences,
  MODULES,
  sameValue,
  UNRESOLVED,
  UNSET,
} from '../../core/index.js';
import {
  canonicalKey,
  emptyIsNothing,
  normaliseMap,
  type NormalisedMap,
  saysUnset,
  sourcePath,
  structureOf,
} from '../../binding/index.js';
import type { Part, Seat } from './part.js';
import type { Segment } from './segment.js';

const NO_REFERENCE = 'must be a map of settings; below modules a reference is for one setting';

/** A layer, taken apart. */
export interface SplitLayer {
  readonly parts: ReadonlyMap<Segment, Part>;
  readonly issues: readonly ConfigIssue[];
}

/**
 * Splits a layer at the paths of the sections, and brings each part to canonical keys; an unchanged part is the same object.
 *
 * @param before the parts of the seat as they were
 */
export function splitLayer(
  layer: ConfigLayer,
  seat: Seat,
  root: Segment,
  before?: ReadonlyMap<Segment, Part>,
): SplitLayer {
  const splitter = new Splitter(layer, seat, root, before);
  splitter.map(root, layer.tree, []);
  return splitter;
}

class Splitter implements SplitLayer {
  public readonly parts = new Map<Segment, Part>();
  public readonly issues: ConfigIssue[] = [];
  readonly #layer: ConfigLayer;
  readonly #seat: Seat;
  readonly #root: Segment;
  readonly #before: ReadonlyMap<Segment, Part> | undefined;

  public constructor(layer: ConfigLayer, seat: Seat, root: Segment, before: ReadonlyMap<Segment, Part> | undefined) {
    this.#root = root;
    this.#layer = layer;
    this.#seat = seat;
    this.#before = before;
  }

  public map(segment: Segment, map: ConfigMap, spelled: ConfigPath): void {
    const { schema, children } = segment;
    if (children.size === 0) {
      this.#part(segment, map, spelled);
      return;
    }
    const below = new Map<Segment, string>();
    const own: [string, unknown][] = [];
    for (const key of Object.keys(map)) {
      const child = isForbiddenKey(key) ? undefined : children.get(canonicalKey(key, schema));
      if (child === undefined) own.push([key, map[key]]);
      else if (below.has(child)) this.#reportTwice(child, below.get(child) ?? '', key, spelled);
      else if (map[key] !== undefined) below.set(child, key);
    }
    for (const [child, key] of below) this.#value(child, map[key], [...spelled, key]);
    this.#part(segment, below.size === 0 ? map : Object.fromEntries(own), spelled, below);
  }

  #value(segment: Segment, value: unknown, spelled: ConfigPath): void {
    if (isConfigMap(value) && !saysUnset(value)) {
      this.map(segment, value, spelled);
    } else if (saysUnset(value)) {
      this.#all(segment, value, segment.path, UNSET);
    } else if (value === UNRESOLVED) {
      this.#all(segment, value, segment.path, value);
    } else if (typeof value !== 'string') {
      this.#refuse(segment, value, spelled);
    } else if (value.trim() !== '' || !emptyIsNothing(this.#layer)) {
      const structure = structureOf(value, 'section');
      if (structure !== undefined) this.#value(segment, structure, spelled);
      else if (this.#layer.references && mayHoldReferences(value)) this.#all(segment, value, segment.path, value);
      else this.#refuse(segment, value, spelled);
    }
  }

  /** A value in place of a map determines all that would lie below. */
  #all(segment: Segment, raw: unknown, path: ConfigPath, tree: unknown): void {
    const known = this.#before?.get(segment);
    const isKnown = known?.path === path && known.tree === tree;
    this.parts.set(segment, isKnown ? known : { ...this.#wordOf(raw), path, tree });
    for (const child of segment.children.values()) this.#all(child, raw, path, tree);
  }

  #wordOf(raw: unknown): Omit<Part, 'path' | 'tree'> {
    return {
      seat: this.#seat,
      raw,
      holdsReferences: typeof raw === 'string' && mayHoldReferences(raw),
      holdsUnset: saysUnset(raw),
      holdsSecrets: false,
      issues: [],
      unknownKeys: [],
      values: 1,
    };
  }

  #part(segment: Segment, raw: ConfigMap, spelled: ConfigPath, below?: ReadonlyMap<Segment, string>): void {
    const { path, schema } = segment;
    const known = this.#before?.get(segment);
    // What was no map may have looked like one: `{ $unset: true }`.
    if (known instanceof MapPart && known.path === path && sameValue(known.raw, raw)) {
      this.parts.set(segment, known);
    } else {
      const normalised = normaliseMap(this.#layer, raw, schema, {
        spelled,
        canonical: path,
        // Of a load of one section there are few.
        ...(schema.open === 'slips' && {
          beside: new Set([...(below?.keys() ?? [])].flatMap((child) => child.path.slice(-1))),
        }),
      });
      const { tree } = normalised;
      const isPlain = tree[EXTENDS] === undefined && tree[MODULES] === undefined;
      const shaped = isPlain ? normalised : this.#shaped(segment, normalised);
      this.parts.set(segment, new MapPart(this.#seat, path, raw, shaped));
    }
  }

  #shaped(segment: Segment, normalised: NormalisedMap): NormalisedMap {
    const { tree, issues } = normalised;
    const { length } = segment.path;
    const misshapen = [...this.#extendsAbove(segment, tree, segment.path), ...this.#misshapenIn(segment, tree)];
    if (misshapen.length === 0) return normalised;
    const left = misshapen.reduce((rest, issue) => withoutPath(rest, issue.path.slice(length)), tree);
    return { ...normalised, tree: left, issues: [...issues, ...misshapen] };
  }

  /** Sections are made one by one: each has its own parent. */
  #extendsAbove({ children }: Segment, tree: ConfigMap, at: ConfigPath): readonly ConfigIssue[] {
    if (children.size === 0 || at.length === 0 || tree[EXTENDS] === undefined || tree[EXTENDS] === UNSET) return [];
    const path = [...at, EXTENDS];
    return [
      {
        code: 'malformed-extends',
        path,
        message: `sections lie below it (${[...children.keys()].join(', ')}), which it cannot inherit for`,
        origin: this.#layer.locate(sourcePath(this.#layer, this.#root.schema, path)),
        hint: 'Write it in each of them.',
      },
    ];
  }

  /** Values that are no map at or above a section that a module or a component overrides. */
  #misshapenIn(root: Segment, tree: ConfigMap): readonly ConfigIssue[] {
    if (root.parent !== undefined || root.schema.keys.get(MODULES)?.node.kind !== 'map') return [];
    const issues: ConfigIssue[] = [];
    const group = (value: unknown, path: ConfigPath): ConfigMap => {
      if (isConfigMap(value)) return value;
      if (value === undefined || value === UNSET || value === UNRESOLVED) return {};
      const issue = this.#noGroup(path, value, sourcePath(this.#layer, root.schema, path));
      // References are followed in what a module overrides, but not to what it overrides.
      const isReference = typeof value === 'string' && this.#layer.references && mayHoldReferences(value);
      issues.push(isReference ? { ...issue, message: NO_REFERENCE, hint: 'Write one for each setting.' } : issue);
      return {};
    };
    const sections = (segment: Segment, map: ConfigMap, path: ConfigPath): void => {
      issues.push(...this.#extendsAbove(segment, map, path));
      const { children } = segment;
      for (const [key, child] of children) sections(child, group(map[key], [...path, key]), [...path, key]);
    };
    for (const [module, said] of Object.entries(group(tree[MODULES], [MODULES]))) {
      const level = [MODULES, module];
      const own = group(said, level);
      sections(root, own, level);
      const within = [...level, COMPONENTS];
      for (const [component, its] of Object.entries(group(own[COMPONENTS], within))) {
        sections(root, group(its, [...within, component]), [...within, component]);
      }
    }
    return issues;
  }

  #refuse({ path }: Segment, value: unknown, spelled: ConfigPath): void {
    this.issues.push(this.#noGroup(path, value, spelled));
  }

  #noGroup(path: ConfigPath, value: unknown, spelled: ConfigPath): ConfigIssue {
    return {
      code: 'not-a-section',
      path,
      message: `must be a map of settings, got ${wordFor(value)}`,
      origin: this.#layer.locate(spelled),
      hint: 'Remove it to keep the values of lower sources, or write !unset to go back to the defaults; in JSON {"$unset": true}.',
    };
  }

  #reportTwice({ path }: Segment, other: string, key: string, spelled: ConfigPath): void {
    const at = [...spelled, key];
    this.issues.push({
      code: 'duplicate-key',
      path: [...path.slice(0, -1), key],
      message: `is written twice, as "${other}" and as "${key}"`,
      origin: this.#layer.locateKey?.(at) ?? this.#layer.locate(at),
      hint: 'Keep one of them.',
    });
  }
}

/**
 * A class, because V8 learns of a literal that its objects live long and makes them old at once; whatever they refer to, here
 * all that a source says, then waits with them for a full collection.
 */
class MapPart implements Part {
  public readonly seat: Seat;
  public readonly path: ConfigPath;
  public readonly raw: ConfigMap;
  public readonly tree: ConfigMap;
  public readonly holdsReferences: boolean;
  public readonly holdsUnset: boolean;
  public readonly holdsSecrets: boolean;
  public readonly issues: readonly ConfigIssue[];
  public readonly unknownKeys: Part['unknownKeys'];
  public readonly values: number;

  public constructor(seat: Seat, path: ConfigPath, raw: ConfigMap, normalised: NormalisedMap) {
    this.seat = seat;
    this.path = path;
    this.raw = raw;
    this.tree = normalised.tree;
    this.holdsReferences = normalised.holdsReferences;
    this.holdsUnset = normalised.holdsUnset;
    this.holdsSecrets = normalised.holdsSecrets;
    this.issues = normalised.issues;
    this.unknownKeys = normalised.unknownKeys;
    this.values = normalised.values;
  }
}

function withoutPath(map: ConfigMap, [key = '', ...rest]: ConfigPath): ConfigMap {
  const below = map[key];
  const others = Object.entries(map).filter(([name]) => name !== key);
  if (rest.length > 0 && isConfigMap(below)) others.push([key, withoutPath(below, rest)]);
  return Object.fromEntries(others);
}

function wordFor(value: unknown): string {
  if (value === null) return 'nothing (null)';
  if (value === '') return 'an empty string';
  return Array.isArray(value) ? 'a list' : 'a single value';
}
