import type { ConfigIssue } from '../../core/index.js';
import type { KeyEntry } from './key-entry.js';
import { KEY_USES } from './key-description.js';

/** Reads the members of one object of a keyset document and notes what is wrong, without quoting it. */
export class EntryReader {
  readonly #path: readonly string[];
  readonly #members: ReadonlyMap<string, unknown>;
  readonly #read = new Set<string>();
  readonly #issues: ConfigIssue[];

  /** `issues` is where it notes them; a list of its own when absent. */
  public constructor(path: readonly string[], value: unknown, issues: ConfigIssue[] = []) {
    this.#path = path;
    this.#issues = issues;
    const object = typeof value === 'object' && value !== null && !Array.isArray(value);
    this.#members = new Map(object ? Object.entries(value) : []);
    if (!object) this.#issues.push(issueOf(path, path.length === 0 ? 'must be a JSON object' : 'must be an object'));
  }

  public get issues(): readonly ConfigIssue[] {
    return this.#issues;
  }

  public has(member: string): boolean {
    this.#read.add(member);
    return this.#members.has(member);
  }

  /** A member that is a text of the right kind; something of that kind when it is not, which the issue makes useless. */
  public text<T extends string>(
    member: string,
    isRight: ((text: string) => text is T) | ((text: string) => boolean),
    rule: string,
  ): T {
    const value = this.value(member);
    if (typeof value !== 'string' || !isRight(value)) this.wrong(member, rule);
    // Right, or there is an issue, and then nobody uses what was read.
    return value as T;
  }

  public integer(member: string, isRight: (value: number) => boolean, rule: string): number {
    const value = this.value(member);
    if (typeof value === 'number' && Number.isSafeInteger(value) && isRight(value)) return value;
    this.wrong(member, rule);
    return 0;
  }

  public list(member: string, most: number): readonly unknown[] {
    const value = this.value(member);
    if (Array.isArray(value) && value.length <= most) return value;
    this.wrong(member, `must be a list of at most ${String(most)}`);
    return [];
  }

  public exactly(member: string, text: string): this {
    if (this.value(member) !== text) this.wrong(member, `must be ${text}`);
    return this;
  }

  public optionally(member: string, text: string): this {
    return this.has(member) ? this.exactly(member, text) : this;
  }

  /** A reader of an object inside this one; its issues are issues of this one. */
  public inner(member: string): EntryReader {
    return new EntryReader([...this.#path, member], this.value(member), this.#issues);
  }

  /** Notes every member that nobody has asked for: whatever rewrites the document would lose it. */
  public nothingElse(): void {
    if ([...this.#members.keys()].every((member) => this.#read.has(member))) return;
    const known = [...this.#read].join(', ');
    this.#issues.push(issueOf(this.#path, `must have no other members than ${known}`));
  }

  public wrong(member: string, message: string): void {
    this.#issues.push(issueOf([...this.#path, member], message));
  }

  public value(member: string): unknown {
    this.#read.add(member);
    return this.#members.get(member);
  }
}

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
function issueOf(path: readonly string[], message: string): ConfigIssue {
  return { code: 'keyset-invalid', path, message };
}
