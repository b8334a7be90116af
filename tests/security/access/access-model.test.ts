// The policy beside a model that knows only certainties: whoever does not say who they are is tried as everybody they
// could be. A rule that denies needs one of them, a rule that allows needs all of them.
import { describe, expect, it } from '@jest/globals';
import fc from '../../fast-check.js';
import { PROOF_RUNS } from '../../proof-runs.js';
import type { SecretLevel } from '../../../src/core/index.js';
import { accessPolicy, type AccessRight, type AccessRule, type DeclaredAccess } from '../../../src/security/index.js';

class PaymentClient {}
class ReportService {}
class Exporter {}

const READERS = [PaymentClient, ReportService, Exporter];
const PRINCIPALS = ['billing', 'guest', 'nobody we know'];
const RIGHTS: readonly AccessRight[] = ['list', 'read-masked', 'use', 'write', 'rotate'];
const PATHS = ['payment.apiKey', 'payment.keys[0]', 'database.password', 'password'];
const PATTERNS = ['**', 'payment.*', 'payment.**', '*.password', '**.password', 'payment.apiKey', 'payment.api-key'];

type Reader = (typeof READERS)[number];

interface Somebody {
  readonly reader: Reader | undefined;
  readonly principal: string | undefined;
}

function covers(pattern: readonly string[], path: readonly string[]): boolean {
  const [step, ...steps] = pattern;
  const [key, ...keys] = path;
  if (step === undefined) return key === undefined;
  if (step === '**') return covers(steps, path) || (key !== undefined && covers(pattern, keys));
  return key !== undefined && (step === '*' || step === key) && covers(steps, keys);
}

function keysOf(path: string): readonly string[] {
  return path.replace('-', '').replace('[', '.').replace(']', '').toLowerCase().split('.');
}

/** Everybody that somebody could be. */
function possible({ reader, principal }: Somebody): readonly Somebody[] {
  const readers = reader === undefined ? [undefined, ...READERS] : [reader];
  const principals = principal === undefined ? [undefined, ...PRINCIPALS] : [principal];
  return readers.flatMap((one) => principals.map((other) => ({ reader: one, principal: other })));
}

function speaksOf({ readers, principals }: AccessRule, { reader, principal }: Somebody): boolean {
  const code =
    readers === undefined ||
    readers.some((named) => named === '*' || (reader !== undefined && (named === reader || named === reader.name)));
  const behalf =
    principals === undefined ||
    principals.some((named) => principal !== undefined && (named === '*' || named === principal));
  return code && behalf;
}

function isCertain(rule: AccessRule, asker: Somebody): boolean {
  return possible(asker).every((somebody) => speaksOf(rule, somebody));
}

function model(
  rules: readonly AccessRule[],
  asker: Somebody,
  path: string,
  right: AccessRight,
  declared: DeclaredAccess,
) {
  const speaking = rules.filter(
    ({ paths, rights }) => rights.includes(right) && paths.some((pattern) => covers(keysOf(pattern), keysOf(path))),
  );
  const denying = speaking.filter(({ effect }) => effect === 'deny');
  if (denying.some((rule) => possible(asker).some((somebody) => speaksOf(rule, somebody)))) return false;
  const allowing = speaking.filter(({ effect }) => effect === 'allow');
  const certain = allowing.filter((rule) => isCertain(rule, asker));
  if (right === 'use' && declared.readers !== undefined) {
    const { readers } = declared;
    const isReader =
      readers === 'injected' ? asker.reader !== undefined : readers.some((reader) => reader === asker.reader);
    if (!isReader) return certain.some(({ readers }) => readers !== undefined);
    const aboutReader = allowing.filter((rule) => isCertain({ ...rule, principals: undefined }, asker));
    return aboutReader.length === 0 || certain.length > 0;
  }
  if (allowing.length > 0) return certain.length > 0;
  if (right === 'list' || right === 'read-masked') return true;
  return declared.level !== 'sealed' && declared.readers === undefined;
}

const someOf = <T>(values: readonly T[]): fc.Arbitrary<T[]> => fc.subarray([...values], { minLength: 1 });
const maybe = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(arbitrary, { nil: undefined });

const anyRule: fc.Arbitrary<AccessRule> = fc.record({
  effect: fc.constantFrom('allow', 'allow', 'deny'),
  paths: someOf(PATTERNS.slice(1)).map((paths) => paths.slice(0, 2)),
  rights: someOf(RIGHTS),
  principals: maybe(someOf(['billing', 'guest', '*'])),
  readers: maybe(
    someOf<AccessRule['readers'] extends readonly (infer R)[] | undefined ? R : never>([
      PaymentClient,
      'PaymentClient',
      ReportService,
      '*',
    ]),
  ),
});

