import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { PublicSuite } from './suite-case.js';

/** How the suite writes a value: its type, and its text. */
interface Tagged {
  readonly type: string;
  readonly value: string;
}

/** Has a TOML file for each case, and for those to accept a JSON file with the value. */
export const tomlSuite: PublicSuite = {
  repository: 'toml-lang/toml-test',
  extension: 'toml',
  // A file without a key says nothing.
  isSame: (ours, expected) => isSame(ours ?? {}, expected),
  async cases(folder) {
    const list = await readFile(join(folder, 'tests/files-toml-1.1.0'), 'utf8');
    const names = list.split('\n').filter((name) => name.endsWith('.toml'));
    return Promise.all(
      names.map(async (name) => {
        const bytes = await readFile(join(folder, 'tests', name));
        const id = name.slice(0, -'.toml'.length);
        if (name.startsWith('invalid/')) return { id, suite: 'refuse' as const, bytes };
        const json = await readFile(join(folder, 'tests', `${id}.json`), 'utf8');
        return { id, suite: 'accept' as const, bytes, value: JSON.parse(json) as unknown };
      }),
    );
  },
};

function isSame(ours: unknown, expected: unknown): boolean {
  if (isTagged(expected)) return isSameScalar(ours, expected);
  if (typeof ours !== 'object' || ours === null || typeof expected !== 'object' || expected === null) return false;
  if (Array.isArray(ours) !== Array.isArray(expected)) return false;
  const [mine, theirs] = [new Map<string, unknown>(Object.entries(ours)), Object.entries(expected)];
  return mine.size === theirs.length && theirs.every(([key, value]) => mine.has(key) && isSame(mine.get(key), value));
}

function isTagged(node: unknown): node is Tagged {
  if (typeof node !== 'object' || node === null || !('type' in node) || !('value' in node)) return false;
  return typeof node.type === 'string' && typeof node.value === 'string' && Object.keys(node).length === 2;
}

function isSameScalar(ours: unknown, { type, value }: Tagged): boolean {
  switch (type) {
    case 'string':
      return ours === value;
    case 'bool':
      return ours === (value === 'true');
    case 'integer':
      return (typeof ours === 'number' || typeof ours === 'bigint') && BigInt(ours) === BigInt(value);
    case 'float':
      return Object.is(ours, floatOf(value));
    default:
      // Dates and times are their text here.
      return typeof ours === 'string' && moment(ours) === moment(value);
  }
}

function floatOf(text: string): number {
  if (text === 'nan') return NaN;
  return text.endsWith('inf') ? (text.startsWith('-') ? -Infinity : Infinity) : Number(text);
}

/** Without what does not change the moment: zeros at the end of the fraction, and how the offset zero is written. */
function moment(text: string): string {
  return text
    .replace(/(\.\d*?)0+(?=[^\d]|$)/, '$1')
    .replace(/\.(?=[^\d]|$)/, '')
    .replace(/\+00:00$/, 'Z');
}
