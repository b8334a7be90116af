import { describe, expect, it } from '@jest/globals';
import { expectedValue } from '../../src/binding/bind/expected-value.js';
import type { FieldType } from '../../src/binding/index.js';

class PoolSettings {}

describe('expectedValue', () => {
  it.each<[string, FieldType]>([
    ['a string', { kind: 'text' }],
    ['an integer', { kind: 'integer' }],
    ['true or false', { kind: 'boolean' }],
    ['a duration, such as 10s', { kind: 'duration' }],
    ['a size, such as 64KiB', { kind: 'byte-size' }],
    ['one of a, 1', { kind: 'enum', legal: ['a', 1] }],
    ['a map of settings (PoolSettings)', { kind: 'section', target: PoolSettings }],
    ['a list, each item a number', { kind: 'list', item: { kind: 'number' } }],
    ['a map, each value a list, each item a string', { kind: 'map', item: { kind: 'list', item: { kind: 'text' } } }],
  ])('says: it must be %s', (words, type) => {
    expect(expectedValue(type)).toBe(words);
  });
});
