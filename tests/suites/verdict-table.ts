import type { Verdict } from './judge.js';
import type { SuiteCase } from './suite-case.js';

/** One line of a table. */
export interface Row extends Pick<SuiteCase, 'id' | 'suite'> {
  readonly verdict: Verdict;
  /** Why we do not do what the suite asks for. */
  readonly reason: string;
}

/** Our verdict for each case of one state of a public suite. */
export interface VerdictTable {
  readonly commit: string;
  readonly rows: readonly Row[];
}

const columns = ['case', 'the suite says', 'we', 'why'].join('\t');

/** The tables have no text of the suites: ids, words and our reasons. */
export function readTable(text: string): VerdictTable {
  const [title = '', head, ...lines] = text.trimEnd().split('\n');
  const commit = /@ ([0-9a-f]{40})$/.exec(title)?.[1];
  if (commit === undefined || head !== columns) throw new Error(`this is no table of verdicts: ${title}`);
  return { commit, rows: lines.map(readRow) };
}

function readRow(line: string): Row {
  const [id = '', suite, verdict, reason = ''] = line.split('\t');
  if (suite !== 'accept' && suite !== 'refuse' && suite !== 'either') throw new Error(`no word of a suite in: ${line}`);
  if (!isVerdict(verdict)) throw new Error(`no verdict in: ${line}`);
  return { id, suite, verdict, reason };
}

function isVerdict(word: string | undefined): word is Verdict {
  return word !== undefined && /^(?:same value|other value|accepted|refused: [a-z-]+)$/.test(word);
}

export function writeTable(repository: string, { commit, rows }: VerdictTable): string {
  const lines = rows.map(({ id, suite, verdict, reason }) => [id, suite, verdict, reason].join('\t').trimEnd());
  return [`${repository} @ ${commit}`, columns, ...lines, ''].join('\n');
}
