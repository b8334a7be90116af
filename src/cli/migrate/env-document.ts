import { type ConfigMap, type ConfigPath, foldKey, formatPath, isConfigMap, sameValue } from '../../core/index.js';
import { edited, spelled, valueAt } from '../../runtime/index.js';
import { lineStarts, parseEnvFile, readEnvFileLines, type TextSpan } from '../../sources/index.js';
import { ASSIGNED, BARE, lengthAt, lineEnd, lineStart, QUOTED } from '../secrets/index.js';
import type { ChangeableDocument } from './migrate-text.js';
import { TextRefusal, type TextChange } from './tree-text.js';

/** How variables are named: `APP_` and `__`. */
export interface VariableNames {
  readonly prefix: string;
  readonly separator: string;
}

interface Assignment {
  readonly name: string;
  readonly path: ConfigPath;
  readonly key: TextSpan;
  readonly value: TextSpan;
}

/** An environment file as a tree, whose keys are the words of its names; numbers and booleans are what they look like. */
export class EnvDocument implements ChangeableDocument {
  readonly #names: VariableNames;
  #text: string;
  #variables: ReadonlyMap<string, string>;

  private constructor(names: VariableNames, text: string, variables: ReadonlyMap<string, string>) {
    this.#names = names;
    this.#text = text;
    this.#variables = variables;
  }

  /** `undefined` for a text that is no environment file. */
  public static async parse(text: string, names: VariableNames): Promise<EnvDocument | undefined> {
    const variables = await variablesOf(text);
    return variables && new EnvDocument(names, text, variables);
  }

  public get text(): string {
    return this.#text;
  }

