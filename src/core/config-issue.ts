import type { IssueCode } from './codes.js';
import type { ConfigOrigin } from './config-origin.js';
import { formatOrigin } from './config-origin.js';
import type { ConfigPath } from './config-path.js';
import { formatPath } from './config-path.js';

/** One finding about one value. */
export interface ConfigIssue {
  /** Stable, kebab-case: `missing`, `unknown-key`, `not-an-integer`, `constraint`, … */
  readonly code: IssueCode;
  /** Where the value belongs; empty for a finding about the whole. */
  readonly path: ConfigPath;
  /** What is wrong, without the path and the place: `must be an integer, got "80a"`. */
  readonly message: string;
  /** What to write instead. */
  readonly hint?: string;
  /** Where the offending value came from; absent when there is none. */
  readonly origin?: ConfigOrigin;
  /** Where the other values came from, of a finding about several. */
  readonly related?: readonly ConfigOrigin[];
}

/**
 * The sentence of an issue: what is wrong, where it came from in that source's spelling, what to write instead. Paths of
 * more than 120 characters are shortened; the issue itself has them whole. Subpath: `uno-config`.
 */
export function formatIssue(issue: ConfigIssue): string {
  const { path, message, origin, related = [], hint } = issue;
  const subject = path.length === 0 ? '' : `${shortened(formatPath(path))}: `;
  const places = [...(origin === undefined ? [] : [origin]), ...related].map(shortOrigin);
  const lines = places.map((place, at) => `${at === 0 ? 'from' : 'and'} ${place}`);
  return [`${subject}${message}`, ...lines, ...(hint === undefined ? [] : [hint])].join('\n    ');
}

function shortOrigin(origin: ConfigOrigin): string {
  return formatOrigin({ ...origin, key: shortened(origin.key) });
}

const LONGEST = 120;

/** The beginning and the end, without halves of surrogate pairs. */
function shortened(text: string): string {
  if (text.length <= LONGEST) return text;
  const start = text.slice(0, 70).replace(/[\uD800-\uDBFF]$/, '');
  return `${start}…${text.slice(-49).replace(/^[\uDC00-\uDFFF]/, '')}`;
}
