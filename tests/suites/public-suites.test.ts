import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { jsonSuite } from './json-suite.js';
import { conforms, judge } from './judge.js';
import { tomlSuite } from './toml-suite.js';
import { type Row, readTable, writeTable } from './verdict-table.js';
import { yamlSuite } from './yaml-suite.js';

/**
 * The folder with clones of the suites, and whether to write the tables anew: `npm run suites` does so. Without it the
 * tables stand for what was judged when they were written.
 */
const { PUBLIC_SUITES: clones, WRITE_TABLES: writes } = process.env;

const suites = [jsonSuite, tomlSuite, yamlSuite];

describe.each(suites)('the table of $repository', (suite) => {
  const file = join(import.meta.dirname, `${suite.extension}.tsv`);
  const clone = join(clones ?? '', basename(suite.repository));
  const isAtHand = clones !== undefined && existsSync(clone);

  it('has a reason for each case that is judged otherwise than the suite asks, and for no other', async () => {
    const { rows } = readTable(await readFile(file, 'utf8'));
    expect(rows.length).toBeGreaterThan(300);
    expect(new Set(rows.map(({ id }) => id)).size).toBe(rows.length);
    expect(rows.filter((row) => conforms(row, row.verdict) !== (row.reason === ''))).toEqual([]);
  });

  (isAtHand ? describe : describe.skip)('with a clone in $PUBLIC_SUITES', () => {
    it('says what the clone gives', async () => {
      const cases = await suite.cases(clone);
      const verdicts = await judge(suite, cases);
      const before = readTable(await readFile(file, 'utf8'));
      const reasons = new Map(before.rows.map(({ id, reason }) => [id, reason]));
      const rows = cases.map(({ id, suite: word }): Row => {
        const verdict = verdicts.get(id);
        if (verdict === undefined) throw new Error(`${id} was not judged`);
        return { id, suite: word, verdict, reason: conforms({ suite: word }, verdict) ? '' : (reasons.get(id) ?? '?') };
      });
      const commit = execFileSync('git', ['-C', clone, 'rev-parse', 'HEAD'], { encoding: 'utf8' }).trim();
      const now = writeTable(suite.repository, { commit, rows });
      if (writes !== undefined) await writeFile(file, now);
      expect(await readFile(file, 'utf8')).toBe(now);
    });
  });
});
