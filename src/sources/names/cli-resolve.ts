import {
  type ConfigPath,
  type SchemaNode,
  type SectionNode,
  foldKey,
  isForbiddenKey,
  nearestName,
  ROOT_PATH,
  separatedKeys,
} from '../../core/index.js';
import type { KeyMeaning, RefusedKey } from './key-resolve.js';
import { FOREIGN_KEY, MAXIMUM_DEPTH } from './key-resolve.js';
import { INDEX, nodeBelow } from './key-names.js';
import { kebabCase } from './key-words.js';

/**
 * The meaning of an option's keys. Keys are accepted in camelCase, kebab-case and snake_case, as in files. Where the first
 * one is no top-level key, the option belongs to other code, unless it has several keys and the first is almost right, or it
 * runs the keys of a field together.
 */
export function resolveOption(keys: readonly string[], schema: SectionNode, takeAll: boolean): KeyMeaning {
  const reserved = keys.find(isForbiddenKey);
  if (reserved !== undefined) {
    return refuse('forbidden-key', `the key "${reserved}" is reserved`, 'Rename or remove it.');
  }
  const [first = ''] = keys;
  const meant = keys.length === 1 && schema.open !== true ? separatedKeys(foldKey(first), schema) : undefined;
  if (meant !== undefined && meant.length > 1) return { kind: 'unknown', path: keys, meant };
  if (canonicalKey(schema, first) === undefined && !takeAll && !isNearMiss(keys, schema)) return FOREIGN_KEY;
  if (keys.includes('')) return refuse('invalid-key', 'has an empty key', 'Write options like --section.key=value.');
  if (keys.length > MAXIMUM_DEPTH) {
    return refuse('invalid-key', `has more than ${String(MAXIMUM_DEPTH)} keys`, 'Nest less deeply.');
  }
  return follow(keys, schema);
}

/** The option that sets a canonical path: `--database.max-size`. Keys of maps are data and kept as they are. */
export function spellOption(path: ConfigPath, schema: SectionNode): string {
  let node: SchemaNode | undefined = schema;
  const keys: string[] = [];
  for (const key of path) {
    keys.push(node === undefined || node.kind === 'section' ? kebabCase(key) || key : key);
    node = nodeBelow(node, key);
  }
  return `--${keys.join('.')}`;
}

function follow(keys: readonly string[], schema: SectionNode): KeyMeaning {
  const path: string[] = [];
  let node: SchemaNode = schema;
  for (const [depth, key] of keys.entries()) {
    const canonical: string | undefined = node.kind === 'section' ? canonicalKey(node, key) : key;
    if (canonical === undefined) return { kind: 'unknown', path: [...path, ...keys.slice(depth)] };
    if (node.kind === 'list' && !INDEX.test(key)) {
      const example = spellOption([...path, '0'], schema);
      return refuse('invalid-key', 'is a list, whose items have numbers', `Write ${example} for its first item.`, path);
    }
    path.push(canonical);
    node = nodeBelow(node, canonical) ?? node;
  }
  return { kind: 'known', path, node, rank: 0 };
}

function canonicalKey(section: SectionNode, key: string): string | undefined {
  return section.keys.has(key) ? key : section.spellings.get(foldKey(key));
}

// One word alone is more likely the program's own option than a whole section, misspelled.
function isNearMiss(keys: readonly string[], schema: SectionNode): boolean {
  return keys.length > 1 && nearestName(keys[0] ?? '', schema.keys.keys()) !== undefined;
}

function refuse(code: RefusedKey['code'], message: string, hint: string, path: ConfigPath = ROOT_PATH): RefusedKey {
  return { kind: 'refused', code, path, message, hint };
}
