import {
  type ConfigLayer,
  type ConfigPath,
  type SchemaNode,
  type SectionNode,
  childNode,
  foldKey,
  isConfigMap,
  nearestName,
} from '../../core/index.js';

/** The declared spelling of a key; the key itself where none is declared. */
export function canonicalKey(key: string, node: SchemaNode | undefined): string {
  if (node?.kind !== 'section' || node.keys.has(key)) return key;
  return node.spellings.get(foldKey(key)) ?? key;
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

/** What {@link undeclaredPath} found. */
export interface UndeclaredPath {
  /** The declared path that was most likely meant. */
  readonly nearest: ConfigPath | undefined;
}

/** The issue of a canonical path without a key in any section; `undefined` for one that is declared, or lies in data. */
export function undeclaredPath(schema: SectionNode, path: ConfigPath): UndeclaredPath | undefined {
  let node: SchemaNode | undefined = schema;
  for (const [depth, key] of path.entries()) {
    if (node?.kind === 'section' && !node.keys.has(key)) return { nearest: nearestPath(node, path, depth) };
    node = childNode(node, key);
  }
  return undefined;
}

/** The path with the key at a depth replaced by the section's nearest one, and those below brought to their spelling. */
function nearestPath(section: SectionNode, path: ConfigPath, depth: number): ConfigPath | undefined {
  const key = nearestName(path[depth] ?? '', section.keys.keys());
  if (key === undefined) return undefined;
  const node = section.keys.get(key)?.node;
  const rest = path.slice(depth + 1);
  const below = node?.kind === 'section' ? canonicalPath(node, rest) : rest;
  const misses = node?.kind === 'section' ? undeclaredPath(node, below) : undefined;
  const nearest = misses === undefined ? below : misses.nearest;
  return nearest && [...path.slice(0, depth), key, ...nearest];
}

/** The path, in the layer's own spelling, of the value at a canonical path; as far down as the layer has it. */
export function sourcePath(layer: ConfigLayer, schema: SectionNode, path: ConfigPath): ConfigPath {
  const spelled: string[] = [];
  let value: unknown = layer.tree;
  let node: SchemaNode | undefined = schema;
  for (const key of path) {
    const own = ownSpelling(value, key, node);
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

function ownSpelling(value: unknown, key: string, node: SchemaNode | undefined): string | undefined {
  if (!isConfigMap(value) || Object.hasOwn(value, key)) return key;
  return Object.keys(value).find((other) => canonicalKey(other, node) === key);
}
