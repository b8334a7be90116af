import { describe, expect, it } from '@jest/globals';
import { Keyset, KeysetDocument, publicKeyset, scopeHash, TOKEN_PREFIX } from '../../../src/security/index.js';
import { errorOf } from '../../core/error-of.js';
import { contentKey, forged, tokenUnder } from './forging.js';
import { cfg, jsonOf, newKeyset, opened, scope } from '../keysets.js';

const both = newKeyset();
const TEXT = 'swordfish';
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

const tokens = { encrypt: both.keyset.encrypt(Buffer.from(TEXT), cfg), seal: both.keyset.seal(Buffer.from(TEXT), cfg) };

/** The token of a header of these members. */
function withHeader(token: string, header: string): string {
  const [, ...rest] = token.split('.');
  return [`${TOKEN_PREFIX}${Buffer.from(header).toString('base64url')}`, ...rest].join('.');
}

function headerOf(token: string): string {
  return Buffer.from(token.slice(TOKEN_PREFIX.length).split('.')[0] ?? '', 'base64url').toString();
}

const WAY_OUT = 'Encrypt it again for its path, with a key of the keyring; check that the keyring has its key.';

/** All that can be seen of the error when a token is opened; everything that is refused must look like {@link REFUSED}. */
function answer(token: string, accepted: readonly string[] = [cfg], keyset: Keyset = both.keyset): object {
  const { name, code, category, issues, recovery, message, cause } = errorOf(() => keyset.open(token, accepted));
  return { name, code, category, issues, recovery, message, cause };
}

const REFUSED = {
  name: 'ConfigError',
  code: 'secret-not-opened',
  category: 'security',
  issues: [],
  recovery: WAY_OUT,
  message: `An encrypted value could not be opened.\n${WAY_OUT}`,
  cause: undefined,
};

