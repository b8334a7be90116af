import type { ConfigIssue } from '../../core/index.js';
import type { KeyEntry } from './key-entry.js';
import { KEY_USES } from './key-description.js';

/** What is wrong with a set of keys that are each right: names used twice, and a use without exactly one primary key. */
export function checkEntries(entries: readonly KeyEntry[]): readonly ConfigIssue[] {
  const issues: ConfigIssue[] = [];
  const seen = new Set<string>();
  for (const [index, { kid }] of entries.entries()) {
    if (seen.has(kid)) issues.push(issueOf(['keys', String(index), 'kid'], 'is the name of another key as well'));
    seen.add(kid);
  }
  for (const use of KEY_USES) {
    const keys = entries.filter((entry) => entry.use === use);
    const primary = keys.filter(({ state }) => state === 'primary').length;
    if (keys.length > 0 && primary !== 1) {
      issues.push(issueOf(['keys'], `must have one primary key to ${use} with, and has ${String(primary)}`));
    }
  }
  if (entries.length === 0) issues.push(issueOf(['keys'], 'must have at least one key'));
  return issues;
}

/** An issue about a place in a keyset document. The message quotes nothing of it. */
export function issueOf(path: readonly string[], message: string): ConfigIssue {
  return { code: 'keyset-invalid', path, message };
}
