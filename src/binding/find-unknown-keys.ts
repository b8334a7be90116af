import type { ConfigPath, SchemaNode, SectionNode } from '../core/index.js';
import { isConfigMap, nearestName } from '../core/index.js';
import type { Finding } from './bind-context.js';

/**
 * The keys of a merged tree that no settings class declares, each with the legal key it was most likely meant to be.
 * `foreign` names keys at the root that belong to somebody else.
 */
export function findUnknownKeys(tree: unknown, schema: SectionNode): readonly Finding[] {
  const findings: Finding[] = [];
  visit(tree, schema, [], findings);
  return findings;
}

function visit(value: unknown, node: SchemaNode, path: ConfigPath, findings: Finding[]): void {
  if (node.kind === 'leaf') return;
  if (node.kind === 'list') {
    if (Array.isArray(value) && node.item.kind !== 'leaf') {
      value.forEach((item, index) => {
        visit(item, node.item, [...path, String(index)], findings);
      });
    }
    return;
  }
  if (!isConfigMap(value)) return;
  if (node.kind === 'map') {
    if (node.item.kind !== 'leaf')
      for (const key of Object.keys(value)) visit(value[key], node.item, [...path, key], findings);
    return;
  }
  for (const key of Object.keys(value)) {
    const known = node.keys.get(key);
    if (known === undefined) {
      if (!node.open) findings.push(unknownKey([...path, key], key, node, path));
    } else if (known.node.kind !== 'leaf') {
      visit(value[key], known.node, [...path, key], findings);
    }
  }
}

function unknownKey(path: ConfigPath, key: string, node: SectionNode, parent: ConfigPath): Finding {
  const aliases = [...node.keys.values()].flatMap(({ aliases }) => aliases);
  const nearest = nearestName(key, [...node.keys.keys(), ...aliases]);
  return {
    code: 'unknown-key',
    path,
    message: 'is not a known key',
    ...(nearest !== undefined && { nearest: [...parent, nearest] }),
  };
}
