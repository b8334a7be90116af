import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { PublicSuite, SuiteCase } from './suite-case.js';

const words: Readonly<Record<string, SuiteCase['suite']>> = { y: 'accept', n: 'refuse', i: 'either' };

/** Has a file for each case, and the first letter of its name is what a parser has to do. */
export const jsonSuite: PublicSuite = {
  repository: 'nst/JSONTestSuite',
  extension: 'json',
  isSame: (ours, expected) => isDeepStrictEqual(withPlainNumbers(ours), expected),
  async cases(folder) {
    const tests = join(folder, 'test_parsing');
    const names = (await readdir(tests)).filter((name) => name.endsWith('.json')).sort();
    return Promise.all(
      names.map(async (name) => {
        const bytes = await readFile(join(tests, name));
        const suite = words[name.charAt(0)];
        if (suite === undefined) throw new Error(`${name} does not say what is expected`);
        // The suite has no values; Node's parser is known to conform.
        const value = suite === 'accept' ? { value: JSON.parse(bytes.toString()) as unknown } : {};
        return { id: name.slice(0, -'.json'.length), suite, bytes, ...value };
      }),
    );
  },
};

/** Large numbers are kept to the last digit here, and rounded there. */
function withPlainNumbers(value: unknown): unknown {
  if (typeof value === 'bigint') return Number(value);
  if (Array.isArray(value)) return value.map(withPlainNumbers);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, withPlainNumbers(item)]));
}
