import type { ConfigIssue, ConfigMap, ConfigOrigin, ConfigPath, SchemaNode, SectionNode } from '../../core/index.js';
import { INDEX, nodeBelow } from './key-names.js';

/** A value under a name of its own. */
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

/** Of the branches that end here, which most do. Never written to. */
const NOTHING_BELOW = new Map<string, Branch>();

class Branch {
  public own: NamedValue | undefined;
  public below = NOTHING_BELOW;
}

/** Grows a tree from values whose paths have been checked for reserved keys; the schema decides which branch is a list. */
export function growTree(values: Iterable<NamedValue>, schema: SectionNode): KeyTree {
  const root = new Branch();
  const issues: ConfigIssue[] = [];
  for (const value of values) plant(root, value, issues);
  const tree = new Harvest(schema, issues).map(root);
  return { tree, issues, nearest: (path) => nearest(root, path), first: (path) => first(root, path) };
}

function plant(root: Branch, value: NamedValue, issues: ConfigIssue[]): void {
  let branch = root;
  for (const key of value.path) {
    let next = branch.below.get(key);
    if (next === undefined) {
      if (branch.below === NOTHING_BELOW) branch.below = new Map();
      branch.below.set(key, (next = new Branch()));
    }
    branch = next;
  }
  const other = branch.own;
  if (other?.rank === value.rank) {
    issues.push(conflict(value, `is given twice, as ${other.origin.key} and as ${value.origin.key}`));
  } else if (other === undefined || value.rank < other.rank) {
    branch.own = value;
  }
}

class Harvest {
  readonly #schema: SectionNode;
  readonly #issues: ConfigIssue[];
  readonly #path: string[] = [];

  public constructor(schema: SectionNode, issues: ConfigIssue[]) {
    this.#schema = schema;
    this.#issues = issues;
  }

  // fromEntries makes own properties whatever a key is called.
  public map(branch: Branch): ConfigMap {
    const entries: [string, unknown][] = [];
    for (const [key, next] of branch.below) entries.push([key, this.#below(key, next)]);
    return Object.fromEntries(entries);
  }

  #below(key: string, branch: Branch): unknown {
    if (branch.below.size === 0) return branch.own?.value;
    this.#path.push(key);
    const value = this.#parts(branch);
    this.#path.pop();
    return value;
  }

  #parts(branch: Branch): unknown {
    if (branch.own === undefined) return this.#isList(branch) ? this.#list(branch) : this.map(branch);
    const names = `${branch.own.origin.key} and in parts as ${firstBelow(branch).origin.key}`;
    this.#issues.push(conflict(branch.own, `is given as a whole as ${names}`));
    return branch.own.value;
  }

  /** What has a key that is no number is no list, and the schema need not be asked. */
  #isList({ below }: Branch): boolean {
    for (const key of below.keys()) if (!INDEX.test(key)) return false;
    let node: SchemaNode | undefined = this.#schema;
    for (const key of this.#path) node = nodeBelow(node, key);
    return node?.kind === 'list';
  }

  #list(branch: Branch): unknown[] {
    const list: unknown[] = [];
    for (const [key, next] of [...branch.below].sort(([a], [b]) => Number(a) - Number(b))) {
      if (Number(key) !== list.length) {
        const found = firstBelow(next).origin;
        const message = `has no item ${String(list.length)}, although ${found.key} gives item ${key}`;
        const hint = 'Number the items from 0 on without gaps.';
        this.#issues.push({ code: 'missing-item', path: [...this.#path], message, hint, origin: found });
        break;
      }
      list.push(this.#below(key, next));
    }
    return list;
  }
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
