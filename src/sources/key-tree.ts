import type { ConfigIssue, ConfigMap, ConfigOrigin, ConfigPath, SchemaNode, SectionNode } from '../core/index.js';
import { nodeBelow } from './key-names.js';

/** A value that stands for itself, under a name of its own. */
export interface NamedValue {
  readonly path: ConfigPath;
  readonly value: unknown;
  readonly origin: ConfigOrigin;
  /** Of two names for one path the lower rank wins; the same rank twice is a conflict. */
  readonly rank: number;
}

/** A layer's tree grown from single values. */
export interface KeyTree {
  readonly tree: ConfigMap;
  readonly issues: readonly ConfigIssue[];
  /** The value at a path, or the one that holds that path inside it. */
  readonly nearest: (path: ConfigPath) => NamedValue | undefined;
  /** The first value at a path or below it. */
  readonly first: (path: ConfigPath) => NamedValue | undefined;
}

interface Branch {
  own: NamedValue | undefined;
  readonly below: Map<string, Branch>;
}

/** Grows a tree from values whose paths have been checked for reserved keys; which branch is a list, the schema says. */
export function growTree(values: Iterable<NamedValue>, schema: SectionNode): KeyTree {
  const issues: ConfigIssue[] = [];
  const root = newBranch();
  for (const value of values) plant(root, value, issues);
  return {
    tree: harvestMap(root, schema, [], issues),
    issues,
    nearest: (path) => nearest(root, path),
    first: (path) => first(root, path),
  };
}

function newBranch(): Branch {
  return { own: undefined, below: new Map() };
}

function plant(root: Branch, value: NamedValue, issues: ConfigIssue[]): void {
  let branch = root;
  for (const key of value.path) {
    let next = branch.below.get(key);
    if (next === undefined) branch.below.set(key, (next = newBranch()));
    branch = next;
  }
  const other = branch.own;
  if (other?.rank === value.rank) {
    issues.push(conflict(value, `is given twice, as ${other.origin.key} and as ${value.origin.key}`));
  } else if (other === undefined || value.rank < other.rank) {
    branch.own = value;
  }
}

function harvest(branch: Branch, node: SchemaNode | undefined, path: ConfigPath, issues: ConfigIssue[]): unknown {
  if (branch.below.size === 0) return branch.own?.value;
  if (branch.own !== undefined) {
    const part = firstBelow(branch);
    const names = `${branch.own.origin.key} and in parts as ${part.origin.key}`;
    issues.push(conflict(branch.own, `is given as a whole as ${names}`));
    return branch.own.value;
  }
  return node?.kind === 'list' ? harvestList(branch, node.item, path, issues) : harvestMap(branch, node, path, issues);
}

// fromEntries makes own properties whatever a key is called.
function harvestMap(branch: Branch, node: SchemaNode | undefined, path: ConfigPath, issues: ConfigIssue[]): ConfigMap {
  const entries: [string, unknown][] = [];
  for (const [key, next] of branch.below)
    entries.push([key, harvest(next, nodeBelow(node, key), [...path, key], issues)]);
  return Object.fromEntries(entries);
}

function harvestList(branch: Branch, item: SchemaNode, path: ConfigPath, issues: ConfigIssue[]): unknown[] {
  const list: unknown[] = [];
  for (const [key, next] of [...branch.below].sort(([a], [b]) => Number(a) - Number(b))) {
    if (Number(key) !== list.length) {
      const found = firstBelow(next).origin;
      const missing = `has no item ${String(list.length)}, although ${found.key} gives item ${key}`;
      const hint = 'Number the items from 0 on without gaps.';
      issues.push({ code: 'missing-item', path, message: missing, hint, origin: found });
      break;
    }
    list.push(harvest(next, item, [...path, key], issues));
  }
  return list;
}

function firstBelow(branch: Branch): NamedValue {
  let lowest = branch;
  for (;;) {
    const [next] = lowest.below.values();
    if (next === undefined) break;
    lowest = next;
  }
  if (lowest.own === undefined) throw new Error('A branch without a value was grown.');
  return lowest.own;
}

function conflict(value: NamedValue, message: string): ConfigIssue {
  return { code: 'conflicting-keys', path: value.path, message, hint: 'Keep one of them.', origin: value.origin };
}

function first(root: Branch, path: ConfigPath): NamedValue | undefined {
  let branch: Branch | undefined = root;
  for (const key of path) branch = branch?.below.get(key);
  return branch && (branch.own ?? firstBelow(branch));
}

function nearest(root: Branch, path: ConfigPath): NamedValue | undefined {
  let branch: Branch | undefined = root;
  let found: NamedValue | undefined;
  for (const key of path) {
    branch = branch.below.get(key);
    if (branch === undefined) break;
    found = branch.own;
  }
  return found;
}
