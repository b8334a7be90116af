import type { SchemaNode } from '../core/index.js';
import { parsePath } from '../core/index.js';
import type { Description } from '../runtime/index.js';

/** Single settings as one tree: what is set, by key, lists as lists. */
export function settingsTree(settings: readonly Description[], schema: SchemaNode): unknown {
  const root: Branch = new Map();
  for (const { path, value } of settings) {
    if (value !== undefined) grow(root, parsePath(path), value);
  }
  return valueOf(root, schema);
}

type Branch = Map<string, Branch | Leaf>;

interface Leaf {
  readonly value: unknown;
}

function grow(branch: Branch, [key = '', ...rest]: readonly string[], value: unknown): void {
  if (rest.length === 0) {
    branch.set(key, { value });
    return;
  }
  const held = branch.get(key);
  const next = held instanceof Map ? held : new Map<string, Branch | Leaf>();
  if (next !== held) branch.set(key, next);
  grow(next, rest, value);
}

function valueOf(branch: Branch, node: SchemaNode | undefined): unknown {
  const entries = [...branch].map(
    ([key, held]) => [key, held instanceof Map ? valueOf(held, below(node, key)) : held.value] as const,
  );
  // Only the schema tells a list from a map whose keys happen to be numbers.
  return node?.kind === 'list' ? entries.map(([, value]) => value) : Object.fromEntries(entries);
}

function below(node: SchemaNode | undefined, key: string): SchemaNode | undefined {
  if (node === undefined || node.kind === 'leaf') return undefined;
  return node.kind === 'section' ? node.keys.get(key)?.node : node.item;
}
