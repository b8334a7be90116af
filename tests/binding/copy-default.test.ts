import { describe, expect, it } from '@jest/globals';
import { IsInt } from 'class-validator';
import { deepFreeze } from '../../src/binding/bind/bind-section.js';
import { copyDefault, copyPlain } from '../../src/binding/bind/copy-default.js';
import type { FieldType } from '../../src/binding/index.js';
import { ListOf } from '../../src/sections/index.js';

class PoolSettings {
  @IsInt() size = 1;
}
class WidePool extends PoolSettings {
  @ListOf(() => PoolSettings) parts: readonly PoolSettings[] = [];
}

const SECTION: FieldType = { kind: 'section', target: PoolSettings };
const LIST: FieldType = { kind: 'list', item: SECTION };
const MAP: FieldType = { kind: 'map', item: SECTION };

const pool = (size: number): PoolSettings => Object.assign(new PoolSettings(), { size });

describe('the copy of a default', () => {
  it('is an instance of its own, of the class that it had', () => {
    const wide = Object.assign(new WidePool(), { size: 2, parts: [pool(3)] });
    const copy = copyDefault(SECTION, wide, {}) as WidePool;
    expect([copy, copy.constructor]).toEqual([wide, WidePool]);
    expect([copy === wide, copy.parts === wide.parts, copy.parts[0] === wide.parts[0]]).toEqual([false, false, false]);
  });

  it('is a list or map of copies', () => {
    const [list, map] = [[pool(2), pool(3)], { a: pool(4) }];
    const [listCopy, mapCopy] = [copyDefault(LIST, list, {}), copyDefault(MAP, map, {})] as [typeof list, typeof map];
    expect([listCopy, mapCopy]).toEqual([list, map]);
    expect([listCopy === list, listCopy[1] === list[1], mapCopy === map, mapCopy.a === map.a]).toEqual([
      false,
      false,
      false,
      false,
    ]);
  });

  it.each<[string, FieldType, unknown]>([
    ['a text', { kind: 'text' }, 'x'],
    ['a structure that nobody declared', { kind: 'anything' }, { a: [1] }],
    ['a list where a map belongs', MAP, [pool(1)]],
    ['a map where a list belongs', LIST, { a: pool(1) }],
    ['a plain map where an instance belongs', SECTION, { size: 1 }],
    ['a list where an instance belongs', SECTION, [pool(1)]],
    ['nothing', LIST, undefined],
    ['null', MAP, null],
  ])('is the value itself for %s', (_, type, value) => {
    expect(copyDefault(type, value, {})).toBe(value);
  });
});

describe('freezing all the way down', () => {
  it('reaches plain maps and lists, and leaves instances to who made them', () => {
    const inner = { list: [{ a: 1 }], pool: pool(1), date: new Date(0), none: null };
    const value = Object.freeze([inner, 'x']);
    deepFreeze([value]);
    const open = { inner };
    deepFreeze(open);
    const frozen = [open, inner, inner.list, inner.list[0], inner.pool, inner.date].map((part) =>
      Object.isFrozen(part),
    );
    expect(frozen).toEqual([true, true, true, true, false, false]);
  });

  it('stops at what is frozen already, which may hold itself', () => {
    const ring: { self?: unknown; open: object } = { open: {} };
    ring.self = ring;
    Object.freeze(ring);
    deepFreeze([ring]);
    expect(Object.isFrozen(ring.open)).toBe(false);
    const loop: unknown[] = [];
    loop.push(loop);
    deepFreeze(loop);
    expect(Object.isFrozen(loop)).toBe(true);
  });

  it('takes single values', () => {
    const take = (): void => {
      for (const value of [undefined, null, 1, 'x']) deepFreeze(value);
    };
    expect(take).not.toThrow();
  });
});

describe('copying plain maps and lists', () => {
  it('makes them anew and shares everything else', () => {
    const value = { list: [{ a: 1 }], pool: pool(1) };
    const copy = copyPlain(value) as typeof value;
    expect(copy).toEqual(value);
    expect([
      copy === value,
      copy.list === value.list,
      copy.list[0] === value.list[0],
      copy.pool === value.pool,
    ]).toEqual([false, false, false, true]);
  });
});
