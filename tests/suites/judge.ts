import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConfigError } from '../../src/core/index.js';
import { formatByExtension } from '../../src/sources/format/index.js';
import { FileSyntaxError } from '../../src/sources/format/file-format.js';
import { readTextFile } from '../../src/sources/read/index.js';
import type { PublicSuite, SuiteCase } from './suite-case.js';

/** What our reader makes of a case: its value, or the code of its refusal. */
export type Verdict = 'same value' | 'other value' | 'accepted' | `refused: ${string}`;

/** Reads every case from a file, as a source does. */
export async function judge(suite: PublicSuite, cases: readonly SuiteCase[]): Promise<ReadonlyMap<string, Verdict>> {
  const folder = await mkdtemp(join(tmpdir(), 'uno-suite-'));
  const path = join(folder, `case.${suite.extension}`);
  const verdicts = new Map<string, Verdict>();
  try {
    for (const one of cases) {
      await writeFile(path, one.bytes);
      verdicts.set(one.id, await verdictOf(suite, one, path));
    }
  } finally {
    await rm(folder, { recursive: true });
  }
  return verdicts;
}

async function verdictOf(suite: PublicSuite, one: SuiteCase, path: string): Promise<Verdict> {
  const format = formatByExtension(path);
  if (format === undefined) throw new Error(`no format reads ${path}`);
  try {
    const text = await readTextFile(path, { signal: new AbortController().signal });
    const parsed = await format.parse(text);
    // Reads the text once more, for the places that messages name: it must not stumble over what was accepted.
    parsed.positions();
    if (!('value' in one)) return 'accepted';
    return suite.isSame(parsed.root, one.value) ? 'same value' : 'other value';
  } catch (error) {
    // Anything else than a refusal is a bug, and ends the test.
    if (error instanceof FileSyntaxError || ConfigError.is(error)) return `refused: ${error.code}`;
    throw new Error(`${suite.repository} ${one.id}`, { cause: error });
  }
}

/** Whether a verdict is what the suite asks for. */
export function conforms({ suite }: Pick<SuiteCase, 'suite'>, verdict: Verdict): boolean {
  if (suite === 'either') return true;
  const isRefused = verdict.startsWith('refused');
  return suite === 'refuse' ? isRefused : !isRefused && verdict !== 'other value';
}
