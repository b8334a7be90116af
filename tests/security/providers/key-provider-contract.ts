// What every key provider does, told by its real client against a service on this machine that speaks its real HTTP.
import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { caught } from '../../sources/caught.js';
import type { ServiceAnswer } from './http-service.js';
import type { ProviderWorld } from './provider-world.js';

const context = { keyset: 'orders', kid: 'orders/1', stage: 'Zürich ✓ "quoted"' };
const KEY = Buffer.from('canary-of-exactly-32-bytes-long!');

/** Declares what every key provider has to pass, for each of the worlds: `[name, open]`. */
export function keyProviderContract(worlds: readonly (readonly [string, () => Promise<ProviderWorld>])[]): void {
  describe.each(worlds)('%s', (_name, open) => {
    let world: ProviderWorld;

    beforeEach(async () => {
      world = await open();
    });

    afterEach(() => world.service.close());

    /** The code of a ConfigError; followed by what it should not have: another category, a cause, a secret. */
    const codeOf = async (action: () => unknown): Promise<string> => {
      const error = await caught(action);
      const texts = [error.message, error.stack, inspect(error, { depth: 9, showHidden: true }), JSON.stringify(error)];
      const secrets = [world.credential, KEY.toString(), KEY.toString('base64'), KEY.toString('base64url')];
      const shown = secrets.filter((secret) => texts.join('\n').includes(secret));
      const wrong = [
        error.category === 'security' ? '' : error.category,
        error.cause === undefined ? '' : 'a cause',
        ...shown,
      ];
      return [error.code, ...wrong].filter((word) => word !== '').join(', ');
    };

    it('unwraps what it has wrapped, for the same context in any order', async () => {
      const wrapped = await world.provider.wrapKey(KEY, context);
      expect(wrapped.includes(KEY)).toBe(false);
      const reordered = Object.fromEntries(Object.entries(context).reverse());
      expect(await world.provider.unwrapKey(wrapped, reordered)).toEqual(KEY);
    });

    it('leaves the key that it is given as it is', async () => {
      const given = Buffer.from(KEY);
      await world.provider.wrapKey(given, context);
      expect(given).toEqual(KEY);
    });

    it('wraps keys of other lengths, such as a private key', async () => {
      const long = Buffer.alloc(300, 'private key ');
      const wrapped = await world.provider.wrapKey(long, context);
      expect(await world.provider.unwrapKey(wrapped, context)).toEqual(long);
    });

    it('makes new keys of 32 bytes, each another one', async () => {
      const [one, two] = [await world.provider.generateDataKey(context), await world.provider.generateDataKey(context)];
      expect([one.plaintext.length, two.plaintext.length]).toEqual([32, 32]);
      expect(one.plaintext.equals(two.plaintext)).toBe(false);
      expect(await world.provider.unwrapKey(one.wrapped, context)).toEqual(one.plaintext);
    });

    it('hands out keys in buffers of their own, which can be zeroed', async () => {
      const { plaintext, wrapped } = await world.provider.generateDataKey(context);
      const unwrapped = await world.provider.unwrapKey(wrapped, context);
      expect([plaintext, unwrapped].map((key) => key.buffer.byteLength)).toEqual([32, 32]);
    });

    it('opens and renews what older versions of its key have wrapped', async () => {
      const old = await world.provider.wrapKey(KEY, context);
      world.rotate();
      expect(await world.provider.unwrapKey(old, context)).toEqual(KEY);
      const renewed = await world.provider.rewrap(old, context);
      expect(renewed.equals(old)).toBe(false);
      expect(await world.provider.unwrapKey(renewed, context)).toEqual(KEY);
    });

    it.each([
      ['another value', { ...context, kid: 'orders/2' }],
      ['one entry less', { keyset: 'orders', kid: 'orders/1' }],
      ['one entry more', { ...context, more: '' }],
      ['no context', {}],
    ])('refuses to unwrap or renew with %s', async (_what, other) => {
      const wrapped = await world.provider.wrapKey(KEY, context);
      expect(await codeOf(() => world.provider.unwrapKey(wrapped, other))).toBe('wrapped-key-mismatch');
      expect(await codeOf(() => world.provider.rewrap(wrapped, other))).toBe('wrapped-key-mismatch');
    });

    it('does not unwrap what another key has wrapped', async () => {
      const wrapped = await world.stranger.wrapKey(KEY, context);
      const error = await caught(() => world.provider.unwrapKey(wrapped, context));
      expect(error.message).toBe(
        `${world.provider.id} does not unwrap this key.\n` +
          'It was wrapped under another key or for another context, or it has been changed since.',
      );
    });

    // The last characters of Vault's base64 may hold bits that mean nothing.
    it.each(['first', 'middle', 'late'] as const)(
      'refuses a wrapped key of which a %s byte is changed',
      async (place) => {
        const wrapped = await world.provider.wrapKey(KEY, context);
        const at = { first: 0, middle: wrapped.length >> 1, late: wrapped.length - 6 }[place];
        wrapped.writeUInt8(wrapped.readUInt8(at) ^ 4, at);
        expect(await codeOf(() => world.provider.unwrapKey(wrapped, context))).toBe('wrapped-key-mismatch');
      },
    );

    it.each([0, 1, 20])('refuses %d bytes that are no wrapped key', async (length) => {
      expect(await codeOf(() => world.provider.unwrapKey(Buffer.alloc(length, 1), context))).toBe(
        'wrapped-key-mismatch',
      );
    });

    it('describes its key without its material', async () => {
      const { kind, key, details } = await world.provider.describe();
      expect(kind).toMatch(/^(?:aws-kms|azure-key-vault|gcp-kms|vault-transit)$/);
      expect(key).toContain('orders');
      expect(Object.values(details ?? {}).every((value) => typeof value === 'string')).toBe(true);
    });

    const work = [
      ['wrapKey', () => world.provider.wrapKey(KEY, context)],
      ['generateDataKey', () => world.provider.generateDataKey(context)],
      ['unwrapKey', async (wrapped: Buffer) => world.provider.unwrapKey(wrapped, context)],
      ['rewrap', async (wrapped: Buffer) => world.provider.rewrap(wrapped, context)],
    ] as const;

    const secretText = (): string => `${world.credential} ${KEY.toString()} ${KEY.toString('base64')}`;
    const troubles: readonly (readonly [string, string, () => ServiceAnswer | 'hang-up'])[] = [
      ['throttled', 'key-provider-unavailable', () => world.throttled(secretText())],
      ['failing inside', 'key-provider-unavailable', () => world.broken(secretText())],
      ['hanging up', 'key-provider-unavailable', () => 'hang-up'],
      ['denying access', 'key-provider-refused', () => world.denied(secretText())],
    ];

    it.each(work.flatMap(([name, run]) => troubles.map(([what, code, how]) => [name, what, code, how, run] as const)))(
      'tells of %s while the service is %s, in words of its own',
      async (_method, _what, code, how, run) => {
        const wrapped = await world.provider.wrapKey(KEY, context);
        world.service.misbehave(how());
        expect(await codeOf(() => run(wrapped))).toBe(code);
        world.service.misbehave(undefined);
        // It holds no grudge.
        await expect(run(wrapped)).resolves.toBeDefined();
      },
    );

    it('refuses an answer that has no key in it', async () => {
      const wrapped = await world.provider.wrapKey(KEY, context);
      world.service.misbehave({ body: {} });
      for (const [, run] of work) {
        expect(await codeOf(() => run(wrapped))).toMatch(/^key-provider-(?:refused|unavailable)$/);
      }
    });

    it('shows neither keys nor credentials of its own', async () => {
      await world.provider.wrapKey(KEY, context);
      const shown = inspect(world.provider, { depth: 9, showHidden: true }) + JSON.stringify(world.provider);
      expect(shown).not.toContain(world.credential);
      expect(Object.isFrozen(world.provider)).toBe(true);
    });
  });
}
