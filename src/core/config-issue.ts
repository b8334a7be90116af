import type { ConfigOrigin } from './config-origin.js';
import { formatOrigin } from './config-origin.js';
import type { ConfigPath } from './config-path.js';
import { formatPath } from './config-path.js';

/** One finding about one value. */
export interface ConfigIssue {
  /** Stable, kebab-case: `missing`, `unknown-key`, `not-an-integer`, `constraint`, … */
  readonly code: string;
  /** Where the value belongs; empty for a finding about the whole. */
  readonly path: ConfigPath;
  /** What is wrong, without the path and the place: `must be an integer, got "80a"`. */
  readonly message: string;
  /** What to write instead. */
  readonly hint?: string;
  /** Where the offending value came from; absent when there is none. */
  readonly origin?: ConfigOrigin;
}

/** The sentence of an issue: what is wrong, where it came from in that source's spelling, what to write instead. */
export function formatIssue(issue: ConfigIssue): string {
  const subject = issue.path.length === 0 ? '' : `${formatPath(issue.path)}: `;
  const origin = issue.origin === undefined ? '' : `\n    from ${formatOrigin(issue.origin)}`;
  const hint = issue.hint === undefined ? '' : `\n    ${issue.hint}`;
  return `${subject}${issue.message}${origin}${hint}`;
}
