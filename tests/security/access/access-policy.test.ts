import { describe, expect, it } from '@jest/globals';
import { accessPolicy, type AccessRule, type AccessSubject, type DeclaredAccess } from '../../../src/security/index.js';

class PaymentClient {}
class ReportService {}

const sealed: DeclaredAccess = { level: 'sealed' };
const withReaders: DeclaredAccess = { level: 'mask', readers: [PaymentClient] };
const use = { paths: ['payment.*'], rights: ['use'] } as const;

function asked(rules: readonly AccessRule[], subject: AccessSubject, declared?: DeclaredAccess): string {
  const { rule, why, wayOut } = accessPolicy(rules).explain(subject, 'payment.apiKey', 'use', declared);
  return [`[${rule}]`, why, wayOut].filter((part) => part !== '').join(' ');
}

describe('accessPolicy', () => {
  it('leaves secrets open of which neither the class nor a rule speaks', () => {
    expect(asked([], {})).toBe(
      '[default] code without a handle, without a principal, may use "payment.apiKey": nothing forbids it.',
    );
  });

  it('keeps sealed secrets closed until somebody is named', () => {
    expect(asked([], { reader: ReportService }, sealed)).toBe(
      '[sealed] ReportService, without a principal, may not use "payment.apiKey": it is sealed, and nothing allows it. ' +
        'Add ReportService to the readers of the field: @Secure({ readers: [ReportService] }). Or add ' +
        "{ effect: 'allow', paths: ['payment.apiKey'], rights: ['use'], readers: ['ReportService'] } to the access policy.",
    );
  });

  it('opens a field with readers to these, by their class', () => {
    expect(asked([], { reader: PaymentClient }, withReaders)).toBe(
      '[@Secure] PaymentClient, without a principal, may use "payment.apiKey": @Secure names it as a reader.',
    );
    const impostor = { PaymentClient: class PaymentClient {} }.PaymentClient;
    expect(asked([], { reader: impostor }, withReaders)).toMatch(/may not use .* only its readers may, which are Paym/);
  });

  it('tells code without a handle to take one', () => {
    expect(asked([], {}, withReaders)).toBe(
      '[@Secure] code without a handle, without a principal, may not use "payment.apiKey": only its readers may, which ' +
        'are PaymentClient. Inject the secret into one of its readers with @InjectSecret and use that handle.',
    );
  });

  it('lets a rule add a reader, but only by naming it', () => {
    const naming: AccessRule = { name: 'reports', effect: 'allow', ...use, readers: ['ReportService'] };
    expect(asked([naming], { reader: ReportService }, withReaders)).toMatch(/^\[reports\] .* may use/);
    expect(asked([{ effect: 'allow', ...use }], { reader: ReportService }, withReaders)).toMatch(/may not use/);
    // The rule is about somebody else.
    expect(asked([naming], { reader: PaymentClient }, withReaders)).toMatch(/^\[@Secure\] .* may use/);
  });

  it('asks a reader for the principal that a rule demands', () => {
    const billing: AccessRule = { name: 'billing only', effect: 'allow', ...use, principals: ['billing'] };
    const subject = { reader: PaymentClient };
    expect(asked([billing], { ...subject, principal: 'billing' }, withReaders)).toBe(
      '[billing only] PaymentClient, on behalf of "billing", may use "payment.apiKey": the rule "billing only" allows it.',
    );
    expect(asked([billing], { ...subject, principal: 'guest' }, withReaders)).toMatch(
      /PaymentClient, on behalf of "guest", may not use .* the rule "billing only" allows it on behalf of "billing" only/,
    );
    expect(asked([billing], subject, withReaders)).toBe(
      '[billing only] PaymentClient, without a principal, may not use "payment.apiKey": the rule "billing only" allows it ' +
        'on behalf of "billing" only. Run the work in runAs(principal, …) for one whom the rule names. Work that waits ' +
        'in a queue of its own loses its principal: call runAs again where it is taken out.',
    );
  });

  it('closes an open secret to everybody else once a rule allows it to somebody', () => {
    const reports: AccessRule = { effect: 'allow', ...use, readers: [ReportService] };
    expect(asked([reports], { reader: ReportService })).toMatch(/may use/);
    expect(asked([reports], { reader: PaymentClient })).toMatch(
      /^\[rules\[0\]\] .* may not use .* the rule "rules\[0\]" allows it to ReportService only\. Add PaymentClient to the readers/,
    );
  });

  it('lets a rule that denies win, wherever it stands', () => {
    const deny: AccessRule = { name: 'never', effect: 'deny', ...use, readers: [ReportService] };
    const allow: AccessRule = { name: 'always', effect: 'allow', ...use, readers: ['*'] };
    for (const rules of [
      [deny, allow],
      [allow, deny],
    ]) {
      expect(asked(rules, { reader: ReportService })).toMatch(
        /^\[never\] .* the rule "never" denies it\. Change that rule/,
      );
      expect(asked(rules, { reader: PaymentClient })).toMatch(/^\[always\] .* may use/);
    }
  });

  it('denies to those who do not say who they are what it denies to somebody', () => {
    const guests: AccessRule = { name: 'no guests', effect: 'deny', ...use, principals: ['guest'] };
    expect(asked([guests], { principal: 'billing' })).toMatch(/may use/);
    expect(asked([guests], {})).toBe(
      '[no guests] code without a handle, without a principal, may not use "payment.apiKey": the rule "no guests" denies ' +
        'it to code on behalf of "guest", and an unidentified caller may be exactly that one. Identify the caller: ' +
        'inject the secret with @InjectSecret, and run the work in runAs(principal, …). Or change that rule of the ' +
        'access policy.',
    );
  });

  it('lets everybody list and see masked what they must not use, until a rule speaks of that', () => {
    const policy = accessPolicy([{ effect: 'deny', paths: ['hidden.**'], rights: ['list', 'read-masked'] }]);
    const rights = ['list', 'read-masked', 'use', 'write', 'rotate'] as const;
    const allowed = (path: string): boolean[] => rights.map((right) => policy.allows({}, path, right, sealed));
    expect(allowed('payment.apiKey')).toEqual([true, true, false, false, false]);
    expect(allowed('hidden.key')).toEqual([false, false, false, false, false]);
    expect(policy.explain({}, 'hidden.key', 'read-masked').why).toBe(
      'code without a handle, without a principal, may not read "hidden.key", even masked: the rule "rules[0]" denies it.',
    );
  });

  it('gives its explanation as data', () => {
    const explanation = accessPolicy([]).explain(
      { reader: 'PaymentClient', principal: 'me' },
      'payment.apiKey',
      'use',
      {
        level: 'encrypt',
        readers: [PaymentClient],
      },
    );
    expect(structuredClone(explanation)).toEqual({
      decision: 'allow',
      rule: '@Secure',
      reason: 'declared-reader',
      path: 'payment.apiKey',
      right: 'use',
      reader: 'PaymentClient',
      principal: 'me',
      why: String(explanation),
      wayOut: '',
    });
    expect(Object.isFrozen(explanation)).toBe(true);
  });

  it('does not decide about paths that no pattern could name', () => {
    const path = `payment.${'x'.repeat(10_000)}`;
    const { decision, reason } = accessPolicy([{ effect: 'allow', paths: ['**'], rights: ['use'] }]).explain(
      {},
      path,
      'use',
    );
    expect([decision, reason]).toEqual(['deny', 'unreadable-path']);
  });

  it('keeps its rules when the list they came in changes', () => {
    const rights: ('use' | 'list')[] = ['list'];
    const rules: AccessRule[] = [{ effect: 'deny', paths: ['**'], rights }];
    const policy = accessPolicy(rules);
    rights.push('use');
    rules.length = 0;
    expect([policy.allows({}, 'a', 'list'), policy.allows({}, 'a', 'use'), policy.rules.length]).toEqual([
      false,
      true,
      1,
    ]);
  });

  it.each([
    [undefined, 'rules: must be a list of rules.'],
    [[1], /^rules\[0\]: must be a rule such as/],
    [[{ ...use, effect: 'permit' }], "rules[0].effect: must be 'allow' or 'deny'."],
    [[{ ...use, effect: 'deny', name: '' }], 'rules[0].name: must be a text.'],
    [[{ effect: 'deny', rights: ['use'] }], 'rules[0].paths: must be a list of patterns such as payment.*.'],
    [
      [{ effect: 'deny', rights: ['use'], paths: ['a', 'b.***'] }],
      /^rules\[0\]\.paths\[1\]: "b\.\*\*\*" cannot be used/,
    ],
    [
      [{ effect: 'deny', paths: ['a'], rights: [] }],
      'rules[0].rights: must be a list of list, read-masked, use, write, rotate.',
    ],
    [
      [{ effect: 'deny', paths: ['a'], rights: ['read'] }],
      'rules[0].rights: "read" is not one of list, read-masked, use, write, rotate.',
    ],
    [
      [{ ...use, effect: 'deny', principals: 'guest' }],
      'rules[0].principals: must be a list of names as given to runAs.',
    ],
    [
      [{ ...use, effect: 'deny', readers: [undefined] }],
      /^rules\[0\]\.readers: must be a list of classes or their names\. A class that is declared later/,
    ],
  ])('refuses at once what cannot be used: %#', (rules, message) => {
    // Policies come from files, too, without types.
    expect(() => accessPolicy(rules as unknown as AccessRule[])).toThrow(message);
  });

  it('refuses a right that is none', () => {
    const policy = accessPolicy([]);
    // A caller without types.
    expect(() => policy.explain({}, 'a', 'read' as 'use')).toThrow('right: "read" is not one of list, read-masked');
  });
});
