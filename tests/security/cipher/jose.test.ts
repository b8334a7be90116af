import { describe, expect, it } from '@jest/globals';
import { CompactEncrypt, compactDecrypt, importJWK } from 'jose';
import type { KeyUse } from '../../../src/security/index.js';
import { publicKeyset, TOKEN_PREFIX } from '../../../src/security/index.js';
import { cfg, jsonOf, newKeyset, opened } from '../keysets.js';

const UTF8 = 'Pässwörd \u{1F511}';

/** The key of a keyset as jose takes it. */
async function joseKey(
  use: KeyUse,
): Promise<{ readonly key: Awaited<ReturnType<typeof importJWK>> } & ReturnType<typeof newKeyset>> {
  const made = newKeyset(use);
  const jwk = jsonOf(made.document).keys[0] ?? {};
  return { ...made, key: await importJWK(jwk, String(jwk['alg'])) };
}

describe.each([
  ['encrypt', 'dir'],
  ['seal', 'ECDH-ES'],
] as const)('a value to %s', (use, alg) => {
  it('opens with jose', async () => {
    const { keyset, key } = await joseKey(use);
    const token = keyset[use](Buffer.from(UTF8), cfg);
    const { plaintext, protectedHeader } = await compactDecrypt(token.slice(TOKEN_PREFIX.length), key);
    expect(Buffer.from(plaintext).toString()).toBe(UTF8);
    expect(protectedHeader).toMatchObject({ alg, enc: 'A256GCM', kid: 'orders/1', cfg });
  });

  it('opens here when jose made it', async () => {
    const { keyset, document, key } = await joseKey(use);
    const writing = use === 'seal' ? await importJWK(jsonOf(publicKeyset(document)).keys[0] ?? {}, alg) : key;
    const jwe = await new CompactEncrypt(Buffer.from(UTF8))
      .setProtectedHeader({ alg, enc: 'A256GCM', kid: 'orders/1', cfg })
      .encrypt(writing);
    expect(opened(keyset, `${TOKEN_PREFIX}${jwe}`)).toBe(UTF8);
  });

  it('may be empty', async () => {
    const { keyset, key } = await joseKey(use);
    const token = keyset[use](Buffer.alloc(0), cfg);
    expect((await compactDecrypt(token.slice(TOKEN_PREFIX.length), key)).plaintext).toHaveLength(0);
    expect(opened(keyset, token)).toBe('');
  });
});