const anyDeclaration: fc.Arbitrary<DeclaredAccess> = fc
  .record({
    level: fc.constantFrom<SecretLevel>('mask', 'encrypt', 'sealed'),
    readers: maybe(fc.oneof(fc.subarray(READERS), fc.constant('injected' as const))),
  })
  .map(({ level, readers }) => ({ level, ...(readers !== undefined && { readers }) }));

const anySubject: fc.Arbitrary<Somebody> = fc.record({
  reader: maybe(fc.constantFrom(...READERS)),
  principal: maybe(fc.constantFrom(...PRINCIPALS)),
});

describe('An access policy', () => {
  it('decides for every subject, right and path as the model does, and explains what it decides', () => {
    let denied = 0;
    let allowed = 0;
    fc.assert(
      fc.property(fc.array(anyRule, { maxLength: 5 }), anyDeclaration, anySubject, (rules, declared, subject) => {
        const policy = accessPolicy(rules);
        const cases = PATHS.flatMap((path) => RIGHTS.map((right) => ({ path, right })));
        const expected = cases.map(({ path, right }) => {
          const may = model(rules, subject, path, right, declared);
          return {
            path,
            right,
            decision: may ? 'allow' : 'deny',
            allows: may,
            hasWayOut: !may,
            says: may ? 'may' : 'may not',
          };
        });
        const found = cases.map(({ path, right }) => {
          const { decision, wayOut, why } = policy.explain(subject, path, right, declared);
          const allows = policy.allows(subject, path, right, declared);
          return {
            path,
            right,
            decision,
            allows,
            hasWayOut: wayOut !== '',
            says: / (may(?: not)?) (?:list|read|use|write|rotate) "/.exec(why)?.[1],
          };
        });
        expect(found).toEqual(expected);
        allowed += expected.filter(({ allows }) => allows).length;
        denied += expected.filter(({ allows }) => !allows).length;
      }),
    );
    // A model that always agrees because nothing is ever denied, or allowed, would prove nothing.
    expect(Math.min(denied, allowed)).toBeGreaterThan(PROOF_RUNS * 3);
  });

  it('hands a handle to everybody for whom there is a principal on whose behalf they may use it', () => {
    fc.assert(
      fc.property(fc.array(anyRule, { maxLength: 5 }), anyDeclaration, anySubject, (rules, declared, { reader }) => {
        const policy = accessPolicy(rules);
        // More may hold a handle than can ever use it; whoever can use it must get one.
        const withoutHandle = PATHS.filter((path) => {
          const principals = [undefined, ...PRINCIPALS, 'another'];
          const some = principals.some((principal) => policy.allows({ reader, principal }, path, 'use', declared));
          return some && !policy.mayHold(reader, path, declared);
        });
        expect(withoutHandle).toEqual([]);
      }),
    );
  });

  it('allows nobody more by a rule that denies', () => {
    const denyingRule = anyRule.map((rule): AccessRule => ({ ...rule, effect: 'deny' }));
    fc.assert(
      fc.property(fc.array(anyRule), denyingRule, anyDeclaration, anySubject, (rules, extra, declared, subject) => {
        const may = (list: readonly AccessRule[], right: AccessRight): boolean =>
          accessPolicy(list).allows(subject, 'payment.apiKey', right, declared);
        const gained = RIGHTS.filter((right) => may([...rules, extra], right) && !may(rules, right));
        expect(gained).toEqual([]);
      }),
    );
  });

  it('does not depend on the order of its rules', () => {
    fc.assert(
      fc.property(fc.array(anyRule, { maxLength: 5 }), anyDeclaration, anySubject, (rules, declared, subject) => {
        const turned = [...rules].reverse();
        for (const right of RIGHTS) {
          const [one, other] = [rules, turned].map((list) =>
            accessPolicy(list).allows(subject, 'payment.apiKey', right, declared),
          );
          expect(one).toBe(other);
        }
      }),
    );
  });

  it('allows at every path what it allows for all of them at once', () => {
    let allowed = 0;
    const wide = anyRule.map((rule): AccessRule => ({ ...rule, paths: ['**'] }));
    const rulesOf = fc.array(fc.oneof(anyRule, wide), { maxLength: 4 });
    fc.assert(
      fc.property(rulesOf, anyDeclaration, anySubject, (rules, declared, subject) => {
        const policy = accessPolicy(rules);
        for (const right of ['write', 'rotate'] as const) {
          if (policy.explainAll(subject, right).decision === 'deny') continue;
          allowed++;
          const closed = PATHS.filter((path) => !policy.allows(subject, path, right, declared));
          expect(closed).toEqual([]);
        }
      }),
    );
    expect(allowed).toBeGreaterThan(PROOF_RUNS / 10);
  });
});
