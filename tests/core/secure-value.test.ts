import { describe, expect, it } from '@jest/globals';
import { deepStrictEqual, notDeepStrictEqual } from 'node:assert';
import { format, inspect, isDeepStrictEqual } from 'node:util';
import v8 from 'node:v8';
import type { SecretGate, SecretWish } from '../../src/core/index.js';
import {
  createSecret,
  holdOutsideHeap,
  holdSealed,
  isSecureValue,
  ownBytes,
  revealSecret,
  SecureValue,
  useSecretAs,
  useSecretAsyncAs,
  sameSettings,
} from '../../src/core/index.js';

const CANARY = 'canary-4d1f-hunter2';
const MASK = '[secure]';

describe('SecureValue', () => {
  it('opens in use, and nowhere else', () => {
    expect(SecureValue.of(CANARY).use((text) => text)).toBe(CANARY);
    expect(SecureValue.of(42).use((number) => number + 1)).toBe(43);
    expect(SecureValue.of({ user: 'app', roles: ['a'] }).use(({ roles }) => roles)).toEqual(['a']);
    expect(SecureValue.of(Buffer.from(CANARY)).use((bytes) => bytes.toString())).toBe(CANARY);
  });

  it('shows the mask through everything that prints or serialises', () => {
    const secret = SecureValue.of(CANARY);
    // What a careless template does with it.
    const careless = secret as unknown as string;
    expect([String(secret), `is ${careless}`, [secret].join(), JSON.stringify(secret), inspect(secret)]).toEqual([
      MASK,
      `is ${MASK}`,
      MASK,
      `"${MASK}"`,
      MASK,
    ]);
    expect(Number(secret)).toBeNaN();
    expect(format('%o %O %j %s', secret, secret, secret, secret)).not.toContain(CANARY);
    expect(inspect({ a: [secret] }, { customInspect: false, showHidden: true, getters: true })).not.toContain(CANARY);
  });

  it('takes no secret along when it is cloned, spread or serialised', () => {
    const secret = SecureValue.of(CANARY);
    const copies = [
      structuredClone(secret),
      v8.deserialize(v8.serialize(secret)),
      Object.assign({}, secret),
      Object.entries(secret),
      Reflect.ownKeys(secret).map((key): unknown => Reflect.get(secret, key)),
    ];
    expect(inspect(copies, { depth: null })).not.toContain(CANARY);
  });

  it('is told from others by its fingerprint, so that deep comparisons see a change', () => {
    const [a, same, b] = [SecureValue.of(CANARY), SecureValue.of(CANARY), SecureValue.of('another')];
    expect(a.fingerprint).toBe(same.fingerprint);
    expect(isDeepStrictEqual({ a }, { a: same })).toBe(true);
    expect(isDeepStrictEqual({ a }, { a: b })).toBe(false);
    deepStrictEqual(a, same);
    notDeepStrictEqual(a, b);
    expect(a).not.toEqual(b);
  });

  it('has no fingerprint that somebody could work out from the value', () => {
    expect(SecureValue.of('1').fingerprint).not.toBe(SecureValue.of(1).fingerprint);
    expect(SecureValue.of(CANARY).fingerprint).toMatch(/^[\w-]{22}$/);
  });

  it('compares with another secret and with a guess', () => {
    const secret = SecureValue.of(CANARY);
    expect(secret.equals(SecureValue.of(CANARY))).toBe(true);
    expect(secret.equals(CANARY)).toBe(true);
    expect(secret.equals('canary-4d1f-hunter3')).toBe(false);
    expect(secret.equals('')).toBe(false);
  });

  it('zeroes bytes when the function is done, also one that throws', () => {
    const secret = SecureValue.of(Buffer.from(CANARY));
    const seen: Buffer[] = [];
    secret.use((bytes) => seen.push(bytes));
    expect(() =>
      secret.use((bytes) => {
        seen.push(bytes);
        throw new RangeError('on purpose');
      }),
    ).toThrow('on purpose');
    expect(seen.map((bytes) => bytes.every((byte) => byte === 0))).toEqual([true, true]);
  });

  it('refuses to hand bytes to a function that returns a promise, for they would be zeroed too early', () => {
    const secret = SecureValue.of(Buffer.from(CANARY));
    expect(() => secret.use(async (bytes) => Promise.resolve(bytes.length))).toThrow('call useAsync');
  });

  it('keeps bytes until the promise of useAsync has settled', async () => {
    const secret = SecureValue.of(Buffer.from(CANARY));
    let seen: Buffer | undefined;
    const text = await secret.useAsync(async (bytes) => {
      seen = bytes;
      await Promise.resolve();
      return bytes.toString();
    });
    expect([text, seen?.every((byte) => byte === 0)]).toEqual([CANARY, true]);
  });

  it('does not hand out the bytes that it was given, and leaves them as they are', () => {
    const given = Buffer.from(CANARY);
    const secret = SecureValue.of(given);
    secret.use((bytes) => bytes.fill(1));
    expect([given.toString(), secret.use((bytes) => bytes.toString())]).toEqual([CANARY, CANARY]);
  });

  it('cannot be changed, nor can what all of them inherit', () => {
    const secret = SecureValue.of(CANARY);
    expect(Object.isFrozen(secret) && Object.isFrozen(SecureValue.prototype)).toBe(true);
    expect(() => Object.assign(secret, { toJSON: () => 'x' })).toThrow(TypeError);
  });

  it('is known by its brand, and a copy that lost its secret says so', () => {
    const copy = Object.assign(Object.create(SecureValue.prototype) as object, { fingerprint: 'x' });
    expect([isSecureValue(SecureValue.of(1)), isSecureValue(copy), isSecureValue({}), isSecureValue(null)]).toEqual([
      true,
      true,
      false,
      false,
    ]);
    // A clone made by a library has the methods, and nothing inside.
    const use: unknown = Reflect.get(copy, 'use');
    expect(() => {
      // The method of the class, as the copy has it.
      (use as (this: unknown, fn: unknown) => unknown).call(copy, String);
    }).toThrow('it holds no secret');
  });
});

