import { isDeepStrictEqual } from 'node:util';
import { foldKey, isConfigMap, type ConfigPath } from '../../core/index.js';
import { formatByExtension, type PositionNode } from '../../sources/index.js';
import { blockSpan, type Span } from './block-span.js';
import { withInserted } from './insert-value.js';
import type { ValueText } from './value-text.js';

/** A value in the text of a YAML, JSON or TOML file, or why it cannot be changed. */
export async function treeText(file: string, text: string, path: ConfigPath): Promise<ValueText | string> {
  const format = formatByExtension(file);
  if (format === undefined)
    return 'its extension is not that of YAML, JSON or TOML, and its name does not begin with .env';
  const parsed = await Promise.resolve(text)
    .then((each) => format.parse(each))
    // The parser's words may quote a secret; "validate" tells what is wrong with the file.
    .catch(() => undefined);
  if (parsed === undefined) return `it is not valid ${format.name}`;
  const { root } = parsed;
  const found = find(root, parsed.positions(), path);
  const { value, node, keys, missing } = found;
  const meansStill = async (changed: string, wanted: (now: unknown) => unknown): Promise<boolean> => {
    // Where a value ends, or belongs, is a guess; that everything else means what it meant is none.
    const now = await Promise.resolve(changed)
      .then(async (each) => (await format.parse(each)).root)
      .catch(() => undefined);
    return isDeepStrictEqual(now, wanted(now));
  };
  if (missing.length > 0) {
    if (Array.isArray(value)) return 'the list at the path has no such item';
    if (!isConfigMap(value) && value !== null && value !== undefined) return 'there is a single value above the path';
    return {
      offset: node.keyOffset ?? node.offset,
      isThere: false,
      current: () => Promise.resolve(''),
      async with(token) {
        const gap = { format: format.name, text, value, node, keys, missing };
        for (const changed of withInserted(gap, JSON.stringify(token))) {
          // A new map is of the kind that the parser makes.
          const wanted = (now: unknown): unknown => changedIn(root, [...keys, ...missing], token, prototypeOf(now));
          if (await meansStill(changed, wanted)) return changed;
        }
        return undefined;
      },
    };
  }
  if (isConfigMap(value) || Array.isArray(value)) return 'there is more than a single value at the path';
  const current = typeof value === 'string' ? value : '';
  return {
    offset: node.keyOffset ?? node.offset,
    isThere: true,
    // No plain value of YAML begins so, and none of the other formats.
    isAlias: text[node.offset] === '*',
    async current() {
      if (typeof value === 'string' || value === null || value === undefined) return current;
      for (const { start, end } of spans(text, node, '')) {
        const letters = text.slice(start, end);
        // Signs that could mean an alias, a tag or a block are none of a number, a date or a boolean.
        if (!/^[\w+.:-]+$/.test(letters)) continue;
        const quoted = `${text.slice(0, start)}"${letters}"${text.slice(end)}`;
        if (await meansStill(quoted, () => changedIn(root, keys, letters))) return letters;
      }
      return undefined;
    },
    async with(token) {
      for (const { start, end, before, after } of spans(text, node, current)) {
        const changed = `${text.slice(0, start)}${before}"${token}"${after}${text.slice(end)}`;
        if (await meansStill(changed, () => changedIn(root, keys, token))) return changed;
      }
      return undefined;
    },
  };
}

interface Found {
  readonly value: unknown;
  readonly node: PositionNode;
  /** As the file spells them. */
  readonly keys: ConfigPath;
  /** The end of the path that the file does not have. */
  readonly missing: ConfigPath;
}

function find(root: unknown, position: PositionNode, path: ConfigPath): Found {
  let [value, node] = [root, position];
  const keys: string[] = [];
  for (const [at, wanted] of path.entries()) {
    const known = typeof value === 'object' && value !== null ? Object.keys(value) : [];
    const key = known.find((each) => each === wanted) ?? known.find((each) => foldKey(each) === foldKey(wanted));
    const next = key === undefined ? undefined : node.children?.get(key);
    if (key === undefined || next === undefined) return { value, node, keys, missing: path.slice(at) };
    // A key of its own, so it is there.
    value = (value as Readonly<Record<string, unknown>>)[key];
    node = next;
    keys.push(key);
  }
  return { value, node, keys, missing: [] };
}

/** A value with a token at a path, where there are maps or are none yet. */
function changedIn(
  value: unknown,
  [key, ...rest]: ConfigPath,
  token: string,
  prototype: object | null = null,
): unknown {
  if (key === undefined) return token;
  if (Array.isArray(value)) {
    const list: readonly unknown[] = value;
    return list.map((item, index) => (String(index) === key ? changedIn(item, rest, token, prototype) : item));
  }
  if (value !== null && value !== undefined && !isConfigMap(value)) return value;
  // As the parser made it, prototype included.
  const copy: unknown = Object.assign(Object.create(isConfigMap(value) ? prototypeOf(value) : prototype), value);
  Reflect.set(copy as object, key, changedIn(value?.[key], rest, token, prototype));
  return copy;
}

function prototypeOf(value: unknown): object | null {
  return typeof value === 'object' && value !== null ? (Object.getPrototypeOf(value) as object | null) : null;
}

const QUOTED = /"""[\s\S]*?"""|'''[\s\S]*?'''|"(?:[^"\\]|\\[\s\S])*"|'(?:[^']|'')*'/y;
const BARE = [/[^\r\n]*?(?=[ \t]*(?:[ \t]#[^\r\n]*)?(?:\r?\n|$))/y, /[^,\]}\r\n]*?(?=[ \t]*[,\]}])/y];
const EMPTY = /[^\r\n]*?:(?=[ \t]*(?:#[^\r\n]*)?(?:\r?\n|$))/y;

/** Where a value may stand in its text, the likeliest first. */
function* spans(text: string, node: PositionNode, current: string): Generator<Span, void, undefined> {
  const { offset, keyOffset } = node;
  for (const pattern of /["']/.test(text[offset] ?? '') ? [QUOTED] : BARE) {
    const length = lengthAt(pattern, text, offset);
    if (length > 0) yield { start: offset, end: offset + length, before: '', after: '' };
  }
  // In YAML a key may stand without a value.
  const length = keyOffset === undefined ? 0 : lengthAt(EMPTY, text, keyOffset);
  if (keyOffset !== undefined && length > 0) {
    const end = keyOffset + length;
    yield { start: end, end, before: ' ', after: '' };
  }
  const block = blockSpan(text, node, current);
  if (block !== undefined) yield block;
}

function lengthAt(pattern: RegExp, text: string, offset: number): number {
  pattern.lastIndex = offset;
  return pattern.exec(text)?.[0].length ?? 0;
}
