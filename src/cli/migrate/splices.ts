import { type ConfigMap, type ConfigPath, isConfigMap } from '../../core/index.js';
import type { PositionNode, TextSpan } from '../../sources/index.js';
import { valueAt } from '../../runtime/index.js';
import { blockSpan, lineEnd, lineStart, tomlKey, withInserted } from '../secrets/index.js';
import { rendered, renderedKey } from './render.js';

export interface SpliceStart {
  readonly format: string;
  readonly text: string;
  readonly tree: ConfigMap;
  readonly root: PositionNode;
}

// Guesses of how a text has to be changed, the likeliest first: each leaves everything else as it is. That one means what
// it should is for the caller to see.

type Guesses = Generator<string, void, undefined>;

interface Piece extends TextSpan {
  readonly by: string;
}

/** A text with other pieces in place of some of its own. */
function spliced(text: string, pieces: readonly Piece[]): string {
  let made = text;
  for (const { start, end, by } of pieces.toSorted((one, other) => other.start - one.start)) {
    made = made.slice(0, start) + by + made.slice(end);
  }
  return made;
}

function nodeAt(root: PositionNode, path: ConfigPath): PositionNode | undefined {
  let node: PositionNode | undefined = root;
  for (const key of path) node = node?.children?.get(key);
  return node;
}

/** Another key in the same map. */
export function* renamed({ text, format, root }: SpliceStart, path: ConfigPath, key: string): Guesses {
  const spans = nodeAt(root, path)?.keys ?? [];
  if (spans.length === 0) return;
  yield spliced(
    text,
    spans.map(({ start, end }) => ({ start, end, by: renderedKey(format, key, text.slice(start, end)) })),
  );
}

/** Another value in the same place; in a map of its own where it is shared with others. */
export function* replaced(start: SpliceStart, path: ConfigPath, value: unknown): Guesses {
  const { text, format, root, tree } = start;
  const node = nodeAt(root, path);
  if (node === undefined) return;
  const before = valueAt(tree, path);
  const block = blockSpan(text, node, typeof before === 'string' ? before : '');
  const span = block ?? (node.end === undefined ? undefined : { start: node.offset, end: node.end, after: '' });
  for (const written of rendered(format, value, span && text.slice(span.start, span.end))) {
    if (span !== undefined) yield spliced(text, [{ ...span, by: `${written}${span.after}` }]);
  }
  yield* inserted(start, path, value, undefined);
}

export function* inserted(
  start: SpliceStart,
  path: ConfigPath,
  value: unknown,
  after: string | undefined,
  like?: ConfigPath,
): Guesses {
  const { text, format, root, tree } = start;
  const old = like && nodeAt(root, like);
  const raw = old?.end === undefined ? [] : [text.slice(old.offset, old.end)];
  for (const written of [...raw, ...rendered(format, value)]) {
    if (after !== undefined) yield* insertedBehind(start, path, written, after);
    let depth = 0;
    while (depth < path.length - 1 && isConfigMap(valueAt(tree, path.slice(0, depth + 1)))) depth++;
    const keys = path.slice(0, depth);
    const node = nodeAt(root, keys);
    const gap = { format, text, value: depth === 0 ? tree : valueAt(tree, keys), keys, missing: path.slice(depth) };
    if (node !== undefined) yield* withInserted({ ...gap, node }, written);
  }
}

