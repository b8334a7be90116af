import { describe, expect, it } from '@jest/globals';
import fc from '../fast-check.js';
import { Type } from 'class-transformer';
import { IsInt, IsString } from 'class-validator';
import { planOf } from '../../src/binding/index.js';
import { mergeOrders } from '../../src/binding/fields/class-facts.js';
import { Describe, ListOf } from '../../src/sections/index.js';

const orderOf = (target: new () => object): readonly string[] => planOf(target, {}).fields.map(({ name }) => name);

describe('mergeOrders', () => {
  it.each([
    [[['a', 'b']], ['a', 'b']],
    [[['a', 'a', 'b']], ['a', 'b']],
    [
      [
        ['a', 'c'],
        ['a', 'b', 'c'],
      ],
      ['a', 'b', 'c'],
    ],
    [
      [
        ['b', 'c'],
        ['a', 'b'],
      ],
      ['a', 'b', 'c'],
    ],
    [
      [['a'], ['b']],
      ['a', 'b'],
    ],
    [[[], ['a'], []], ['a']],
    [
      [
        ['a', 'd'],
        ['a', 'b', 'c'],
        ['c', 'd', 'e'],
      ],
      ['a', 'b', 'c', 'd', 'e'],
    ],
  ])('makes of %j one order', (orders, merged) => {
    expect(mergeOrders(orders)).toEqual(merged);
  });

  it('uses what every list knows', () => {
    const orders = [
      ['host', 'port', 'pool'],
      ['host', 'timeout'],
      ['port', 'timeout', 'pool'],
    ];
    expect(mergeOrders(orders)).toEqual(['host', 'port', 'timeout', 'pool']);
  });

  it('keeps every name of random orders once', () => {
    const names = fc.array(fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f'));
    fc.assert(
      fc.property(fc.array(names), (orders) => {
        expect(mergeOrders(orders).toSorted()).toEqual([...new Set(orders.flat())].sort());
      }),
    );
  });

  it('finds the order of declaration again when the lists tell it', () => {
    const all = Array.from({ length: 12 }, (_, index) => `f${String(index).padStart(2, '0')}`);
    fc.assert(
      fc.property(fc.array(fc.subarray(all)), (orders) => {
        // The last list has all names, so nothing is left open.
        expect(mergeOrders([...orders, all])).toEqual(all);
      }),
    );
  });

  it('takes lists of many thousand names', () => {
    const many = Array.from({ length: 20_000 }, (_, index) => `f${String(index)}`);
    expect(mergeOrders([['f19999'], many])).toEqual(many);
  });
});

describe('the order of fields', () => {
  it('is that of their decorators, with and without initialisers', () => {
    class Settings {
      @IsString() host!: string;
      @IsInt() port = 1;
      @IsString() name!: string;
      @IsInt() size = 2;
    }
    expect(orderOf(Settings)).toEqual(['host', 'port', 'name', 'size']);
  });

  it('is the same where the compiler makes fields without initialisers', () => {
    class Settings {
      @IsString() host!: string;
      @Describe('The home.') @Type(() => URL) home = new URL('http://a/');
      @IsInt() port = 1;
      @IsString() name!: string;
    }
    class Defined extends Settings {
      constructor() {
        super();
        const { home, port } = this;
        for (const name of Object.keys(this)) Reflect.deleteProperty(this, name);
        Object.assign(this, { host: undefined, home, port, name: undefined });
      }
    }
    expect(orderOf(Defined)).toEqual(orderOf(Settings));
  });

  it('puts a field without decorators where it is initialised', () => {
    class Settings {
      @IsInt() port = 1;
      timeout = 3;
      @IsString() name = 'x';
    }
    expect(orderOf(Settings)).toEqual(['port', 'timeout', 'name']);
  });

  it('takes decorators of all libraries together', () => {
    class Settings {
      @IsString() host!: string;
      @Describe('The ports.') @ListOf(() => Number) ports: number[] = [];
      @Type(() => URL) @Describe('The home.') home!: URL;
      @IsInt() @Describe('The size.') size = 1;
    }
    expect(orderOf(Settings)).toEqual(['host', 'ports', 'home', 'size']);
  });

  it('puts what is inherited first', () => {
    class Base {
      @IsString() host!: string;
      @IsInt() port = 1;
    }
    class Settings extends Base {
      @IsString() name!: string;
      @IsInt() override port = 2;
    }
    expect(orderOf(Settings)).toEqual(['host', 'port', 'name']);
  });
});
