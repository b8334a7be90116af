import { type ConfigMap, formatPath, isConfigMap } from '../../../core/index.js';

export interface PropertyTree {
  readonly tree: ConfigMap;
  /** The keys of the properties, by the formatted paths of their values in the tree. */
  readonly keys: ReadonlyMap<string, string>;
  /** Keys that have values of their own and others below them, which a tree cannot hold: those below are kept. */
  readonly shadowed: readonly string[];
}

type Branch = Map<string, unknown>;

/**
 * The tree of properties such as `server.hosts[0].name`. A property that is `null` is none.
 *
 * @throws RangeError when the items of a list are not all there.
 */
export function treeOfProperties(properties: Iterable<readonly [key: string, value: unknown]>): PropertyTree {
  const root: Branch = new Map();
  const lists = new Set<Branch>();
  const keys = new Map<string, string>();
  const shadowed: string[] = [];
  for (const [key, value] of properties) {
    if (value === null || value === undefined) continue;
    const steps = stepsOf(key);
    keys.set(formatPath(steps.map(({ name }) => name)), key);
    let branch = root;
    for (const [depth, { name, isIndex }] of steps.entries()) {
      if (isIndex) lists.add(branch);
      const there = branch.get(name);
      if (depth === steps.length - 1) {
        if (isBranch(there)) shadowed.push(key);
        else branch.set(name, value);
      } else {
        if (there !== undefined && !isBranch(there))
          shadowed.push(formatPath(steps.slice(0, depth + 1).map((step) => step.name)));
        const below: Branch = isBranch(there) ? there : new Map<string, unknown>();
        branch.set(name, below);
        branch = below;
      }
    }
  }
  const tree = plain(root, lists);
  return { tree: isConfigMap(tree) ? tree : {}, keys, shadowed };
}

interface Step {
  readonly name: string;
  readonly isIndex: boolean;
}

const STEP = /(?:^|\.)([^.[\]]+)|\[([^[\]]*)\]/gy;

/** A key that does not follow the rules is one name. */
function stepsOf(key: string): readonly Step[] {
  const steps: Step[] = [];
  STEP.lastIndex = 0;
  let end = 0;
  for (let match = STEP.exec(key); match !== null; match = STEP.exec(key)) {
    const [, name, bracket = ''] = match;
    steps.push({ name: name ?? bracket, isIndex: name === undefined && /^(?:0|[1-9]\d{0,8})$/.test(bracket) });
    end = STEP.lastIndex;
  }
  return end === key.length && steps.length > 0 ? steps : [{ name: key, isIndex: false }];
}

/** Values come from JSON, which has no maps of its own. */
function isBranch(value: unknown): value is Branch {
  return value instanceof Map;
}

function plain(value: unknown, lists: ReadonlySet<Branch>): unknown {
  if (!isBranch(value)) return value;
  const entries = [...value].map(([name, below]) => [name, plain(below, lists)] as const);
  // Unlike an assignment, this makes __proto__ a key of its own, which is refused with its place.
  if (!lists.has(value)) return Object.fromEntries(entries);
  const items = new Map<string, unknown>(entries);
  return Array.from({ length: items.size }, (_, index) => {
    const item = items.get(String(index));
    if (item === undefined)
      throw new RangeError(`a list has ${String(items.size)} items, and none at ${String(index)}`);
    return item;
  });
}
