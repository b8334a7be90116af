import { expectTypeOf } from 'expect-type';
import { describe, expect, it } from '@jest/globals';
import {
  defineFlags,
  Flag,
  flagIdentifier,
  FlagSettings,
  flagsIdentifier,
  type FlagHandle,
} from '../../src/flags/index.js';
import type { HandleIdentifier } from '../../src/container/index.js';
import { testFlags } from '../../src/testing/index.js';

class ShopFlags {
  @Flag({ key: 'shop.limit', default: 10, kind: 'ops' })
  public readonly limit!: number;

  @Flag({ key: 'shop.colours', default: { ink: 'black' }, kind: 'experiment', expires: '2027-01-31' })
  public readonly colours!: Readonly<Record<string, unknown>>;

  public get isLimited(): boolean {
    return this.limit < 100;
  }
}

describe('@Flag', () => {
  it('gives a property the type of its default, and refuses another one', () => {
    class Wrong {
      // @ts-expect-error a flag with a default of true is a boolean
      @Flag({ key: 'a', default: true }) public readonly a!: string;
      @Flag({ key: 'b', default: true }) public readonly b!: boolean;
    }
    expect(() => defineFlags({ from: FlagSettings, flags: [Wrong] })).not.toThrow();
    expectTypeOf(flagIdentifier(ShopFlags, 'limit')).toEqualTypeOf<HandleIdentifier<FlagHandle<number>>>();
    expectTypeOf(flagsIdentifier(ShopFlags)).toEqualTypeOf<HandleIdentifier<ShopFlags>>();
    // @ts-expect-error there is no such property
    expect(() => flagIdentifier(ShopFlags, 'limits')).toThrow('ShopFlags.limits has no @Flag({ key, default }).');
  });

  it.each<[string, object, string]>([
    ['no key', { default: true }, '@Flag: key must be a string that is not empty; got nothing.'],
    ['a key of other characters', { key: 'a b', default: true }, '@Flag: key must begin with a letter or digit'],
    ['no default', { key: 'a' }, '@Flag: default must be a boolean, a string, a number, an object or a list'],
    ['null for a default', { key: 'a', default: null }, '@Flag: default must be a boolean'],
    ['an unknown kind', { key: 'a', default: 1, kind: 'relase' }, 'Did you mean "release"?'],
    [
      'a day that there is not',
      { key: 'a', default: 1, expires: '2027-02-30' },
      '@Flag: expires must be a day, such as 2027-03-31',
    ],
    [
      'a misspelled option',
      { key: 'a', default: 1, expire: '2027-02-28' },
      '@Flag: expire is not an option; did you mean expires?',
    ],
  ])('refuses %s', (_, options, message) => {
    expect(() => Flag(options as never)).toThrow(message);
  });

  it('refuses a key that is declared twice', () => {
    expect(() => {
      class Twice {
        @Flag({ key: 'twice', default: 1 }) public readonly one!: number;
        @Flag({ key: 'twice', default: 1 }) public readonly other!: number;
      }
      return Twice;
    }).toThrow('@Flag: Twice declares the key "twice" twice.');
    class Again {
      @Flag({ key: 'shop.limit', default: 1 }) public readonly limit!: number;
    }
    expect(() => defineFlags({ from: FlagSettings, flags: [ShopFlags, Again] })).toThrow(
      'ShopFlags.limit and Again.limit both declare "shop.limit"; declare it once, and ask for it in both places.',
    );
    class More extends ShopFlags {}
    expect(() => defineFlags({ from: FlagSettings, flags: [ShopFlags, More] })).not.toThrow();
  });
});

describe('testFlags', () => {
  it('gives the flags of a class as a test wants them', () => {
    const flags = testFlags(ShopFlags, { limit: 200 });
    expect([flags.limit, flags.isLimited, flags.colours]).toEqual([200, false, { ink: 'black' }]);
    expect(flags).toBeInstanceOf(ShopFlags);
    expect([Object.isFrozen(flags), Object.isFrozen(flags.colours)]).toEqual([true, true]);
  });

  it('refuses values of no flag, and of another type', () => {
    expect(() => testFlags(ShopFlags, { isLimited: true })).toThrow(
      'testFlags: ShopFlags has no flag named isLimited.',
    );
    expect(() => testFlags(ShopFlags, { limit: '5' } as never)).toThrow('ShopFlags.limit is a number; got a string.');
  });
});
