import { describe, expect, it } from '@jest/globals';
import fc, { anyCharacter } from '../fast-check.js';
import { camelCase, dataKey, dataSegment, kebabCase, upperSnake } from '../../src/sources/names/key-words.js';

describe('upperSnake', () => {
  it.each([
    ['port', 'PORT'],
    ['maxSize', 'MAX_SIZE'],
    ['max-size', 'MAX_SIZE'],
    ['max_size', 'MAX_SIZE'],
    ['MAX_SIZE', 'MAX_SIZE'],
    ['httpURL', 'HTTP_URL'],
    ['HTTPServer', 'HTTP_SERVER'],
    ['oauth2Token', 'OAUTH2_TOKEN'],
    ['x2Y', 'X2_Y'],
    ['2fa', '2FA'],
    ['_private', 'PRIVATE'],
    ['a__b', 'A_B'],
    ['größeMax', 'GRÖSSE_MAX'],
    ['$', ''],
  ])('spells %s as %s', (key, segment) => {
    expect(upperSnake(key)).toBe(segment);
  });

  it('never holds or borders on what stands between two keys', () => {
    fc.assert(
      fc.property(fc.string({ unit: anyCharacter }), (key) => {
        expect(upperSnake(key)).not.toMatch(/__|^_|_$/);
      }),
    );
  });

  it('finds the words that kebab-case finds', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[a-zA-Z0-9]{0,12}$/), (key) => {
        expect(upperSnake(key)).toBe(kebabCase(key).toUpperCase().replaceAll('-', '_'));
      }),
    );
  });
});

describe('kebabCase', () => {
  it.each([
    ['port', 'port'],
    ['maxSize', 'max-size'],
    ['httpURL', 'http-url'],
    ['MAX_SIZE', 'max-size'],
  ])('spells %s as %s', (key, spelled) => {
    expect(kebabCase(key)).toBe(spelled);
  });
});

describe('camelCase', () => {
  it.each([
    ['PORT', 'port'],
    ['MAX_SIZE', 'maxSize'],
    ['OAUTH2_TOKEN', 'oauth2Token'],
    ['alreadyCamel', 'alreadyCamel'],
    ['_A__B_', 'aB'],
  ])('makes of %s %s', (segment, key) => {
    expect(camelCase(segment)).toBe(key);
  });
});

describe('the keys of maps', () => {
  it.each([
    ['PRIMARY', 'primary'],
    ['EU_WEST', 'eu_west'],
    ['Primary', 'Primary'],
    ['primary', 'primary'],
    ['8080', '8080'],
  ])('are read from %s as %s', (segment, key) => {
    expect(dataKey(segment)).toBe(key);
  });

  it('are spelled so that they read back, where they can be read at all', () => {
    fc.assert(
      fc.property(fc.string({ unit: anyCharacter }), (segment) => {
        const key = dataKey(segment);
        expect(dataKey(dataSegment(key))).toBe(key);
      }),
    );
  });
});
