import type { ConfigIssue, ConfigLayer, ConfigMap, ConfigPath, SchemaNode, SectionNode } from '../core/index.js';
import { foldKey, isConfigMap, isForbiddenKey, mayHoldReferences, UNSET } from '../core/index.js';

/** A layer brought to canonical keys, ready to be merged. */
export interface NormalisedLayer {
  readonly layer: ConfigLayer;
  readonly tree: ConfigMap;
  /** True when some text may hold `${…}`. */
  readonly holdsReferences: boolean;
  readonly holdsUnset: boolean;
  readonly issues: readonly ConfigIssue[];
}

const MAXIMUM_DEPTH = 100;
const MAXIMUM_NODES = 2_000_000;

/**
 * Brings a layer's keys to the spelling of the settings classes (`max-size` and `max_size` to `maxSize`, aliases to the
 * field), reads lists, maps and nested sections that are written as text, drops empty texts of fields that are no texts,
 * and refuses keys that could reach a prototype. What needs no change is shared with the layer, not copied.
 */
export function normaliseLayer(layer: ConfigLayer, schema: SectionNode): NormalisedLayer {
  const walk = new LayerWalk(layer);
  const tree = walk.map(layer.tree, schema, 0);
  return {
    layer,
    tree,
    holdsReferences: layer.references && walk.holdsReferences,
    holdsUnset: walk.holdsUnset,
    issues: walk.issues,
  };
}

/** The path, in the layer's own spelling, of what stands at a canonical path; as far down as the layer has it. */
export function sourcePath(layer: ConfigLayer, schema: SectionNode, path: ConfigPath): ConfigPath {
  const spelled: string[] = [];
  let value: unknown = layer.tree;
  let node: SchemaNode | undefined = schema;
  for (const key of path) {
    let own: string | undefined = key;
    if (isConfigMap(value)) {
      own = Object.hasOwn(value, key) ? key : Object.keys(value).find((other) => canonicalKey(other, node) === key);
    }
    if (own === undefined) break;
    spelled.push(own);
    value = isConfigMap(value)
      ? value[own]
      : Array.isArray(value)
        ? (value as readonly unknown[])[Number(own)]
        : undefined;
    node = childNode(node, key);
  }
  return spelled;
}

/** The canonical spelling of a path that a person or a reference wrote. */
export function canonicalPath(schema: SectionNode, path: ConfigPath): ConfigPath {
  let node: SchemaNode | undefined = schema;
  return path.map((key) => {
    const canonical = canonicalKey(key, node);
    node = childNode(node, canonical);
    return canonical;
  });
}

/** The schema below one key. */
export function childNode(node: SchemaNode | undefined, key: string): SchemaNode | undefined {
  if (node === undefined || node.kind === 'leaf') return undefined;
  return node.kind === 'section' ? node.keys.get(key)?.node : node.item;
}

function canonicalKey(key: string, node: SchemaNode | undefined): string {
  if (node?.kind !== 'section' || node.keys.has(key)) return key;
  return node.spellings.get(foldKey(key)) ?? key;
}

class LayerWalk {
  public holdsReferences = false;
  public holdsUnset = false;
  public readonly issues: ConfigIssue[] = [];
  readonly #layer: ConfigLayer;
  readonly #path: string[] = [];
  #nodes = 0;

  public constructor(layer: ConfigLayer) {
    this.#layer = layer;
  }