function* insertedBehind(
  { text, format, root }: SpliceStart,
  path: ConfigPath,
  written: string,
  after: string,
): Guesses {
  const sibling = nodeAt(root, [...path.slice(0, -1), after]);
  if (sibling?.end === undefined || sibling.keyOffset === undefined) return;
  const { end, keyOffset } = sibling;
  const key = renderedKey(format, path.at(-1) ?? '', text.slice(keyOffset, keyOffset + 1));
  const pair = `${key}${format === 'TOML' ? ' =' : ':'} ${written}`;
  const indent = indentOf(text, keyOffset);
  const [eol, stop] = [lineEnd(text), stopOfLine(text, end)];
  if (indent !== undefined) {
    const rest = text.slice(end, stop);
    // A line of JSON ends with its comma; the last one gets one.
    if (format.startsWith('JSON') && /^\s*,\s*(?:\/\/.*|\/\*.*\*\/\s*)?$/.test(rest)) {
      yield spliced(text, [{ start: stop, end: stop, by: `${eol}${indent}${pair},` }]);
    }
    if (format.startsWith('JSON') && /^\s*(?:\/\/.*)?$/.test(rest)) {
      yield spliced(text, [
        { start: end, end, by: ',' },
        { start: stop, end: stop, by: `${eol}${indent}${pair}` },
      ]);
    }
    if (/^[ \t]*(?:#.*)?$/.test(rest) || text[end - 1] === '\n') {
      yield spliced(text, [{ start: stop, end: stop, by: `${eol}${indent}${pair}` }]);
    }
  }
  yield spliced(text, [{ start: end, end, by: `, ${pair}` }]);
}

/** What stands before a key in its line, as blanks; `undefined` where a bracket or another key does. */
function indentOf(text: string, keyOffset: number): string | undefined {
  const before = text.slice(lineStart(text, keyOffset), keyOffset);
  return /^[ \t]*(?:-[ \t]+)*$/.test(before) ? before.replaceAll('-', ' ') : undefined;
}

/** Where the line of an offset ends, before its line break. */
function stopOfLine(text: string, offset: number): number {
  const found = text.indexOf('\n', offset);
  const stop = found === -1 ? text.length : found;
  return text[stop - 1] === '\r' && stop > offset ? stop - 1 : stop;
}

/**
 * Nothing in a place any more, and no map above that would be empty. Comments around it stay.
 *
 * @param withComments whether those go that belong to it, because they have been copied elsewhere
 */
export function* removed(start: SpliceStart, path: ConfigPath, withComments: boolean): Guesses {
  const { text, format, root, tree } = start;
  let depth = path.length;
  while (depth > 1 && holdsOne(tree, path.slice(0, depth - 1))) depth--;
  const whole = path.slice(0, depth);
  const node = nodeAt(root, whole);
  if (node === undefined) return;
  if (format === 'TOML') {
    const statements = statementsOf(node);
    if (statements.length > 0)
      yield spliced(
        text,
        statements.map((span) => lineOf(text, span, withComments ? 'all' : 'none')),
      );
  }
  const first = node.keys?.[0];
  if (first === undefined) return;
  const stop = node.end ?? first.end + (/^\s*:/.exec(text.slice(first.end))?.[0].length ?? 0);
  const end = Math.max(stop, first.end);
  if (format === 'YAML') {
    const copied = depth === path.length ? 'all' : 'behind';
    yield spliced(text, [lineOf(text, { start: first.start, end }, withComments ? copied : 'none')]);
    const next = nextKey(nodeAt(root, whole.slice(0, -1)), first.start);
    if (next !== undefined) yield spliced(text, [{ start: first.start, end: next, by: '' }]);
  }
  yield* removedItem(text, { start: first.start, end });
}

function holdsOne(tree: ConfigMap, path: ConfigPath): boolean {
  const value = valueAt(tree, path);
  return isConfigMap(value) && Object.keys(value).length === 1;
}

function nextKey(map: PositionNode | undefined, from: number): number | undefined {
  const starts = [...(map?.children?.values() ?? [])].flatMap(({ keyOffset }) => keyOffset ?? []);
  const later = starts.filter((start) => start > from);
  return later.length === 0 ? undefined : Math.min(...later);
}

function statementsOf(node: PositionNode): readonly TextSpan[] {
  return [...(node.statements ?? []), ...[...(node.children?.values() ?? [])].flatMap(statementsOf)];
}

/** The lines of an entry; the comment behind it stays, unless it has been copied, as those above it have. */
function lineOf(text: string, { start, end }: TextSpan, copied: 'none' | 'behind' | 'all'): Piece {
  const from = lineStart(text, start);
  const stop = stopOfLine(text, end);
  const comment = /^[ \t]*(#.*)$/.exec(text.slice(end, stop))?.[1];
  if (comment !== undefined && copied === 'none') {
    const indent = /^[ \t]*/.exec(text.slice(from, start))?.[0] ?? '';
    return { start: from, end: stop, by: `${indent}${comment}` };
  }
  const after = text.startsWith('\r\n', stop) ? stop + 2 : Math.min(stop + 1, text.length);
  return { start: copied === 'all' ? commentsAbove(text, from) : from, end: after, by: '' };
}

/** Where the comments begin that stand right above a line, as far in as it; those at the head of the file are the file's. */
function commentsAbove(text: string, line: number): number {
  const indent = /^[ \t]*/.exec(text.slice(line))?.[0] ?? '';
  let start = line;
  while (start > 0) {
    const before = lineStart(text, start - 1);
    const content = text.slice(before, start);
    if (!content.startsWith(`${indent}#`)) return start;
    start = before;
  }
  return line;
}

/** An item of what is in brackets, and its comma. */
function* removedItem(text: string, { start, end }: TextSpan): Guesses {
  const after = /^(?:\s|\/\*[\s\S]*?\*\/|\/\/.*|#.*\n)*?,/.exec(text.slice(end))?.[0];
  const from = lineStart(text, start);
  const isLine = text.slice(from, start).trim() === '';
  if (after !== undefined) {
    const stop = end + after.length;
    const rest = text.slice(stop, stopOfLine(text, stop));
    // A comment behind it stays.
    if (isLine && rest.trim() === '' && !/[/#]/.test(after)) {
      yield spliced(text, [
        { start: from, end: Math.min(stopOfLine(text, stop) + lineEnd(text).length, text.length), by: '' },
      ]);
    }
    const gap = rest.trim() === '' ? '' : (/^[ \t]*/.exec(rest)?.[0] ?? '');
    yield spliced(text, [{ start, end: stop + gap.length, by: after.slice(0, -1).trim() }]);
  }
  const before = /,((?:\s|\/\*[^*]*\*\/)*)$/.exec(text.slice(0, start));
  if (before !== null) {
    const comments = before[1] ?? '';
    yield spliced(text, [{ start: before.index, end, by: comments.includes('/') ? comments.trimEnd() : '' }]);
  }
  // The comma before it stands ahead of a comment of its line.
  const comma = commaBefore(text, start);
  if (comma !== undefined) {
    const rest = { start: isLine ? Math.max(from - lineEnd(text).length, comma + 1) : start, end, by: '' };
    yield spliced(text, [{ start: comma, end: comma + 1, by: '' }, rest]);
  }
  yield spliced(text, [{ start, end, by: '' }]);
}

function commaBefore(text: string, offset: number): number | undefined {
  const found = /,(?:\s|\/\*(?:(?!\*\/)[\s\S])*\*\/|\/\/[^\n]*\n|#[^\n]*\n)*$/.exec(text.slice(0, offset));
  return found?.index;
}

/** A value in another map: in place, where only the path to it is longer; or a copy of its lines there. */
export function* moved(start: SpliceStart, from: ConfigPath, to: ConfigPath, how: 'in place' | 'copy'): Guesses {
  const { text, format, root, tree } = start;
  const node = nodeAt(root, from);
  const key = node?.keys?.[0];
  if (node === undefined || key === undefined) return;
  const isBelow = from.slice(0, -1).every((one, at) => to[at] === one) && to.length > from.length;
  const isLines = format === 'YAML' && !isFlow(text, nodeAt(root, from.slice(0, -1)));
  const end = node.end ?? text.indexOf(':', key.end) + 1;
  if (how === 'in place') {
    if (format === 'TOML') yield* retitled(start, node, to);
    if (!isBelow) return;
    const path = to.slice(from.length - 1);
    if (format === 'TOML') yield spliced(text, [{ ...key, by: path.map(tomlKey).join('.') }]);
    const indent = isLines ? indentOf(text, key.start) : undefined;
    if (indent !== undefined) {
      const lines = entryLines(text, key, end, format, path.at(-1) ?? '', 0);
      yield spliced(text, [{ ...lines, by: nested(lines.by, path.slice(0, -1), indent, lineEnd(text), format) }]);
    } else if (format !== 'TOML') {
      const last = path.at(-1) ?? '';
      const inner = `${renderedKey(format, last, text.slice(key.start, key.end))}${text.slice(key.end, end)}`;
      const by = path.slice(0, -1).reduceRight((pair, each) => `${renderedKey(format, each)}: { ${pair} }`, inner);
      yield spliced(text, [{ start: key.start, end, by }]);
    }
    return;
  }
  let depth = 0;
  while (depth < to.length - 1 && isConfigMap(valueAt(tree, to.slice(0, depth + 1)))) depth++;
  const parent = nodeAt(root, to.slice(0, depth));
  if (parent === undefined || isFlow(text, parent)) return;
  if (isLines) yield* copiedLines(start, { key, end, parent, missing: to.slice(depth) });
  if (format === 'TOML' && node.statements?.length === 1 && node.end !== undefined) {
    const lines = entryLines(text, key, end, format, '', 0);
    const pair = lines.by.replace(/[ \t]*$/, '');
    const name = to.slice(depth).map(tomlKey).join('.');
    const above = text.slice(commentsAbove(text, lines.start), lines.start);
    const own = `${above}${name}${pair.slice(pair.indexOf(text.slice(key.end, end)))}`;
    const last = lastOf(parent, text);
    if (last !== undefined) yield spliced(text, [{ start: last, end: last, by: `${lineEnd(text)}${own}` }]);
    if (depth === 0) yield `${own}${lineEnd(text)}${text}`;
  }
}

function isFlow(text: string, node: PositionNode | undefined): boolean {
  return node !== undefined && text[node.offset] === '{';
}

/** Tables of TOML whose headers say the whole path. */
function* retitled({ text }: SpliceStart, { keys = [] }: PositionNode, to: ConfigPath): Guesses {
  const pieces = keys.flatMap(({ start, end }): readonly Piece[] => {
    const line = lineStart(text, start);
    const open = /^[ \t]*\[\[?[ \t]*/.exec(text.slice(line, start))?.[0];
    return open === undefined ? [] : [{ start: line + open.length, end, by: to.map(tomlKey).join('.') }];
  });
  if (pieces.length === keys.length) yield spliced(text, pieces);
}

function entryLines(text: string, key: TextSpan, end: number, format: string, name: string, shift: number): Piece {
  const start = lineStart(text, key.start);
  const stop = stopOfLine(text, end);
  const written = name === '' ? '' : renderedKey(format, name, text.slice(key.start, key.end));
  const lines = `${text.slice(start, key.start)}${written}${text.slice(key.end, stop)}`;
  return { start, end: stop, by: shifted(lines, shift) };
}

function shifted(lines: string, by: number): string {
  return lines
    .split('\n')
    .map((line) => {
      if (line.trim() === '') return line;
      return by >= 0 ? ' '.repeat(by) + line : line.slice(Math.min(-by, line.length - line.trimStart().length));
    })
    .join('\n');
}

function nested(lines: string, keys: ConfigPath, indent: string, eol: string, format: string): string {
  const heads = keys.map((key, depth) => `${indent}${'  '.repeat(depth)}${renderedKey(format, key)}:${eol}`);
  return heads.join('') + shifted(lines, keys.length * 2);
}

interface Copy {
  readonly key: TextSpan;
  readonly end: number;
  /** The map that is there, and the keys that are missing in it. */
  readonly parent: PositionNode;
  readonly missing: ConfigPath;
}

/** At the end of the other map, and with the comments that belong to it. */
function* copiedLines({ text, format }: SpliceStart, { key, end, parent, missing }: Copy): Guesses {
  const indent = indentOf(text, key.start);
  const first = [...(parent.children?.values() ?? [])].find(({ keyOffset }) => keyOffset !== undefined);
  const target = first?.keyOffset === undefined ? undefined : indentOf(text, first.keyOffset);
  const last = lastOf(parent, text);
  if (indent === undefined || target === undefined || last === undefined) return;
  const eol = lineEnd(text);
  const entry = entryLines(text, key, end, format, missing.at(-1) ?? '', 0);
  const lines = `${text.slice(commentsAbove(text, entry.start), entry.start)}${entry.by}`;
  const moved = nested(shifted(lines, target.length - indent.length), missing.slice(0, -1), target, eol, format);
  yield spliced(text, [{ start: last, end: last, by: `${eol}${moved}` }]);
}

/** The end of the line of the last entry of a map. */
function lastOf(map: PositionNode, text: string): number | undefined {
  const ends = [...(map.children?.values() ?? [])].flatMap(
    ({ end, statements, keys }) => end ?? statements?.[0]?.end ?? keys?.[0]?.end ?? [],
  );
  const own = map.statements?.[0]?.end;
  // Tables below one follow it.
  const pairs = [...(map.children?.values() ?? [])].flatMap(({ end }) => end ?? []);
  const last = own === undefined ? Math.max(...ends) : Math.max(own, ...pairs);
  return Number.isFinite(last) ? stopOfLine(text, last) : undefined;
}
