import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { createSecretKey } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { decryptGcm, isKeyId } from '../../../src/security/cipher/index.js';
import { Keyset, KeysetDocument, TOKEN_PREFIX } from '../../../src/security/index.js';
import { errorOf } from '../../core/error-of.js';
import { cfg, jsonOf, newKeyset } from '../keysets.js';

interface Vectors<Group> {
  readonly numberOfTests: number;
  readonly testGroups: readonly Group[];
}

interface GcmGroup {
  readonly ivSize: number;
  readonly keySize: number;
  readonly tests: readonly (Readonly<Record<'key' | 'iv' | 'aad' | 'msg' | 'ct' | 'tag' | 'result', string>> & {
    readonly tcId: number;
  })[];
}

interface JweGroup {
  readonly private: Readonly<Record<string, unknown>>;
  readonly tests: readonly {
    readonly tcId: number;
    readonly jwe: string;
    readonly enc?: string;
    readonly result: string;
  }[];
}

const folder = fileURLToPath(new URL('../../../../shared/vectors/wycheproof/', import.meta.url));

/** Undefined where the vectors are not beside the repository. */
function vectors<Group>(name: string): Vectors<Group> | undefined {
  // The files are Wycheproof's own, and their shape is fixed by its schemas.
  return existsSync(folder + name) ? (JSON.parse(readFileSync(folder + name, 'utf8')) as Vectors<Group>) : undefined;
}

const gcm = vectors<GcmGroup>('aes_gcm_test.json');
const jwe = vectors<JweGroup>('json_web_encryption_test.json');
const hex = (text: string): Buffer => Buffer.from(text, 'hex');

(gcm ? describe : describe.skip)('AES-GCM of Wycheproof (skipped without ../shared/vectors)', () => {
  it('opens what is valid for our sizes, and refuses everything that is not', () => {
    const counts: Record<string, number> = {};
    for (const { ivSize, keySize, tests } of gcm?.testGroups ?? []) {
      if (ivSize !== 96 || keySize !== 256) continue;
      for (const test of tests) {
        const parts = { nonce: hex(test.iv), ciphertext: hex(test.ct), tag: hex(test.tag) };
        const opened = decryptGcm(createSecretKey(hex(test.key)), parts, hex(test.aad));
        expect([test.tcId, opened?.toString('hex')]).toEqual([
          test.tcId,
          test.result === 'valid' ? test.msg : undefined,
        ]);
        counts[test.result] = (counts[test.result] ?? 0) + 1;
      }
    }
    expect(counts['valid']).toBeGreaterThan(20);
    expect(counts['invalid']).toBeGreaterThan(20);
  });
});

(jwe ? describe : describe.skip)('JSON Web Encryption of Wycheproof (skipped without ../shared/vectors)', () => {
  it('has no token that opens: neither an invalid one nor one of an algorithm that is not ours', () => {
    let invalid = 0;
    let tried = 0;
    for (const { private: key, tests } of jwe?.testGroups ?? []) {
      for (const { tcId, jwe: token, result } of tests) {
        for (const keyset of keysetsFor(key)) {
          const texts = [token, TOKEN_PREFIX + token];
          const codes = texts.map((text) => errorOf(() => keyset.open(text, [cfg, ''])).code);
          expect([tcId, ...codes]).toEqual([tcId, 'secret-not-opened', 'secret-not-opened']);
          expect(keyset.inspect(TOKEN_PREFIX + token)).toBeUndefined();
          tried++;
        }
        invalid += result === 'invalid' ? 1 : 0;
      }
    }
    expect(tried).toBeGreaterThanOrEqual(jwe?.numberOfTests ?? Infinity);
    expect(invalid).toBeGreaterThan(50);
  });
});

/** Keysets that have the vector's key id, and its very key where it is one of 256 bits. */
function keysetsFor(key: Readonly<Record<string, unknown>>): readonly Keyset[] {
  const { keyset, document } = newKeyset('encrypt');
  const { kid, k } = key;
  // Some have names that no keyset takes.
  if (!isKeyId(kid)) return [keyset];
  const json = jsonOf(document);
  const secret = typeof k === 'string' && k.length === 43 ? { k } : {};
  const keys = json.keys.map((each) => ({ ...each, kid, ...secret }));
  return [keyset, Keyset.of(KeysetDocument.parse(JSON.stringify({ ...json, keys })))];
}
