import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { ConfigError, formatIssue } from '../../src/index.js';
import { errorCases } from './error-cases.js';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** What looks like a code in a list of three, and is a kind of origin. */
const noCodes: readonly string[] = ['command-line', 'env-file'];

/** The codes that the library's source texts name. */
async function codesInSource(): Promise<ReadonlySet<string>> {
  const word = String.raw`'([a-z]+(?:-[a-z]+)*)'`;
  const patterns = [
    // code: 'x', code = 'x', readonly code: 'x' | 'y', const INVALID = 'x'
    new RegExp(
      String.raw`\b(?:code|CODE|INVALID)(?:: string)?(?::| =)\s*${word}(?:\s*\|\s*${word})*(?:\s*\|\s*${word})*`,
      'g',
    ),
    // fileError('x', …), find(place, context, 'x', …), this.#fail(path, 'x', …)
    new RegExp(
      String.raw`(?:[Ee]rror|find|refuse|refusal|[Ff]ail|report|textProblem|unbounded)\((?:[^()']*,)?\s*${word}\s*,`,
      'g',
    ),
    // ['their words', 'ours', 'x']
    /\['[^'\n]*', '[^'\n]*', '([a-z]+(?:-[a-z]+)+)'\]/g,
  ];
  const codes = new Set<string>();
  for (const name of await readdir(join(root, 'src'), { recursive: true })) {
    if (!name.endsWith('.ts')) continue;
    const text = await readFile(join(root, 'src', name), 'utf8');
    for (const match of patterns.flatMap((pattern) => [...text.matchAll(pattern)])) {
      for (const code of match.slice(1)) if (typeof code === 'string' && !noCodes.includes(code)) codes.add(code);
    }
  }
  return codes;
}

/** The text under each heading of a code. */
function headings(page: string): ReadonlyMap<string, string> {
  const parts = page.split(/^#{2,3} /m).slice(1);
  return new Map(
    parts.flatMap((part) => {
      const code = /^`([a-z-]+)`\n/.exec(part)?.[1];
      return code === undefined ? [] : [[code, part] as const];
    }),
  );
}

/** What a user would see of an error; of one that is about several values, only the values. */
function printed(error: ConfigError, code: string): string {
  return error.code === code
    ? error.message
    : error.issues
        .filter((issue) => issue.code === code)
        .map(formatIssue)
        .join('\n');
}

describe('docs/guide/errors.md', () => {
  let page: ReadonlyMap<string, string>;
  let known: ReadonlySet<string>;

  beforeAll(async () => {
    known = await codesInSource();
    page = headings(await readFile(join(root, 'docs/guide/errors.md'), 'utf8'));
  });

  it('has a heading for every code in src', () => {
    const missing = [...known].filter((code) => !page.has(code));
    expect(missing).toEqual([]);
  });

  it('has no heading for a code that src does not have', () => {
    expect([...page.keys()].filter((code) => !known.has(code))).toEqual([]);
  });

  it('has a case for every heading', () => {
    const cases = new Set(Object.keys(errorCases));
    expect([...page.keys()].filter((code) => !cases.has(code))).toEqual([]);
  });

  it.each(Object.entries(errorCases))('shows %s as it is printed', async (code, run) => {
    const folder = await mkdtemp(join(tmpdir(), 'uno-config-errors-'));
    const error: unknown = await run({ folder }).catch((reason: unknown) => reason);
    await rm(folder, { recursive: true, force: true });
    if (!ConfigError.is(error)) throw new Error(`the case of ${code} ended with ${String(error)}`);
    expect([error.code, ...error.issues.map((issue) => issue.code)]).toContain(code);
    expect(page.get(code)).toContain(`\`\`\`text\n${printed(error, code).replaceAll(`${folder}/`, '')}\n\`\`\``);
  });
});