describe('createSecret', () => {
  const rule = { level: 'sealed', form: 'text' } as const;

  it('opens what is held as text, outside the heap or as ciphertext alike', () => {
    const contents = [
      { kind: 'text' as const, text: CANARY },
      holdOutsideHeap(ownBytes(CANARY)),
      holdSealed(ownBytes(CANARY)),
    ];
    const secrets = contents.map((content) => createSecret(content, 'text'));
    expect(secrets.map(revealSecret)).toEqual([CANARY, CANARY, CANARY]);
    expect(new Set(secrets.map(({ fingerprint }) => fingerprint)).size).toBe(1);
  });

  it('zeroes the bytes that it holds elsewhere from then on', () => {
    const bytes = [ownBytes(CANARY), ownBytes(CANARY)];
    holdOutsideHeap(bytes[0] ?? Buffer.alloc(0));
    holdSealed(bytes[1] ?? Buffer.alloc(0));
    expect(Buffer.concat(bytes).every((byte) => byte === 0)).toBe(true);
  });

  it('asks the gate before each use, with what is declared and who asks', async () => {
    const asked: SecretWish[] = [];
    const gate: SecretGate = {
      admit: (use) => void asked.push(use),
      admitAsync: async (use) => Promise.resolve(void asked.push(use)),
      allows: () => true,
    };
    const secret = createSecret({ kind: 'text', text: CANARY }, 'text', { path: 'payment.key', rule, gate });
    class PaymentClient {}
    secret.use(() => undefined);
    await secret.useAsync(() => undefined);
    useSecretAs(secret, PaymentClient, () => undefined);
    await useSecretAsyncAs(secret, PaymentClient, () => undefined);
    expect(asked).toEqual([
      { path: 'payment.key', right: 'use', ...rule },
      { path: 'payment.key', right: 'use', ...rule },
      { path: 'payment.key', right: 'use', ...rule, reader: PaymentClient },
      { path: 'payment.key', right: 'use', ...rule, reader: PaymentClient },
    ]);
  });

  it('opens nothing, and compares with no guess, when the gate refuses', async () => {
    const refuse = (): never => {
      throw new RangeError('refused');
    };
    const gate: SecretGate = {
      admit: refuse,
      admitAsync: async () => Promise.reject(new RangeError('refused')),
      allows: () => false,
    };
    const secret = createSecret({ kind: 'text', text: CANARY }, 'text', { path: 'a', rule, gate });
    const opened: unknown[] = [];
    expect(() => secret.use((text) => opened.push(text))).toThrow('refused');
    await expect(secret.useAsync((text) => opened.push(text))).rejects.toThrow('refused');
    expect(() => secret.equals(CANARY)).toThrow('refused');
    expect(opened).toEqual([]);
  });

  it('is compared by the library whatever the gate says, and by nobody else whom it refuses', () => {
    const gate: SecretGate = {
      admit: () => {
        throw new RangeError('refused');
      },
      admitAsync: async () => Promise.resolve(),
      allows: () => false,
    };
    const secretOf = (text: string): SecureValue<unknown> =>
      createSecret({ kind: 'text', text }, 'text', { path: 'a', rule, gate });
    const [one, same, other] = [secretOf('x'), secretOf('x'), secretOf('y')];
    expect([sameSettings({ one }, { one: same }), sameSettings({ one }, { one: other })]).toEqual([true, false]);
    expect(() => isDeepStrictEqual(one, other)).toThrow('refused');
    expect(() => one.fingerprint).toThrow('refused');
  });
});
