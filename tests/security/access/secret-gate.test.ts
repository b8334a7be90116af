import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import {
  ConfigError,
  createSecret,
  encodeSecret,
  holdOutsideHeap,
  underKey,
  useSecretAs,
  useSecretAsyncAs,
  type LogRecord,
  type SecretGate,
  type SecretRule,
  type SecretWish,
  type SecureValue,
} from '../../../src/core/index.js';
import { accessPolicy, createSecretGate, runAs, type AccessRecord } from '../../../src/security/index.js';
import { caught } from '../../sources/caught.js';
import { errorOf } from '../../core/error-of.js';

class PaymentClient {}
class ReportService {}

const rule: SecretRule = { level: 'sealed', form: 'text', readers: [PaymentClient] };
const path = 'payment.apiKey';

function use(change: Partial<SecretWish> = {}): SecretWish {
  return { ...rule, right: 'use', path, reader: PaymentClient, ...change };
}

function secret(gate: SecretGate, change: Partial<SecretRule> = {}): SecureValue<unknown> {
  const content = holdOutsideHeap(encodeSecret('hunter2', 'text'));
  return createSecret(content, 'text', { path, rule: { ...rule, ...change }, gate });
}

/** Keeps what it is given, after a while. */
class Recorder {
  readonly entries: AccessRecord[] = [];

  async record(entry: AccessRecord): Promise<void> {
    await setImmediate();
    this.entries.push(entry);
  }
}

const broken = { record: async () => Promise.reject(new RangeError('hunter2 does not fit')) };

