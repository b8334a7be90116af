/** One secret that seems to stand in plain text. It never holds the value. */
export interface Finding {
  /** As it was named or found, relative to the working directory. */
  readonly file: string;
  /** One-based. */
  readonly line: number;
  /** One-based, in UTF-16 code units. */
  readonly column: number;
  /** Which rule says so: `aws-access-key`, `secure-field`, … */
  readonly rule: string;
  /** What it is, for people: `an AWS access key`. */
  readonly what: string;
}

/** A place in a text, before it is known in which file. */
export type Place = Omit<Finding, 'file'>;

/** What is written on a line, or on one above it, whose secret is known and meant. */
const ALLOWED = 'uno-config: allow-secret';

/** True where the line, or a line above it that is nothing but a comment, says so. */
export function isAllowed(lines: readonly string[], line: number): boolean {
  if (lines[line - 1]?.includes(ALLOWED) === true) return true;
  const above = lines[line - 2] ?? '';
  return above.includes(ALLOWED) && /^\s*(?:#|\/\/|;)/.test(above);
}