  public get tree(): ConfigMap {
    let tree: ConfigMap = {};
    for (const { path, name } of this.#assignments()) {
      // A value in the way of others is no group of settings.
      if (path.some((_, depth) => depth > 0 && !isGroup(valueAt(tree, path.slice(0, depth))))) continue;
      tree = edited(tree, { from: [], to: [{ path, value: valueOf(this.#variables.get(name) ?? '') }] });
    }
    return tree;
  }

  public async apply(change: TextChange): Promise<void> {
    const { tree } = this;
    if (change.kind === 'set' && sameValue(valueAt(tree, spelled(tree, change.path) ?? []), change.value)) return;
    const { text, variables } = this.#changed(change);
    const now = await variablesOf(text);
    if (now === undefined || !sameValue(Object.fromEntries(now), Object.fromEntries(variables))) {
      throw this.#refusal(change.kind === 'move' ? change.from : change.path);
    }
    this.#text = text;
    this.#variables = now;
  }

  #changed(change: TextChange): { readonly text: string; readonly variables: ReadonlyMap<string, string> } {
    const at = change.kind === 'move' ? change.from : change.path;
    const found = this.#assignments().filter(({ path }) => isBelow(path, at));
    const variables = new Map(this.#variables);
    const pieces: (TextSpan & { readonly by: string })[] = [];
    const written = 'value' in change ? textOf(change.value) : undefined;
    if ('value' in change && (written === undefined || found.some(({ path }) => path.length > at.length))) {
      throw this.#refusal(at);
    }
    for (const { name, path, key, value } of found) {
      if (change.kind === 'move') {
        const to = this.#nameOf([...change.to, ...path.slice(at.length)]);
        variables.set(to, variables.get(name) ?? this.#variables.get(name) ?? '');
        variables.delete(name);
        pieces.push({ ...key, by: to });
      } else if (change.kind === 'remove') {
        variables.delete(name);
        pieces.push(this.#line(key, value));
      } else {
        variables.set(name, written ?? '');
        pieces.push({ ...value, by: quoted(written ?? '', this.#text.slice(value.start, value.end)) });
      }
    }
    if (change.kind === 'insert' && found.length === 0) {
      const name = this.#nameOf(at);
      variables.set(name, written ?? '');
      pieces.push(this.#newLine(`${name}=${quoted(written ?? '', '')}`, at, change.after));
    }
    let text = this.#text;
    for (const { start, end, by } of pieces.toReversed()) text = text.slice(0, start) + by + text.slice(end);
    return { text, variables };
  }

  #newLine(line: string, path: ConfigPath, after: string | undefined): TextSpan & { readonly by: string } {
    const text = this.#text;
    const beside = [...path.slice(0, -1), after ?? ''];
    const sibling = this.#assignments().findLast((each) => isBelow(each.path, beside));
    const eol = lineEnd(text);
    if (sibling === undefined) {
      const gap = text === '' || text.endsWith('\n') ? '' : eol;
      return { start: text.length, end: text.length, by: `${gap}${line}${eol}` };
    }
    const stop = stopOf(text, sibling.value.end);
    const start = lineStart(text, sibling.key.start);
    return { start: stop, end: stop, by: `${eol}${text.slice(start, sibling.key.start)}${line}` };
  }

  /** The lines of a variable; a comment behind it stays. */
  #line(key: TextSpan, value: TextSpan): TextSpan & { readonly by: string } {
    const text = this.#text;
    const start = lineStart(text, key.start);
    const stop = stopOf(text, value.end);
    const comment = /#.*$/.exec(text.slice(value.end, stop))?.[0];
    if (comment !== undefined) return { start, end: stop, by: comment };
    return { start, end: Math.min(stop + (text.startsWith('\r\n', stop) ? 2 : 1), text.length), by: '' };
  }

  #nameOf(path: ConfigPath): string {
    const { prefix, separator } = this.#names;
    return prefix + path.map(upper).join(separator);
  }

  #assignments(): readonly Assignment[] {
    const text = this.#text;
    const starts = lineStarts(text);
    const { prefix, separator } = this.#names;
    return readEnvFileLines(text).keys.flatMap(({ name, line, column }) => {
      if (!name.startsWith(prefix)) return [];
      const start = (starts[line - 1] ?? 0) + column - 1;
      const from = start + lengthAt(ASSIGNED, text, start);
      const end = from + (lengthAt(QUOTED, text, from) || lengthAt(BARE, text, from));
      const path = name.slice(prefix.length).split(separator).map(camelCase);
      return [{ name, path, key: { start, end: start + name.length }, value: { start: from, end } }];
    });
  }

  #refusal(path: ConfigPath): TextRefusal {
    const line = this.#assignments().find((each) => isBelow(each.path, path));
    const before = this.#text.slice(0, line?.key.start ?? 0).split('\n');
    return new TextRefusal(
      `${formatPath(path)} cannot be changed without changing something else`,
      'Write it by hand.',
      { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 },
    );
  }
}

async function variablesOf(text: string): Promise<ReadonlyMap<string, string> | undefined> {
  try {
    const { variables } = await parseEnvFile({ fileName: '.env', path: '.env', text });
    return new Map(variables.map(({ name, text: value }) => [name, value]));
  } catch {
    // What reads the file says what is wrong with it.
    return undefined;
  }
}

function isGroup(value: unknown): boolean {
  return value === undefined || isConfigMap(value);
}

function isBelow(path: ConfigPath, above: ConfigPath): boolean {
  return above.every((key, depth) => path[depth] !== undefined && foldKey(path[depth]) === foldKey(key));
}

function valueOf(text: string): unknown {
  if (/^-?(?:0|[1-9]\d{0,14})(?:\.\d{1,6})?$/.test(text)) return Number(text);
  return text === 'true' || (text === 'false' ? false : text);
}

function textOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean' || typeof value === 'bigint') return String(value);
  return value === null || typeof value !== 'object' ? undefined : JSON.stringify(value);
}

/** In the quotes that were there, or in those that it needs. */
function quoted(text: string, like: string): string {
  const sign = /^(["'`])[\s\S]*\1$/.exec(like)?.[1];
  const isBare = /^[\w.:/@+,-]*$/.test(text);
  if (sign === undefined && isBare) return text;
  const usable = [sign, "'", '"', '`'].find((each) => each !== undefined && !text.includes(each));
  return usable === undefined ? text : `${usable}${text}${usable}`;
}

function camelCase(segment: string): string {
  if (segment !== segment.toUpperCase()) return segment;
  return segment.toLowerCase().replace(/_+([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}

function upper(key: string): string {
  return key
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .replaceAll('-', '_')
    .toUpperCase();
}

function stopOf(text: string, offset: number): number {
  const found = text.indexOf('\n', offset);
  const stop = found === -1 ? text.length : found;
  return text[stop - 1] === '\r' && stop > offset ? stop - 1 : stop;
}
