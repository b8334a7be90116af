import fc from '../fast-check.js';
import { ConfigError } from '../../src/core/index.js';
import type { FileFormat } from '../../src/sources/file-format.js';
import { parseFileText, type ParsedFile } from '../../src/sources/file-parse.js';

/** Replaces a stretch of a text, given in thousandths of its length. */
export interface Edit {
  readonly at: number;
  readonly length: number;
  readonly text: string;
}

/** Edits that put one of the snippets anywhere. */
export function edits(snippets: readonly string[]): fc.Arbitrary<readonly Edit[]> {
  const edit = fc.record({
    at: fc.nat(1_000),
    length: fc.constantFrom(0, 0, 1, 1, 2, 5, 20),
    text: fc.constantFrom(...snippets),
  });
  return fc.array(edit, { minLength: 1, maxLength: 6 });
}

function edited(text: string, { at, length, text: put }: Edit): string {
  const start = Math.floor((text.length * at) / 1_000);
  return text.slice(0, start) + put + text.slice(start + length);
}

/**
 * Parses a text after each edit again and anew. Gives both outcomes of each: what the text holds and where, or the
 * error; and how often something was shared. What cannot be read is forgotten, as with a file.
 */
export async function parseAgainAndAnew(
  format: FileFormat,
  first: string,
  steps: readonly Edit[],
): Promise<{ readonly again: readonly unknown[]; readonly anew: readonly unknown[]; readonly shared: number }> {
  const [again, anew]: [unknown[], unknown[]] = [[], []];
  let text = first;
  let shared = 0;
  let before = await parseFileText('app', text, format);
  for (const step of steps) {
    const next = edited(text, step);
    const parsing = parseFileText('app', next, format, before);
    again.push(await outcomeOf(parsing));
    anew.push(await outcomeOf(parseFileText('app', next, format)));
    const good = await parsing.catch(() => undefined);
    if (good === undefined) continue;
    if (before.again(next) !== undefined) shared++;
    [text, before] = [next, good];
  }
  return { again, anew, shared };
}

async function outcomeOf(parsing: Promise<ParsedFile>): Promise<unknown> {
  try {
    const { tree, locate, locateKey } = await parsing;
    return { tree, places: pathsOf(tree, []).map((path) => [locate(path), locateKey(path)]) };
  } catch (error) {
    if (!ConfigError.is(error)) throw error;
    const { code, message, issues } = error;
    return { code, message, issues };
  }
}

function pathsOf(value: unknown, path: readonly string[]): (readonly string[])[] {
  if (typeof value !== 'object' || value === null) return [path];
  return [path, ...Object.entries(value).flatMap(([key, item]) => pathsOf(item, [...path, key]))];
}
