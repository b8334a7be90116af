import type { AccessRight, SecretRule, SecretReader, SecretReaders } from '../../core/index.js';
import type { AccessReason } from './access-explanation.js';
import { showsNothing } from './access-right.js';
import {
  EVERY_PATH,
  namesPrincipal,
  namesReader,
  namesTenant,
  type CompiledRule,
  type Verdict,
} from './access-rule.js';
import type { SpeakingRules } from './speaking-rules.js';
import { isSameReader, type AccessSubject } from './access-subject.js';

/** What the settings class says of a secret, as far as access goes. */
export type DeclaredAccess = Pick<SecretRule, 'level' | 'readers'>;

export interface AccessQuestion {
  readonly subject: AccessSubject;
  readonly path: string;
  readonly right: AccessRight;
  readonly declared: DeclaredAccess;
  /** True to ask whether there are a principal and a tenant for whom it would be allowed. */
  readonly anybody?: boolean;
}

/** The answer: why, and the rule that decided, where one did. */
export interface Verdicts {
  readonly reason: AccessReason;
  readonly rule?: CompiledRule;
  /** True when a rule denies somebody whom the asker does not rule out to be. */
  readonly unsure?: boolean;
}

const OPEN: Verdicts = { reason: 'open' };
const CLOSED: Verdicts = { reason: 'closed' };

/**
 * Decides one question by the rules that speak of its path and right. A rule that denies needs only to be possible: who
 * does not say who they are may be whom it means. A rule that allows needs to be certain.
 */
export function decideAccess(speaking: SpeakingRules | undefined, question: AccessQuestion): Verdicts {
  if (speaking === undefined) return { reason: 'unreadable-path' };
  const { subject, right, declared } = question;
  const { denying, allowing } = speaking;
  const denied = decideDenied(denying, question);
  if (denied !== undefined) return denied;
  if (right === 'use' && declared.readers !== undefined) return decideReaders(allowing, question);
  const certain = allowing.find((rule) => speaksOf(rule, question) === 'yes');
  if (certain !== undefined) return { reason: 'allow-rule', rule: certain };
  if (allowing.length > 0) return missed(allowing, subject);
  const closed = (declared.level === 'sealed' || declared.readers !== undefined) && !showsNothing(right);
  return closed ? CLOSED : OPEN;
}

/**
 * Decides one question about every path at once, by all rules that speak of its right: none may deny it anywhere, and one
 * must allow it everywhere, for some secrets may be sealed or have readers.
 */
export function decideForAll({ denying, allowing }: SpeakingRules, question: AccessQuestion): Verdicts {
  const denied = decideDenied(denying, question);
  if (denied !== undefined) return denied;
  const everywhere = allowing.filter(({ rule }) => rule.paths.includes(EVERY_PATH));
  const certain = everywhere.find((rule) => speaksOf(rule, question) === 'yes');
  if (certain !== undefined) return { reason: 'allow-rule', rule: certain };
  return everywhere.length > 0 ? missed(everywhere, question.subject) : CLOSED;
}

function decideDenied(denying: readonly CompiledRule[], question: AccessQuestion): Verdicts | undefined {
  for (const rule of denying) {
    const verdict = speaksOf(rule, question);
    if (verdict !== 'no') return { reason: 'deny-rule', rule, unsure: verdict === 'unknown' };
  }
  return undefined;
}

/** Readers that `@Secure` names need no rule, unless rules about them ask for more; others need a rule that names them. */
function decideReaders(allowing: readonly CompiledRule[], question: AccessQuestion): Verdicts {
  const { subject, declared } = question;
  const { reader } = subject;
  const isReader = reader !== undefined && isDeclaredReader(declared.readers ?? [], reader);
  const about = allowing.filter(
    (rule) => (isReader || rule.rule.readers !== undefined) && namesReader(rule, subject) === 'yes',
  );
  const certain = about.find((rule) => speaksOf(rule, question) === 'yes');
  if (certain !== undefined) return { reason: 'allow-rule', rule: certain };
  if (about.length > 0) return missed(about, subject);
  return { reason: isReader ? 'declared-reader' : 'not-a-reader' };
}

/** Who holds a handle of a secret has injected it: nothing else makes one. */
function isDeclaredReader(readers: SecretReaders, reader: SecretReader | string): boolean {
  return readers === 'injected' || readers.some((named) => isSameReader(named, reader));
}

/** None of some rules that allow it speaks of the one who asks: the nearest says what is missing. */
function missed(allowing: readonly CompiledRule[], subject: AccessSubject): Verdicts {
  const nearest = allowing.find((rule) => namesReader(rule, subject) === 'yes');
  if (nearest !== undefined) {
    const reason = namesPrincipal(nearest, subject) === 'yes' ? 'tenant-needed' : 'principal-needed';
    return { reason, rule: nearest };
  }
  return { reason: 'not-in-a-rule', ...(allowing[0] !== undefined && { rule: allowing[0] }) };
}

function speaksOf(rule: CompiledRule, { subject, anybody = false }: AccessQuestion): Verdict {
  const code = namesReader(rule, subject);
  const others = anybody ? [forSome(rule)] : [namesPrincipal(rule, subject), namesTenant(rule, subject)];
  const verdicts = [code, ...others];
  if (verdicts.includes('no')) return 'no';
  return verdicts.includes('unknown') ? 'unknown' : 'yes';
}

/** For some principal and tenant a rule allows what it allows to any of them, and does not deny what it denies to some. */
function forSome({ rule: { effect, principals, tenants } }: CompiledRule): Verdict {
  return effect === 'allow' || (principals === undefined && tenants === undefined) ? 'yes' : 'no';
}
