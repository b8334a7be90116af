import { describe, expect, it } from '@jest/globals';
import { ConfigError, copyTree } from '../../src/core/index.js';
import { errorOf } from './error-of.js';

/** Maps inside each other, so many of them. */
function nested(levels: number): Record<string, unknown> {
  let map: Record<string, unknown> = { port: 1 };
  for (let level = 1; level < levels; level++) map = { below: map };
  return map;
}

describe('copyTree', () => {
  it('copies maps and lists all the way down', () => {
    const tree = { database: { hosts: ['a'] } };
    const copy = copyTree(tree, 'object');
    tree.database.hosts.push('b');
    expect(copy).toEqual({ database: { hosts: ['a'] } });
  });

  it('shares instances of classes, and leaves out what is undefined', () => {
    const since = new Date(0);
    const copy = copyTree({ since, port: undefined }, 'object');
    expect([Object.keys(copy), copy['since'] === since]).toEqual([['since'], true]);
  });

  it('keeps reserved keys as keys, for others to refuse', () => {
    const tree = JSON.parse('{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}') as object;
    const copy = copyTree({ ...tree }, 'object');
    expect(JSON.stringify(copy)).toBe(JSON.stringify(tree));
    expect(Object.getPrototypeOf(copy)).toBe(Object.prototype);
    expect(copy['__proto__']).not.toBe((tree as Record<string, unknown>)['__proto__']);
  });

  it('allows 100 levels and refuses 101', () => {
    expect(copyTree(nested(100), 'object')).toEqual(nested(100));
    expect(() => copyTree(nested(101), 'object')).toThrow(ConfigError);
  });

  it('refuses values that contain themselves, and says whose they are', () => {
    const hosts: unknown[] = [];
    hosts.push({ hosts });
    const error = errorOf(() => copyTree({ hosts }, 'settings service'));
    expect([error.code, error.message]).toEqual([
      'too-deep',
      'The values of settings service are nested more than 100 levels deep, or contain themselves.\n' +
        'Give plain data without cycles.',
    ]);
  });

  it('copies once what occurs many times', () => {
    let map: Record<string, unknown> = { port: 1 };
    for (let level = 0; level < 60; level++) map = { one: map, other: map };
    const copy = copyTree(map, 'object');
    expect(copy['one']).toBe(copy['other']);
  });
});
