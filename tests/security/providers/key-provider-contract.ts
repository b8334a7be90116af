// What every key provider does, shown by its real client against a service on this machine that speaks its real HTTP.
import { inspect } from 'node:util';
import { expect } from '@jest/globals';
import { caught } from '../../sources/caught.js';
import type { ServiceAnswer } from './http-service.js';
import type { ProviderWorld } from './provider-world.js';

const context = { keyset: 'orders', kid: 'orders/1', stage: 'Zürich ✓ "quoted"' };
const KEY = Buffer.from('canary-of-exactly-32-bytes-long!');

type Behaviour = readonly [sentence: string, proof: (world: ProviderWorld) => Promise<void>];

const otherContexts: readonly (readonly [string, Readonly<Record<string, string>>])[] = [
  ['another value', { ...context, kid: 'orders/2' }],
  ['one entry less', { keyset: 'orders', kid: 'orders/1' }],
  ['one entry more', { ...context, more: '' }],
  ['no context', {}],
];

type Work = (world: ProviderWorld, wrapped: Buffer) => Promise<unknown>;

const work: readonly (readonly [string, Work])[] = [
  ['wrapKey', ({ provider }) => provider.wrapKey(KEY, context)],
  ['generateDataKey', ({ provider }) => provider.generateDataKey(context)],
  ['unwrapKey', async ({ provider }, wrapped) => provider.unwrapKey(wrapped, context)],
  ['rewrap', async ({ provider }, wrapped) => provider.rewrap(wrapped, context)],
];

const secretText = ({ credential }: ProviderWorld): string =>
  `${credential} ${KEY.toString()} ${KEY.toString('base64')}`;

const troubles: readonly (readonly [string, string, (world: ProviderWorld) => ServiceAnswer | 'hang-up'])[] = [
  ['throttled', 'key-provider-unavailable', (world) => world.throttled(secretText(world))],
  ['failing inside', 'key-provider-unavailable', (world) => world.broken(secretText(world))],
  ['hanging up', 'key-provider-unavailable', () => 'hang-up'],
  ['denying access', 'key-provider-refused', (world) => world.denied(secretText(world))],
];

/** The code of a ConfigError; followed by what it should not have: another category, a cause, a secret. */
async function codeOf(world: ProviderWorld, action: () => unknown): Promise<string> {
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
}

async function refusesContext(world: ProviderWorld, other: Readonly<Record<string, string>>): Promise<void> {
  const wrapped = await world.provider.wrapKey(KEY, context);
  expect(await codeOf(world, () => world.provider.unwrapKey(wrapped, other))).toBe('wrapped-key-mismatch');
  expect(await codeOf(world, () => world.provider.rewrap(wrapped, other))).toBe('wrapped-key-mismatch');
}

async function refusesOfAnotherKey({ provider, stranger }: ProviderWorld): Promise<void> {
  const wrapped = await stranger.wrapKey(KEY, context);
  const error = await caught(() => provider.unwrapKey(wrapped, context));
  expect(error.message).toBe(
    `${provider.id} does not unwrap this key.\n` +
      'It was wrapped under another key or for another context, or it has been changed since.',
  );
}

/** The last characters of Vault's base64 may hold bits that mean nothing. */
async function refusesChangedByte(world: ProviderWorld, place: 'first' | 'middle' | 'late'): Promise<void> {
  const wrapped = await world.provider.wrapKey(KEY, context);
  const at = { first: 0, middle: wrapped.length >> 1, late: wrapped.length - 6 }[place];
  wrapped.writeUInt8(wrapped.readUInt8(at) ^ 4, at);
  await refusesBytes(world, wrapped);
}

async function refusesBytes(world: ProviderWorld, bytes: Buffer): Promise<void> {
  expect(await codeOf(world, () => world.provider.unwrapKey(bytes, context))).toBe('wrapped-key-mismatch');
}

async function reportsTrouble(
  world: ProviderWorld,
  run: Work,
  trouble: ServiceAnswer | 'hang-up',
  code: string,
): Promise<void> {
  const wrapped = await world.provider.wrapKey(KEY, context);
  world.service.misbehave(trouble);
  expect(await codeOf(world, () => run(world, wrapped))).toBe(code);
  world.service.misbehave(undefined);
  // It holds no grudge.
  await expect(run(world, wrapped)).resolves.toBeDefined();
}