  public map(map: ConfigMap, node: SchemaNode | undefined, depth: number): ConfigMap {
    if (this.#isTooMuch(depth)) return {};
    let copy: Record<string, unknown> | undefined;
    for (const key of Object.keys(map)) {
      const canonical = canonicalKey(key, node);
      if (isForbiddenKey(key) || isForbiddenKey(canonical)) {
        copy ??= { ...map };
        Reflect.deleteProperty(copy, key);
        this.#report([key], 'forbidden-key', `the key "${key}" is reserved`, 'Rename it.');
        continue;
      }
      const before = map[key];
      this.#path.push(key);
      const after = this.#value(before, childNode(node, canonical), depth + 1);
      this.#path.pop();
      if (canonical === key && after === before) continue;
      copy ??= { ...map };
      if (canonical !== key) {
        Reflect.deleteProperty(copy, key);
        if (Object.hasOwn(map, canonical) || Object.hasOwn(copy, canonical))
          this.#reportTwice(map, key, canonical, node);
      }
      if (after === undefined) Reflect.deleteProperty(copy, canonical);
      else copy[canonical] = after;
    }
    return copy ?? map;
  }

  #value(value: unknown, node: SchemaNode | undefined, depth: number): unknown {
    switch (typeof value) {
      case 'string':
        return this.#text(value, node);
      case 'object':
        if (value === null) return value;
        if (Array.isArray(value)) return this.#list(value, node, depth);
        if (!isConfigMap(value)) return value;
        if (isUnsetToken(value)) {
          this.holdsUnset = true;
          return UNSET;
        }
        return this.map(value, node, depth);
      case 'symbol':
        this.holdsUnset ||= value === UNSET;
        return value;
      default:
        return value;
    }
  }

  #list(list: readonly unknown[], node: SchemaNode | undefined, depth: number): readonly unknown[] {
    if (this.#isTooMuch(depth)) return [];
    const item = node?.kind === 'list' ? node.item : undefined;
    let copy: unknown[] | undefined;
    for (let index = 0; index < list.length; index++) {
      this.#nodes++;
      this.#path.push(String(index));
      const after = this.#value(list[index], item, depth + 1);
      this.#path.pop();
      if (after !== list[index]) (copy ??= [...list])[index] = after;
    }
    return copy ?? list;
  }

  #text(text: string, node: SchemaNode | undefined): unknown {
    if (mayHoldReferences(text)) this.holdsReferences = true;
    if (node === undefined) return text;
    if (node.kind === 'leaf') return text === '' && !KEEPS_EMPTY_TEXT.has(node.type) ? undefined : text;
    if (text.trim() === '') return undefined;
    const structure = structureOf(text, node.kind);
    return structure === undefined ? text : this.#value(structure, node, this.#path.length);
  }

  #isTooMuch(depth: number): boolean {
    if (depth > MAXIMUM_DEPTH) {
      this.#report([], 'too-deep', `is nested more than ${String(MAXIMUM_DEPTH)} levels deep`);
      return true;
    }
    if (++this.#nodes <= MAXIMUM_NODES) return false;
    if (this.#nodes === MAXIMUM_NODES + 1) this.#report([], 'too-large', 'holds more than two million values');
    return true;
  }

  #reportTwice(map: ConfigMap, key: string, canonical: string, node: SchemaNode | undefined): void {
    const other = Object.keys(map).find(
      (candidate) => candidate !== key && canonicalKey(candidate, node) === canonical,
    );
    const message = `is written twice, as "${other ?? canonical}" and as "${key}"`;
    this.#report([key], 'duplicate-key', message, 'Keep one of them.');
  }

  #report(below: ConfigPath, code: string, message: string, hint?: string): void {
    const path = [...this.#path, ...below];
    const origin = this.#layer.locate(path);
    this.issues.push({ code, path, message, origin, ...(hint !== undefined && { hint }) });
  }
}

/** Types for which an empty text is a value and not "not set". */
const KEEPS_EMPTY_TEXT = new Set(['text', 'anything']);

function isUnsetToken(value: ConfigMap): boolean {
  return value['$unset'] === true && Object.keys(value).length === 1;
}

/** A list, map or section written as text; `undefined` when it is not, which binding then reports with its place. */
function structureOf(text: string, kind: 'list' | 'map' | 'section'): unknown {
  const trimmed = text.trim();
  if (kind === 'list' && !trimmed.startsWith('[')) return undefined;
  if (kind !== 'list' && !trimmed.startsWith('{')) return undefined;
  try {
    const structure: unknown = JSON.parse(trimmed);
    return structure;
  } catch {
    return undefined;
  }
}
