import type { ConfigPath } from '../../core/index.js';
import type { PositionNode } from './file-positions.js';

const [QUOTE, BACKSLASH, COMMA, OPEN_LIST, CLOSE_LIST, OPEN_MAP, CLOSE_MAP] = ['"', '\\', ',', '[', ']', '{', '}'].map(
  (sign) => sign.charCodeAt(0),
);
const SPACE = ' '.charCodeAt(0);

/**
 * The position of the value at a path in valid JSON, or of the nearest one above it that exists. Siblings of the path are
 * skipped, so that one position costs a fraction of all of them.
 */
export function locateJson(text: string, path: ConfigPath): PositionNode {
  let found: PositionNode = { offset: spaceEnd(text, 0) };
  for (const key of path) {
    const sign = text.charCodeAt(found.offset);
    const child =
      sign === OPEN_MAP
        ? inMap(text, found.offset, key)
        : sign === OPEN_LIST
          ? inList(text, found.offset, key)
          : undefined;
    if (child === undefined) break;
    found = child;
  }
  return found;
}

function inMap(text: string, start: number, key: string): PositionNode | undefined {
  let at = spaceEnd(text, start + 1);
  while (text.charCodeAt(at) === QUOTE) {
    const keyOffset = at;
    const end = textEnd(text, at);
    const offset = spaceEnd(text, text.indexOf(':', end) + 1);
    if (isKey(text, keyOffset, end, key)) return { offset, keyOffset };
    at = next(text, valueEnd(text, offset));
  }
  return undefined;
}

function inList(text: string, start: number, key: string): PositionNode | undefined {
  let at = spaceEnd(text, start + 1);
  for (let index = 0; text.charCodeAt(at) !== CLOSE_LIST; index++) {
    if (String(index) === key) return { offset: at };
    at = next(text, valueEnd(text, at));
  }
  return undefined;
}

function isKey(text: string, start: number, end: number, key: string): boolean {
  if (end - start === key.length + 2 && text.startsWith(key, start + 1)) return !key.includes('\\');
  const written = text.slice(start, end);
  return written.includes('\\') && JSON.parse(written) === key;
}

/** Past the comma, where there is one. */
function next(text: string, end: number): number {
  const at = spaceEnd(text, end);
  return text.charCodeAt(at) === COMMA ? spaceEnd(text, at + 1) : at;
}

function spaceEnd(text: string, start: number): number {
  let at = start;
  // Outside of strings, JSON has no other character as low as these.
  while (text.charCodeAt(at) <= SPACE) at++;
  return at;
}

function valueEnd(text: string, start: number): number {
  let depth = 0;
  for (let at = start; ;) {
    const sign = text.charCodeAt(at);
    if (sign === QUOTE) at = textEnd(text, at);
    else if (sign === OPEN_MAP || sign === OPEN_LIST) {
      depth++;
      at++;
    } else if (sign === CLOSE_MAP || sign === CLOSE_LIST) {
      depth--;
      at++;
    } else if (depth > 0) {
      at++;
      continue;
    } else {
      return scalarEnd(text, at);
    }
    if (depth === 0) return at;
  }
}

function scalarEnd(text: string, start: number): number {
  let at = start;
  for (; at < text.length; at++) {
    const sign = text.charCodeAt(at);
    if (sign <= SPACE || sign === COMMA || sign === CLOSE_MAP || sign === CLOSE_LIST) break;
  }
  return at;
}

function textEnd(text: string, start: number): number {
  for (let at = start + 1; ; at++) {
    at = text.indexOf('"', at);
    let escapes = 0;
    while (text.charCodeAt(at - 1 - escapes) === BACKSLASH) escapes++;
    if (escapes % 2 === 0) return at + 1;
  }
}
