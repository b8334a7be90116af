import type { AccessRight } from '../../core/index.js';

/**
 * Why access is allowed or denied.
 *
 * - `deny-rule`: a rule denies it, or denies it to somebody whom the asker does not rule out to be.
 * - `allow-rule`: a rule allows it.
 * - `declared-reader`: `@Secure` names the reader, and no rule asks for more.
 * - `not-a-reader`: `@Secure` names readers, and the asker is none of them.
 * - `principal-needed`: a rule allows it on behalf of others only.
 * - `tenant-needed`: a rule allows it for other tenants only.
 * - `not-in-a-rule`: rules allow it to others.
 * - `closed`: the secret is sealed or has readers, and nothing allows it.
 * - `open`: nothing forbids it.
 * - `unreadable-path`: the path cannot be read, so no rule can be asked.
 */
export type AccessReason =
  | 'deny-rule'
  | 'allow-rule'
  | 'declared-reader'
  | 'not-a-reader'
  | 'principal-needed'
  | 'tenant-needed'
  | 'not-in-a-rule'
  | 'closed'
  | 'open'
  | 'unreadable-path';

/** What an {@link AccessPolicy} answers, and why. */
export interface AccessExplanation {
  readonly decision: 'allow' | 'deny';
  /** The rule that decided: its name, `rules[3]`, or `@Secure`, `sealed` and `default` where no rule did. */
  readonly rule: string;
  readonly reason: AccessReason;
  readonly path: string;
  readonly right: AccessRight;
  /** The code that asks: the name of its class. */
  readonly reader?: string | undefined;
  readonly principal?: string | undefined;
  readonly tenant?: string | undefined;
  /** One sentence that says all of this. */
  readonly why: string;
  /** What would have to be written for it to be allowed; empty when it is. */
  readonly wayOut: string;
  /** The same sentence. */
  toString(): string;
}
