import { isDeepStrictEqual } from 'node:util';
import { foldKey, isConfigMap, type ConfigPath } from '../../core/index.js';
import { formatByExtension, type PositionNode } from '../../sources/index.js';
import { blockSpan, type Span } from './block-span.js';
import type { ValueText } from './value-text.js';

/** A value in the text of a YAML, JSON or TOML file, or why it cannot be changed. */
export async function treeText(file: string, text: string, path: ConfigPath): Promise<ValueText | string> {
  const format = formatByExtension(file);
  if (format === undefined) return 'its ending is none of YAML, JSON and TOML, and its name does not begin with .env';
  const parsed = await Promise.resolve(text)
    .then((each) => format.parse(each))
    // The parser's words may quote a secret; "validate" tells what is wrong with the file.
    .catch(() => undefined);
  if (parsed === undefined) return `it is not valid ${format.name}`;
  const found = find(parsed.root, parsed.positions(), path);
  if (found === undefined) return 'there is nothing at the path';
  const { value, node, keys } = found;
  if (isConfigMap(value) || Array.isArray(value)) return 'there is more than a single value at the path';
  const current =
    typeof value === 'string' ? value : value === null || value === undefined ? '' : JSON.stringify(value);
  return {
    offset: node.keyOffset ?? node.offset,
    current,
    async with(token) {
      const wanted = replacedIn(parsed.root, keys, token);
      for (const { start, end, before, after } of spans(text, node, current)) {
        const changed = `${text.slice(0, start)}${before}"${token}"${after}${text.slice(end)}`;
        // Where a value ends is a guess; that everything else means what it meant is none.
        const root = await Promise.resolve(changed)
          .then(async (each) => (await format.parse(each)).root)
          .catch(() => undefined);
        if (isDeepStrictEqual(root, wanted)) return changed;
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
}

function find(root: unknown, position: PositionNode, path: ConfigPath): Found | undefined {
  let [value, node]: [unknown, PositionNode | undefined] = [root, position];
  const keys: string[] = [];
  for (const wanted of path) {
    const known = typeof value === 'object' && value !== null ? Object.keys(value) : [];
    const key = known.find((each) => each === wanted) ?? known.find((each) => foldKey(each) === foldKey(wanted));
    if (key === undefined) return undefined;
    // A key of its own, so it is there.
    value = (value as Readonly<Record<string, unknown>>)[key];
    node = node?.children?.get(key);
    keys.push(key);
  }
  return node && { value, node, keys };
}

function replacedIn(value: unknown, [key, ...rest]: ConfigPath, token: string): unknown {
  if (key === undefined) return token;
  if (Array.isArray(value)) {
    const list: readonly unknown[] = value;
    return list.map((item, index) => (String(index) === key ? replacedIn(item, rest, token) : item));
  }
  if (!isConfigMap(value)) return value;
  // As the parser made it, prototype included.
  const copy: unknown = Object.assign(Object.create(Object.getPrototypeOf(value) as object | null), value);
  Reflect.set(copy as object, key, replacedIn(value[key], rest, token));
  return copy;
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