describe.each(['encrypt', 'seal'] as const)('a token to %s', (use) => {
  const token = tokens[use];

  it('opens as it is', () => {
    expect(opened(both.keyset, token)).toBe(TEXT);
  });

  it('does not open with any bit of any part changed', () => {
    let tried = 0;
    for (const [index, part] of token.slice(TOKEN_PREFIX.length).split('.').entries()) {
      const bytes = Buffer.from(part, 'base64url');
      for (let bit = 0; bit < bytes.length * 8; bit++) {
        const flipped = Buffer.from(bytes);
        flipped.writeUInt8(flipped.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
        const parts = token.slice(TOKEN_PREFIX.length).split('.');
        parts[index] = flipped.toString('base64url');
        expect(answer(TOKEN_PREFIX + parts.join('.'))).toEqual(REFUSED);
        tried++;
      }
    }
    expect(tried).toBeGreaterThan(900);
  });

  it('does not open with any character of it changed, left out or put in', () => {
    for (let index = 0; index < token.length; index++) {
      const character = token.charAt(index);
      const other = ALPHABET.charAt((ALPHABET.indexOf(character) + 1) % ALPHABET.length);
      expect(answer(token.slice(0, index) + other + token.slice(index + 1))).toEqual(REFUSED);
      expect(answer(token.slice(0, index) + token.slice(index + 1))).toEqual(REFUSED);
      expect(answer(`${token.slice(0, index)}=${token.slice(index)}`)).toEqual(REFUSED);
      expect(answer(`${token.slice(0, index)} ${token.slice(index)}`)).toEqual(REFUSED);
    }
  });

  it('does not open with a part of another token in it', () => {
    const other = both.keyset[use](Buffer.from('tuna-fish'), cfg).split('.');
    for (const index of [0, 2, 3, 4]) {
      const parts = token.split('.');
      if (use === 'encrypt' && index === 0) continue; // the very same header
      parts[index] = other[index] ?? '';
      expect(answer(parts.join('.'))).toEqual(REFUSED);
    }
  });

  it.each([
    ['another path', { ...scope, path: 'database.passwords' }],
    ['another tenant', { ...scope, tenant: 'acme' }],
    ['another environment', { ...scope, environment: 'development' }],
    ['another application', { ...scope, app: 'billing' }],
    ['no path', { app: 'orders', environment: 'production' }],
  ])('does not open at %s', (_, elsewhere) => {
    expect(answer(token, [scopeHash(elsewhere)])).toEqual(REFUSED);
    // Nor by saying that it belongs there.
    expect(
      answer(withHeader(token, headerOf(token).replace(cfg, scopeHash(elsewhere))), [scopeHash(elsewhere)]),
    ).toEqual(REFUSED);
  });

  it('does not open where nothing is accepted, or with the same key id in another keyset', () => {
    expect(answer(token, [])).toEqual(REFUSED);
    expect(answer(token, [cfg], newKeyset().keyset)).toEqual(REFUSED);
  });

  it('does not open with a header that is not written exactly as ours', () => {
    const header = headerOf(token);
    const alg = use === 'seal' ? 'ECDH-ES' : 'dir';
    const headers = [
      header.replace('{', '{ '),
      header.replace('{', `{"alg":"${alg}",`),
      header.replace('{', '{"zip":"DEF",'),
      header.replace('{', '{"crit":[],'),
      header.replace('{', '{"crit":["exp"],"exp":1,'),
      header.replace('{', '{"jku":"https://keys.example.com",'),
      header.replace('{', '{"__proto__":{},'),
      header.replace('{', '{"apu":"AA",'),
      header.replace('"alg"', '"\\u0061lg"'),
      header.replace(`"${alg}"`, '"A256KW"'),
      header.replace(`"${alg}"`, '"PBES2-HS256+A128KW"'),
      header.replace(`"${alg}"`, use === 'seal' ? '"dir"' : '"ECDH-ES"'),
      header.replace('A256GCM', 'A128GCM'),
      header.replace('A256GCM', 'A256CBC-HS512'),
      header.replace(/"kid":"[^"]*"/, '"kid":"orders/3"'),
      header.replace(/"kid":"[^"]*"/, '"kid":1'),
      header.replace(/"kid":"[^"]*",/, ''),
      header.replace(/,"cfg":"[^"]*"/, ''),
      header.replace(/"cfg":"[^"]*"/, '"cfg":""'),
      header.replace('X25519', 'P-256'),
      header.replace('"crv"', '"kid":"a","crv"'),
      header.replace('"crv"', '"crv":"X25519","crv"'),
      header.replace(/"epk":\{[^}]*\}/, '"epk":null'),
      `[${header}]`,
      `${header}\n`,
      'null',
      '"text"',
      '',
      `{"kid":"${'a'.repeat(2000)}"}`,
    ].filter((text) => text !== header);
    expect(headers.length).toBeGreaterThan(20);
    for (const text of headers) {
      expect(answer(withHeader(token, text))).toEqual(REFUSED);
      // Not even when whoever made it has the key.
      expect(answer(forged(both.document, use, text, TEXT))).toEqual(REFUSED);
    }
    expect(opened(both.keyset, forged(both.document, use, header, TEXT))).toBe(TEXT);
  });

  it('does not open with a key for the other use, though it says so', () => {
    const otherKid = use === 'seal' ? 'orders/1' : 'orders/2';
    expect(answer(withHeader(token, headerOf(token).replace(/"kid":"[^"]*"/, `"kid":"${otherKid}"`)))).toEqual(REFUSED);
  });
});

describe('a text', () => {
  it.each([
    '',
    TOKEN_PREFIX,
    `${TOKEN_PREFIX}.`,
    `${TOKEN_PREFIX}....`,
    TOKEN_PREFIX + '.'.repeat(100_000),
    `${TOKEN_PREFIX}${'A'.repeat(100_000)}`,
    tokens.encrypt.slice(TOKEN_PREFIX.length),
    ` ${tokens.encrypt}`,
    `${tokens.encrypt}\n`,
    `${tokens.encrypt}.`,
    tokens.encrypt.replace('..', '.AA.'),
  ])('that is no token does not open, and is none: %#', (text) => {
    expect(answer(text)).toEqual(REFUSED);
    expect(both.keyset.inspect(text)).toBeUndefined();
  });

  it('larger than any token is refused without a look into it', () => {
    expect(answer(tokens.encrypt + 'A'.repeat(23_000_000))).toEqual(REFUSED);
  });
});

// RFC 7748, 6.1, and https://cr.yp.to/ecdh.html#validate: the points that make every agreement the same.
const LOW_ORDER = [
  '0000000000000000000000000000000000000000000000000000000000000000',
  '0100000000000000000000000000000000000000000000000000000000000000',
  'e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800',
  '5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157',
  'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  'edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  'eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
];

describe('a point of low order', () => {
  // What both sides would agree on, so that anybody can make such a token.
  const key = contentKey(Buffer.alloc(32));

  it.each(LOW_ORDER)('is refused as the key of a sender: %s', (hex) => {
    const epk = Buffer.from(hex, 'hex').toString('base64url');
    const header = headerOf(tokens.seal).replace(/"x":"[^"]*"/, `"x":"${epk}"`);
    expect(answer(tokenUnder(key, header, 'from anybody'))).toEqual(REFUSED);
  });

  it.each(LOW_ORDER)('is refused as the key to seal for: %s', (hex) => {
    const json = jsonOf(publicKeyset(newKeyset('seal').document));
    const keys = json.keys.map((each) => ({ ...each, x: Buffer.from(hex, 'hex').toString('base64url') }));
    const writer = Keyset.of(KeysetDocument.parse(JSON.stringify({ ...json, keys })));
    expect(errorOf(() => writer.seal(Buffer.from(TEXT), cfg))).toMatchObject({
      code: 'keyset-invalid',
      message: expect.stringContaining(
        'The key orders/1 cannot be used: its public half is no key that anything can be sealed for.',
      ),
    });
  });
});
