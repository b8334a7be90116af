import type { AccessRight, SecretReader } from '../../core/index.js';
import type { AccessExplanation } from './access-explanation.js';
import { ACCESS_RIGHTS } from './access-right.js';
import { compileRule, EVERY_PATH, type AccessRule, type CompiledRule } from './access-rule.js';
import { accessSentence, accessWayOut, isAllowed } from './access-sentence.js';
import { readerName, type AccessSubject } from './access-subject.js';
import {
  decideAccess,
  decideForAll,
  type AccessQuestion,
  type DeclaredAccess,
  type Verdicts,
} from './decide-access.js';
import { RuleIndex } from './speaking-rules.js';

/**
 * Decides who may do what with which secret. Make one with {@link accessPolicy}. Subpath: `uno-config/access`.
 */
export class AccessPolicy {
  readonly #rules: readonly CompiledRule[];
  readonly #index: RuleIndex;

  /** @throws TypeError naming the rule, and what of it, that cannot be used. */
  public constructor(rules: readonly AccessRule[]) {
    if (!Array.isArray(rules)) throw new TypeError('rules: must be a list of rules.');
    this.#rules = Object.freeze(rules.map(compileRule));
    this.#index = new RuleIndex(this.#rules);
    Object.freeze(this);
  }

  /** The rules, in the order in which they were given. */
  public get rules(): readonly AccessRule[] {
    return this.#rules.map(({ rule }) => rule);
  }

  /**
   * Who may, or may not, do what with a secret, by which rule, and why: as data, and as a sentence. `declared` is what
   * `@Secure` says of the field; without it the field counts as one of level `mask` that names no readers.
   *
   * @throws TypeError when there is no such right.
   *
   * @example
   * ```ts
   * const policy = accessPolicy([{ effect: 'deny', paths: ['payment.**'], rights: ['use'], principals: ['guest'] }]);
   * report(policy.explain({ principal: 'guest' }, 'payment.apiKey', 'use').why);
   * ```
   */
  public explain(
    subject: AccessSubject,
    path: string,
    right: AccessRight,
    declared: DeclaredAccess = { level: 'mask' },
  ): AccessExplanation {
    if (!ACCESS_RIGHTS.includes(right)) {
      throw new TypeError(`right: "${right}" is not one of ${ACCESS_RIGHTS.join(', ')}.`);
    }
    const question = { subject, path, right, declared };
    return explanation(question, decideAccess(this.#index.about(path, right), question));
  }

  /** Whether access is allowed; the decision of {@link explain} without its words. */
  public allows(
    subject: AccessSubject,
    path: string,
    right: AccessRight,
    declared: DeclaredAccess = { level: 'mask' },
  ): boolean {
    return isAllowed(decideAccess(this.#index.about(path, right), { subject, path, right, declared }));
  }

  /**
   * {@link explain} of all secrets at once, for work that cannot tell which ones it will meet: allowed when it is at every
   * path, whatever is declared there. `path` is `**` in the answer.
   *
   * @internal
   */
  public explainAll(subject: AccessSubject, right: AccessRight): AccessExplanation {
    const question: AccessQuestion = { subject, path: EVERY_PATH, right, declared: { level: 'sealed' } };
    return explanation(question, decideForAll(this.#index.ofRight(right), question));
  }

  /**
   * Whether there is anybody, and a tenant, for whom a consumer may use a secret, so that it makes sense to hand it a handle.
   *
   * @internal
   */
  public mayHold(reader: AccessSubject['reader'], path: string, declared: DeclaredAccess): boolean {
    const question: AccessQuestion = { subject: { reader }, path, right: 'use', declared, anybody: true };
    return isAllowed(decideAccess(this.#index.about(path, 'use'), question));
  }

  /**
   * The readers whom rules name that allow the use of a secret, as they are named there.
   *
   * @internal
   */
  public readersNamed(path: string): readonly (SecretReader | string)[] {
    const { allowing = [] } = this.#index.about(path, 'use') ?? {};
    return allowing.flatMap(({ rule: { readers = [] } }) => readers.filter((reader) => reader !== '*'));
  }
}

function explanation(question: AccessQuestion, verdicts: Verdicts): AccessExplanation {
  const { subject, path, right } = question;
  const why = accessSentence(question, verdicts);
  const facts = {
    decision: isAllowed(verdicts) ? 'allow' : 'deny',
    rule: ruleName(question, verdicts),
    reason: verdicts.reason,
    path,
    right,
    ...(subject.reader !== undefined && { reader: readerName(subject.reader) }),
    ...(subject.principal !== undefined && { principal: subject.principal }),
    ...(subject.tenant !== undefined && { tenant: subject.tenant }),
    why,
    wayOut: accessWayOut(question, verdicts),
  } as const;
  // Out of sight, so that an explanation can be cloned and sent.
  return Object.freeze(Object.defineProperty(facts, 'toString', { value: () => why }));
}

function ruleName({ declared, path }: AccessQuestion, { reason, rule }: Verdicts): string {
  if (rule !== undefined) return rule.label;
  if (reason === 'declared-reader' || reason === 'not-a-reader') return '@Secure';
  if (reason === 'closed' && path === EVERY_PATH) return 'default';
  if (reason === 'closed') return declared.level === 'sealed' ? 'sealed' : '@Secure';
  return 'default';
}

/**
 * Compiles rules of access to secrets, once. What denies wins over what allows. Nobody may use a sealed secret, or one
 * that names readers, unless it is one of them or a rule allows it; other secrets are open until a rule allows them to
 * somebody. Rules that name principals hold for work in `runAs` only. Subpath: `uno-config/access`.
 *
 * @throws TypeError naming the rule, and what of it, that cannot be used.
 *
 * @example
 * ```ts
 * const access = accessPolicy([
 *   { name: 'billing', effect: 'allow', paths: ['payment.*'], rights: ['use'], principals: ['billing'] },
 *   { name: 'no reports', effect: 'deny', paths: ['**'], rights: ['use'], readers: ['ReportService'] },
 * ]);
 * ```
 */
export function accessPolicy(rules: readonly AccessRule[]): AccessPolicy {
  return new AccessPolicy(rules);
}
