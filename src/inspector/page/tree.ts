import type { SettingMark, SettingRows } from '../setting-rows.js';

/** A setting, or a group of them. */
export interface Node {
  readonly path: string;
  readonly key: string;
  readonly depth: number;
  readonly children: Node[];
  /** What a search looks through, in lower case. */
  text: string;
  setting?: Setting;
}

export interface Setting {
  readonly value: string;
  readonly type: string;
  readonly place: string;
  readonly mark: SettingMark;
}

export interface Line {
  readonly node: Node;
  readonly isOpen: boolean;
  readonly position: number;
  readonly siblings: number;
}

/** The settings as a tree; a map keeps the order in which they are declared. */
export function treeOf({ rows, places, types }: SettingRows): Node {
  const root: Node = { path: '', key: '', depth: 0, children: [], text: '' };
  const groups = new Map<string, Node>([['', root]]);
  for (const [path, value, type, place, line, mark] of rows) {
    const at = place < 0 ? '' : `${places[place] ?? ''}${line > 0 ? `:${String(line)}` : ''}`;
    const node = below(groups, path);
    node.setting = { value, type: types[type] ?? '', place: at, mark };
    node.text = `${path} ${value} ${at}`.toLowerCase();
  }
  return root;
}

/** Of `database.pool.max`, or of `routes["a.b"]`. */
const LAST_KEY = /(?:\.?[^.[\]"]+|\["(?:[^"\\]|\\.)*"\])$/;

/** A path may be that of a setting and of a group at once, as the settings of an empty map are. */
function below(groups: Map<string, Node>, path: string): Node {
  const known = groups.get(path);
  if (known !== undefined) return known;
  const [last = path] = LAST_KEY.exec(path) ?? [];
  const parent = below(groups, path.slice(0, path.length - last.length));
  const key = last.replace(/^\./, '');
  const node: Node = { path, key, depth: parent.depth + 1, children: [], text: path.toLowerCase() };
  parent.children.push(node);
  groups.set(path, node);
  return node;
}

/** The lines to show: what a search finds with the groups around it, or what is open. */
export function linesOf(root: Node, open: ReadonlySet<string>, search: string): readonly Line[] {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  const found = words.length === 0 ? undefined : new Set<Node>();
  if (found !== undefined) collect(root, words, found);
  const lines: Line[] = [];
  const add = (node: Node): void => {
    const children = found === undefined ? node.children : node.children.filter((child) => found.has(child));
    for (const [at, child] of children.entries()) {
      const isOpen = child.children.length > 0 && (found !== undefined || open.has(child.path));
      lines.push({ node: child, isOpen, position: at + 1, siblings: children.length });
      if (isOpen) add(child);
    }
  };
  add(root);
  return lines;
}

function collect(node: Node, words: readonly string[], found: Set<Node>): boolean {
  let isFound = node.setting !== undefined && words.every((word) => node.text.includes(word));
  for (const child of node.children) isFound = collect(child, words, found) || isFound;
  if (isFound) found.add(node);
  return isFound;
}

/** The groups that are open at first: all, where that is not much. */
export function firstOpen(root: Node, count: number): ReadonlySet<string> {
  const open = new Set<string>();
  if (count > 300) return open;
  const add = (node: Node): void => {
    if (node.children.length > 0) open.add(node.path);
    node.children.forEach(add);
  };
  add(root);
  return open;
}
