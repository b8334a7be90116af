import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { load } from 'js-yaml';
import { jsonSuite } from './json-suite.js';
import type { PublicSuite, SuiteCase } from './suite-case.js';

/** A test as the suite's own files have it; what a later one of a file leaves out is as in the one before. */
interface Test {
  readonly skip?: boolean;
  readonly fail?: boolean;
  readonly yaml?: string;
  readonly json?: string | null;
}

/** Has a YAML file for each case, or for several that belong together. */
export const yamlSuite: PublicSuite = {
  repository: 'yaml/yaml-test-suite',
  extension: 'yaml',
  isSame: (ours, expected) => jsonSuite.isSame(ours ?? null, expected),
  async cases(folder) {
    const names = (await readdir(join(folder, 'src'))).filter((name) => name.endsWith('.yaml')).sort();
    const files = await Promise.all(
      names.map(async (name) =>
        casesOf(name.slice(0, -'.yaml'.length), await readFile(join(folder, 'src', name), 'utf8')),
      ),
    );
    return files.flat();
  },
};

function casesOf(id: string, text: string): readonly SuiteCase[] {
  // The format of the suite's own files.
  const tests = load(text) as readonly Test[];
  if (tests[0]?.skip === true) return [];
  let last: Test = {};
  return tests.map((test, index) => {
    last = { ...last, ...test, fail: 'fail' in test };
    const { yaml = '', fail = false, json } = last;
    return {
      id: tests.length === 1 ? id : `${id}-${String(index).padStart(2, '0')}`,
      suite: fail ? ('refuse' as const) : ('accept' as const),
      bytes: Buffer.from(withInvisible(yaml)),
      ...(!fail && json !== undefined && json !== null && valueOf(withInvisible(json))),
    };
  });
}

/** Several documents have several values; there is no one value to compare with then. */
function valueOf(json: string): { readonly value: unknown } | undefined {
  try {
    return { value: JSON.parse(json) as unknown };
  } catch {
    return undefined;
  }
}

/** Puts the characters that the suite shows by others. */
function withInvisible(text: string): string {
  return text
    .replaceAll('␣', ' ')
    .replaceAll(/—*»/g, '\t')
    .replaceAll('←', '\r')
    .replaceAll('⇔', '\uFEFF')
    .replaceAll('↵', '')
    .replace(/∎\n$/, '');
}