/** What every key provider passes, each in a fresh world that is closed after it. */
export const keyProviderContract: readonly Behaviour[] = [
  [
    'unwraps what it has wrapped, for the same context in any order',
    async ({ provider }) => {
      const wrapped = await provider.wrapKey(KEY, context);
      expect(wrapped.includes(KEY)).toBe(false);
      const reordered = Object.fromEntries(Object.entries(context).reverse());
      expect(await provider.unwrapKey(wrapped, reordered)).toEqual(KEY);
    },
  ],
  [
    'leaves the key that it is given as it is',
    async ({ provider }) => {
      const given = Buffer.from(KEY);
      await provider.wrapKey(given, context);
      expect(given).toEqual(KEY);
    },
  ],
  [
    'wraps keys of other lengths, such as a private key',
    async ({ provider }) => {
      const long = Buffer.alloc(300, 'private key ');
      const wrapped = await provider.wrapKey(long, context);
      expect(await provider.unwrapKey(wrapped, context)).toEqual(long);
    },
  ],
  [
    'makes new keys of 32 bytes, each another one',
    async ({ provider }) => {
      const [one, two] = [await provider.generateDataKey(context), await provider.generateDataKey(context)];
      expect([one.plaintext.length, two.plaintext.length]).toEqual([32, 32]);
      expect(one.plaintext.equals(two.plaintext)).toBe(false);
      expect(await provider.unwrapKey(one.wrapped, context)).toEqual(one.plaintext);
    },
  ],
  [
    'hands out keys in buffers of their own, which can be zeroed',
    async ({ provider }) => {
      const { plaintext, wrapped } = await provider.generateDataKey(context);
      const unwrapped = await provider.unwrapKey(wrapped, context);
      expect([plaintext, unwrapped].map((key) => key.buffer.byteLength)).toEqual([32, 32]);
    },
  ],
  [
    'opens and renews what older versions of its key have wrapped',
    async ({ provider, ...service }) => {
      const old = await provider.wrapKey(KEY, context);
      service.rotate();
      expect(await provider.unwrapKey(old, context)).toEqual(KEY);
      const renewed = await provider.rewrap(old, context);
      expect(renewed.equals(old)).toBe(false);
      expect(await provider.unwrapKey(renewed, context)).toEqual(KEY);
    },
  ],
  ...otherContexts.map(([what, other]): Behaviour => [
    `refuses to unwrap or renew with ${what}`,
    (world) => refusesContext(world, other),
  ]),
  ['does not unwrap what another key has wrapped', refusesOfAnotherKey],
  ...(['first', 'middle', 'late'] as const).map((place): Behaviour => [
    `refuses a wrapped key of which a ${place} byte is changed`,
    (world) => refusesChangedByte(world, place),
  ]),
  ...[0, 1, 20].map((length): Behaviour => [
    `refuses ${String(length)} bytes that are no wrapped key`,
    (world) => refusesBytes(world, Buffer.alloc(length, 1)),
  ]),
  [
    'describes its key without its material',
    async ({ provider }) => {
      const { kind, key, details } = await provider.describe();
      expect(kind).toMatch(/^(?:aws-kms|azure-key-vault|gcp-kms|vault-transit)$/);
      expect(key).toContain('orders');
      expect(Object.values(details ?? {}).every((value) => typeof value === 'string')).toBe(true);
    },
  ],
  ...work.flatMap(([method, run]) =>
    troubles.map(([what, code, how]): Behaviour => [
      `reports for ${method} that the service is ${what}, in words of its own`,
      (world) => reportsTrouble(world, run, how(world), code),
    ]),
  ),
  [
    'refuses an answer that has no key in it',
    async (world) => {
      const wrapped = await world.provider.wrapKey(KEY, context);
      world.service.misbehave({ body: {} });
      for (const [, run] of work) {
        expect(await codeOf(world, () => run(world, wrapped))).toMatch(/^key-provider-(?:refused|unavailable)$/);
      }
    },
  ],
  [
    'shows neither keys nor credentials of its own',
    async ({ provider, credential }) => {
      await provider.wrapKey(KEY, context);
      const shown = inspect(provider, { depth: 9, showHidden: true }) + JSON.stringify(provider);
      expect(shown).not.toContain(credential);
      expect(Object.isFrozen(provider)).toBe(true);
    },
  ],
];
