import { describe, expect, it } from '@jest/globals';
import fc from '../../fast-check.js';
import type { ConfigOrigin } from '../../../src/core/index.js';
import { UNSET } from '../../../src/core/index.js';
import { parseSnapshot, snapshotText } from '../../../src/runtime/recovery/snapshot-text.js';
import { someSnapshot } from './snapshots.js';

const origins: readonly ConfigOrigin[] = [
  { kind: 'custom', source: 'service', key: 'A' },
  { kind: 'custom', source: 'service', key: 'A', line: 3, column: 4 },
  { kind: 'custom', source: 'service', key: 'A', line: 3 },
  { kind: 'file', source: 'other.yaml', key: 'b.c', line: 1, column: 2 },
  { kind: 'environment', source: 'environment', key: 'APP_A' },
  { kind: 'remote', source: 'service', key: 'A', version: '41' },
];

describe('snapshotText', () => {
  it('is JSON with a checksum', () => {
    expect(JSON.parse(snapshotText(someSnapshot()))).toMatchObject({
      sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
      snapshot: { version: 1, savedAt: 1000, sources: [{ key: 'name:service' }] },
    });
  });

  it('is read back as it was', () => {
    const snapshot = someSnapshot(
      { selectors: { environment: 'production', region: 'eu', deployment: 'blue' } },
      { a: [1n, new Date(5), UNSET], ü: '\u2028 💥' },
    );
    expect(parseSnapshot(snapshotText(snapshot))).toEqual(snapshot);
  });

  it.each(origins)('keeps the origin %j', (origin) => {
    const snapshot = someSnapshot();
    const [source] = snapshot.sources;
    const layers =
      source?.layers.map((layer) => ({ ...layer, folder: '/etc', origins: new Map([['a', origin]]) })) ?? [];
    const changed = { ...snapshot, sources: [{ key: 'k', readAt: 1, layers }] };
    expect(parseSnapshot(snapshotText(changed))).toEqual(changed);
  });
});

describe('parseSnapshot', () => {
  const text = snapshotText(someSnapshot());

  it('refuses every text that is cut off', () => {
    for (let length = 0; length < text.length; length++) expect(parseSnapshot(text.slice(0, length))).toBe('damaged');
  });

  it('refuses every text with one character changed', () => {
    fc.assert(
      fc.property(fc.nat(text.length - 1), fc.string({ unit: 'grapheme', minLength: 1, maxLength: 1 }), (at, other) => {
        fc.pre(text[at] !== other);
        expect(parseSnapshot(text.slice(0, at) + other + text.slice(at + 1))).toBe('damaged');
      }),
    );
  });

  it('refuses a text with more behind it', () => {
    expect(parseSnapshot(`${text}\n`)).toBe('damaged');
  });

  it.each([
    ['another version', { version: 2 }],
    ['an environment that is no name', { selectors: { environment: 5 } }],
    ['sources that are no list', { sources: {} }],
    ['a time that is no number', { savedAt: 'now' }],
    ['a source without a key', { sources: [{ readAt: 1, layers: [] }] }],
    ['a layer that is no map', { sources: [{ key: 'a', readAt: 1, layers: [1] }] }],
  ])('refuses %s, checksum or not', async (_, part) => {
    const { createHash } = await import('node:crypto');
    const parsed = JSON.parse(text) as { snapshot: object }; // Our own text.
    const body = JSON.stringify({ ...parsed.snapshot, ...part });
    const digest = createHash('sha256').update(body).digest('hex');
    expect(parseSnapshot(`{"sha256":"${digest}","snapshot":${body}}\n`)).toBe('damaged');
  });
});

describe('the seal of a snapshot', () => {
  // Whoever has the key makes it from the digest; whoever has not cannot.
  const seal = {
    make: (digest: string) => `{jwe}${digest}`,
    holds: (token: string | undefined, digest: string) => token === `{jwe}${digest}`,
  };

  it('is read back, and changes nothing in the snapshot', () => {
    expect(parseSnapshot(snapshotText(someSnapshot(), seal), seal)).toEqual(someSnapshot());
    expect(JSON.parse(snapshotText(someSnapshot(), seal))).toHaveProperty('seal');
  });

  it('must be there and be ours where there is a key', () => {
    const other = { ...seal, make: () => '{jwe}forged' };
    expect(
      [snapshotText(someSnapshot()), snapshotText(someSnapshot(), other)].map((text) => parseSnapshot(text, seal)),
    ).toEqual(['forged', 'forged']);
  });

  it('is not asked for where there is no key', () => {
    expect(parseSnapshot(snapshotText(someSnapshot(), seal))).toEqual(someSnapshot());
  });
});
