import type { ConfigLayer, ConfigPath, SchemaNode, SectionNode } from '../core/index.js';
import { foldKey, isConfigMap } from '../core/index.js';

/** The declared spelling of a key; the key itself where none is declared. */
export function canonicalKey(key: string, node: SchemaNode | undefined): string {
  if (node?.kind !== 'section' || node.keys.has(key)) return key;
  return node.spellings.get(foldKey(key)) ?? key;
}

/** The schema below one key. */
export function childNode(node: SchemaNode | undefined, key: string): SchemaNode | undefined {
  if (node === undefined || node.kind === 'leaf') return undefined;
  return node.kind === 'section' ? node.keys.get(key)?.node : node.item;
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

/** The path, in the layer's own spelling, of what stands at a canonical path; as far down as the layer has it. */
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
