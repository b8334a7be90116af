import { isConfigMap, type ConfigPath } from '../../core/index.js';
import type { PositionNode } from '../../sources/index.js';

/** A map in a text, below which a value is missing. */
export interface Gap {
  /** Of the file: `YAML`, `TOML`, or one of JSON. */
  readonly format: string;
  readonly text: string;
  /** The map that is there, or nothing in its place. */
  readonly value: unknown;
  readonly node: PositionNode;
  /** The path of the map, as the file spells it. */
  readonly keys: ConfigPath;
  /** The keys that are missing below it. */
  readonly missing: ConfigPath;
}

/**
 * The text with a value in the gap, as one would write it, the likeliest first. Whether the text still means what it did
 * is for the caller to see: these are guesses.
 *
 * @param written as the format writes it in one line
 */
export function* withInserted(gap: Gap, written: string): Generator<string, void, undefined> {
  const { format, text, value, node } = gap;
  if (format === 'YAML') yield* yamlGuesses(gap, written);
  if (format === 'TOML') yield* tomlGuesses(gap, written);
  const pair = inline(gap, written);
  const first = firstChild(node);
  if (first !== undefined) {
    const indent = text.slice(lineStart(text, first), first);
    const isAlone = format !== 'YAML' && format !== 'TOML' && indent.trim() === '' && first !== 0;
    yield inserted(text, first, isAlone ? `${pair},${lineEnd(text)}${indent}` : `${pair}, `);
  } else if (isConfigMap(value) && text[node.offset] === '{') {
    yield inserted(text, node.offset + 1, ` ${pair} `);
  }
}

function* yamlGuesses(gap: Gap, value: string): Generator<string, void, undefined> {
  const { text, node, keys, missing } = gap;
  const eol = lineEnd(text);
  const block = (indent: string): string =>
    missing
      .map((key, depth) => `${indent}${'  '.repeat(depth)}${yamlKey(key)}:`)
      .join(eol)
      .concat(` ${value}`);
  if (keys.length === 0) yield `${text}${text === '' || text.endsWith('\n') ? '' : eol}${block('')}${eol}`;
  const first = firstChild(node);
  const indent = first === undefined ? undefined : text.slice(lineStart(text, first), first);
  if (node.keyOffset !== undefined) {
    const column = node.keyOffset - lineStart(text, node.keyOffset);
    const isBlock = indent?.trim() === '' && lineStart(text, first ?? 0) > node.keyOffset;
    if (first === undefined || isBlock) {
      yield afterLine(text, node.keyOffset, block(isBlock ? indent : ' '.repeat(column + 2)));
    }
  }
  // The first item of a list stands in the line of its dash.
  if (first !== undefined) {
    const column = ' '.repeat(first - lineStart(text, first));
    yield inserted(text, first, `${block(column).trimStart()}${eol}${column}`);
  }
}

function* tomlGuesses(gap: Gap, value: string): Generator<string, void, undefined> {
  const { text, node, keys, missing } = gap;
  const eol = lineEnd(text);
  if (keys.length > 0) {
    if (node.keyOffset !== undefined) yield afterLine(text, node.keyOffset, inline(gap, value));
    // One that has only tables below it.
    const header = `[${[...keys, ...missing.slice(0, -1)].map(tomlKey).join('.')}]${eol}`;
    const own = `${header}${tomlKey(missing.at(-1) ?? '')} = ${value}${eol}${eol}`;
    const line = lineStart(text, node.keyOffset ?? 0);
    if (/^[ \t]*\[/.test(text.slice(line, node.keyOffset))) yield inserted(text, line, own);
    // A table that is written as dotted keys alone.
    const whole = `${[...keys, ...missing].map(tomlKey).join('.')} = ${value}${eol}`;
    yield inserted(text, lineStart(text, firstChild(node) ?? 0), whole);
    return;
  }
  const [table, key = ''] = [missing.slice(0, -1), missing.at(-1)];
  if (table.length === 0) yield `${inline(gap, value)}${eol}${text}`;
  else {
    const gapLine = text === '' ? '' : `${text.endsWith('\n') ? '' : eol}${eol}`;
    yield `${text}${gapLine}[${table.map(tomlKey).join('.')}]${eol}${tomlKey(key)} = ${value}${eol}`;
  }
}

function inline({ format, missing }: Gap, value: string): string {
  if (format === 'TOML') return `${missing.map(tomlKey).join('.')} = ${value}`;
  const keyOf = format === 'YAML' ? yamlKey : (key: string): string => JSON.stringify(key);
  const [last = '', ...outer] = missing.toReversed();
  return outer.reduce((inner, key) => `${keyOf(key)}: { ${inner} }`, `${keyOf(last)}: ${value}`);
}

export function yamlKey(key: string): string {
  return /^[$A-Za-z][\w-]*$/.test(key) ? key : JSON.stringify(key);
}

export function tomlKey(key: string): string {
  return /^[\w-]+$/.test(key) ? key : JSON.stringify(key);
}

/** What is merged into a map is written ahead of it. */
function firstChild({ offset, children }: PositionNode): number | undefined {
  const offsets = [...(children?.values() ?? [])]
    .flatMap(({ keyOffset }) => keyOffset ?? [])
    .filter((at) => at >= offset);
  return offsets.length === 0 ? undefined : Math.min(...offsets);
}

function inserted(text: string, at: number, piece: string): string {
  return text.slice(0, at) + piece + text.slice(at);
}

function afterLine(text: string, offset: number, line: string): string {
  const end = text.indexOf('\n', offset);
  return end < 0
    ? `${text}${lineEnd(text)}${line}${lineEnd(text)}`
    : inserted(text, end + 1, `${line}${lineEnd(text)}`);
}

export function lineStart(text: string, offset: number): number {
  return text.lastIndexOf('\n', offset - 1) + 1;
}

export function lineEnd(text: string): string {
  return text.includes('\r\n') ? '\r\n' : '\n';
}
