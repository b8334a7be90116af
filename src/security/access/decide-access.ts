import { foldedKeys, type SecretRule } from '../../core/index.js';
import type { AccessReason } from './access-explanation.js';
import { showsNothing, type AccessRight } from './access-right.js';
import { namesPrincipal, namesReader, type CompiledRule, type Verdict } from './access-rule.js';
import { isSameReader, type AccessSubject } from './access-subject.js';

/** What the settings class says of a secret, as far as access goes. */
export type DeclaredAccess = Pick<SecretRule, 'level' | 'readers'>;

/** What is asked. */
export interface AccessQuestion {
  readonly subject: AccessSubject;
  readonly path: string;
  readonly right: AccessRight;
  readonly declared: DeclaredAccess;
  /** True to ask whether there is a principal on whose behalf it would be allowed. */
  readonly anyPrincipal?: boolean;
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
 * Decides one question. A rule that denies needs only to be possible: who does not say who they are may be whom it means.
 * A rule that allows needs to be certain.
 */
export function decideAccess(rules: readonly CompiledRule[], question: AccessQuestion): Verdicts {
  const { subject, path, right, declared } = question;
  const keys = foldedKeys(path);
  // Never a canonical path; patterns that deny it would not know it.
  if (keys.length === 1 && keys[0] === path && path.length > LONGEST_PATH) return { reason: 'unreadable-path' };
  const speaking = rules.filter(({ rights, covers }) => rights.has(right) && covers(keys));
  for (const rule of speaking.filter(({ rule: { effect } }) => effect === 'deny')) {
    const verdict = speaksOf(rule, question);
    if (verdict !== 'no') return { reason: 'deny-rule', rule, unsure: verdict === 'unknown' };
  }
  const allowing = speaking.filter(({ rule: { effect } }) => effect === 'allow');
  const certain = allowing.filter((rule) => speaksOf(rule, question) === 'yes');
  if (right === 'use' && declared.readers !== undefined) return decideReaders(allowing, certain, question);
  if (certain[0] !== undefined) return { reason: 'allow-rule', rule: certain[0] };
  if (allowing.length > 0) return missed(allowing, subject);
  const closed = (declared.level === 'sealed' || declared.readers !== undefined) && !showsNothing(right);
  return closed ? CLOSED : OPEN;
}

/** Readers that `@Secure` names need no rule, unless rules about them ask for more; others need a rule that names them. */
function decideReaders(
  allowing: readonly CompiledRule[],
  certain: readonly CompiledRule[],
  { subject, declared: { readers = [] } }: AccessQuestion,
): Verdicts {
  const { reader } = subject;
  if (reader !== undefined && readers.some((named) => isSameReader(named, reader))) {
    const about = allowing.filter((rule) => namesReader(rule, subject) === 'yes');
    if (about.length === 0) return { reason: 'declared-reader' };
    return certain[0] === undefined ? missed(about, subject) : { reason: 'allow-rule', rule: certain[0] };
  }
  const naming = allowing.filter(({ rule }) => rule.readers !== undefined);
  const rule = certain.find((candidate) => naming.includes(candidate));
  if (rule !== undefined) return { reason: 'allow-rule', rule };
  return naming.some((candidate) => namesReader(candidate, subject) === 'yes')
    ? missed(naming, subject)
    : { reason: 'not-a-reader' };
}

/** None of some rules that allow it speaks of the one who asks: the nearest says what is missing. */
function missed(allowing: readonly CompiledRule[], subject: AccessSubject): Verdicts {
  const nearest = allowing.find((rule) => namesReader(rule, subject) === 'yes');
  if (nearest !== undefined) return { reason: 'principal-needed', rule: nearest };
  return { reason: 'not-in-a-rule', ...(allowing[0] !== undefined && { rule: allowing[0] }) };
}

function speaksOf(rule: CompiledRule, { subject, anyPrincipal = false }: AccessQuestion): Verdict {
  const verdicts = [namesReader(rule, subject), anyPrincipal ? somePrincipal(rule) : namesPrincipal(rule, subject)];
  if (verdicts.includes('no')) return 'no';
  return verdicts.includes('unknown') ? 'unknown' : 'yes';
}

/** For some principal a rule allows what it allows to any of them, and does not deny what it denies to some. */
function somePrincipal({ rule: { effect, principals } }: CompiledRule): Verdict {
  return principals === undefined || effect === 'allow' ? 'yes' : 'no';
}

const LONGEST_PATH = 10_000;