describe('createSecretGate', () => {
  it('lets a reader in, and says who else asked for what, by which rule it was denied, and the way out', () => {
    const value = secret(createSecretGate());
    expect(useSecretAs(value, PaymentClient, (text) => text)).toBe('hunter2');
    const error = errorOf(() => useSecretAs(value, ReportService, (text) => text));
    expect([error.code, error.category]).toEqual(['access-denied', 'access']);
    expect(error.message).toBe(
      'ReportService, without a principal, may not use "payment.apiKey": only its readers may, which are PaymentClient.\n' +
        'Add ReportService to the readers of the field: @Secure({ readers: [ReportService] }). Or add ' +
        "{ effect: 'allow', paths: ['payment.apiKey'], rights: ['use'], readers: ['ReportService'] } to the access policy.",
    );
    expect(errorOf(() => value.use((text) => text)).code).toBe('access-denied');
  });

  it('asks for the principal of the running work, each time', async () => {
    const policy = accessPolicy([{ effect: 'allow', paths: ['payment.*'], rights: ['use'], principals: ['billing'] }]);
    const value = secret(createSecretGate({ policy }));
    const open = async (): Promise<unknown> => useSecretAsyncAs(value, PaymentClient, (text) => text);
    expect(await runAs('billing', open)).toBe('hunter2');
    expect((await caught(async () => runAs('guest', open))).code).toBe('access-denied');
    expect((await caught(open)).message).toContain('on behalf of "billing" only');
  });

  it('closes where the principal is lost in a queue', () => {
    const policy = accessPolicy([{ effect: 'allow', paths: ['payment.*'], rights: ['use'], principals: ['billing'] }]);
    const value = secret(createSecretGate({ policy }));
    const queue: (() => unknown)[] = [];
    runAs('billing', () => queue.push(() => useSecretAs(value, PaymentClient, (text) => text)));
    expect(errorOf(() => queue[0]?.()).code).toBe('access-denied');
    expect(runAs('billing', () => queue[0]?.())).toBe('hunter2');
  });

  it('records nothing of uses whose audit nobody asked for', async () => {
    const audit = new Recorder();
    const gate = createSecretGate({ audit });
    gate.admit(use());
    await gate.admitAsync(use());
    await setImmediate();
    expect(audit.entries).toEqual([]);
  });

  it('records who used what on whose behalf and by which rule, and never the value', async () => {
    const audit = new Recorder();
    const value = secret(createSecretGate({ audit }), { audit: 'required' });
    await runAs('billing', async () => useSecretAsyncAs(value, PaymentClient, (text) => text));
    expect(audit.entries).toEqual([
      {
        action: 'use',
        decision: 'allow',
        path,
        level: 'sealed',
        rule: '@Secure',
        actor: 'PaymentClient',
        principal: 'billing',
      },
    ]);
  });

  it('records the key that a secret is under, of what is allowed and of what is denied', async () => {
    const audit = new Recorder();
    const gate = createSecretGate({ audit });
    const content = underKey(holdOutsideHeap(encodeSecret('hunter2', 'text')), 'orders/1');
    const audited: SecretRule = { ...rule, audit: 'required' };
    const value = createSecret(content, 'text', { path, rule: audited, gate });
    await useSecretAsyncAs(value, PaymentClient, (text) => text);
    errorOf(() => useSecretAs(value, ReportService, (text) => text));
    await setImmediate();
    expect(audit.entries.map(({ decision, kid }) => [decision, kid])).toEqual([
      ['allow', 'orders/1'],
      ['deny', 'orders/1'],
    ]);
  });

  it('records the trace that the tracer knows, of what is allowed and of what is denied', async () => {
    const audit = new Recorder();
    const tracer = { span: async () => Promise.reject(new Error('no span is asked for')), traceId: () => 'f00' };
    const value = secret(createSecretGate({ audit, tracer }), { audit: 'required' });
    await useSecretAsyncAs(value, PaymentClient, (text) => text);
    errorOf(() => useSecretAs(value, ReportService, (text) => text));
    await setImmediate();
    expect(audit.entries.map(({ decision, traceId }) => [decision, traceId])).toEqual([
      ['allow', 'f00'],
      ['deny', 'f00'],
    ]);
  });

  it('opens nothing that must be on record before it is', async () => {
    const steps: string[] = [];
    const audit = {
      record: async () => {
        await setImmediate();
        steps.push('recorded');
      },
    };
    const value = secret(createSecretGate({ audit }), { audit: 'required' });
    await useSecretAsyncAs(value, PaymentClient, () => steps.push('opened'));
    expect(steps).toEqual(['recorded', 'opened']);
  });

  it('sends those who cannot wait for a record to useAsync', () => {
    const gate = createSecretGate({ audit: new Recorder() });
    const error = errorOf(() => {
      gate.admit(use({ audit: 'required' }));
    });
    expect([error.code, error.category]).toEqual(['audit-needs-async', 'access']);
    expect(error.message).toBe(
      'Each use of "payment.apiKey" must be on record before it is allowed, and use() cannot wait for that.\n' +
        'Call useAsync(fn) instead, and await it.',
    );
  });

  it('opens nothing that cannot be recorded, and gives the reason as the log tells it', async () => {
    const failure = new ConfigError({ code: 'audit-failed', category: 'security', message: 'The disk is full.' });
    const value = secret(createSecretGate({ audit: { record: async () => Promise.reject(failure) } }), {
      audit: 'required',
    });
    let opened = false;
    const error = await caught(async () =>
      useSecretAsyncAs(value, PaymentClient, () => {
        opened = true;
      }),
    );
    expect([error === failure, opened]).toEqual([true, false]);
  });

  it('opens nothing that must be recorded where there is no log', async () => {
    const gate = createSecretGate();
    const now = errorOf(() => {
      gate.admit(use({ audit: 'required' }));
    });
    const later = await caught(async () => gate.admitAsync(use({ audit: 'required' })));
    expect([now.code, later.code]).toEqual(['audit-missing', 'audit-missing']);
    expect(now.message).toContain('there is no audit log.\nGive one with the option secrets.audit');
  });

  it('holds nobody up for a best-effort record, and logs one that fails without quoting it', async () => {
    const records: LogRecord[] = [];
    const logger = { log: (record: LogRecord) => records.push(record) };
    const throwing = {
      record: (): never => {
        throw new TypeError('hunter2 is no entry');
      },
    };
    for (const audit of [broken, throwing]) {
      const gate = createSecretGate({ audit, logger });
      gate.admit(use({ audit: 'best-effort' }));
      await gate.admitAsync(use({ audit: 'best-effort' }));
    }
    await setImmediate();
    expect(records.map(({ event, fields }) => `${event} ${String(fields['error'])}`).sort()).toEqual([
      'config.audit.failed RangeError',
      'config.audit.failed RangeError',
      'config.audit.failed TypeError',
      'config.audit.failed TypeError',
    ]);
    expect(JSON.stringify(records)).not.toContain('hunter2');
  });

  it('prefers to enqueue what nobody waits for', () => {
    const queued: AccessRecord[] = [];
    const audit = {
      record: async () => Promise.reject(new Error('not this')),
      enqueue: (entry: AccessRecord) => void queued.push(entry),
    };
    createSecretGate({ audit }).admit(use({ audit: 'best-effort' }));
    expect(queued.map(({ decision }) => decision)).toEqual(['allow']);
  });

  it.each([[undefined], ['best-effort'], ['required']] as const)(
    'records denials where the audit is %s, and denies without waiting for it',
    async (mode) => {
      const audit = new Recorder();
      const gate = createSecretGate({ audit });
      const asked = use({ reader: ReportService, ...(mode && { audit: mode }) });
      const now = errorOf(() => {
        gate.admit(asked);
      });
      const later = await caught(async () => gate.admitAsync(asked));
      expect([now.code, later.code]).toEqual(['access-denied', 'access-denied']);
      await setImmediate();
      expect(audit.entries).toEqual(
        [1, 2].map(() => ({
          action: 'use',
          decision: 'deny',
          path,
          level: 'sealed',
          rule: '@Secure',
          actor: 'ReportService',
        })),
      );
    },
  );

  it('denies even when the denial cannot be recorded', async () => {
    const gate = createSecretGate({ audit: broken });
    const asked = use({ reader: ReportService, audit: 'required' });
    expect((await caught(async () => gate.admitAsync(asked))).code).toBe('access-denied');
  });
});
