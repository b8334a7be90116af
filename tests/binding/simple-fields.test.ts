import { describe, expect, it, jest } from '@jest/globals';
import { Type } from 'class-transformer';
import { IsBoolean, IsInt, IsNumber, IsOptional, IsString, Max, Min, MinLength, ValidateNested } from 'class-validator';
import type { BindContext, BoundBefore } from '../../src/binding/bind/bind-context.js';
import { bindSection } from '../../src/binding/bind/bind-section.js';
import { planOf } from '../../src/binding/index.js';
import { ListOf } from '../../src/sections/index.js';
import { OPEN_GATE } from './open-gate.js';

class PoolSettings {
  @IsInt() size = 1;
}

class Outer {
  @IsInt() size = 1;
  @ValidateNested() @Type(() => PoolSettings) pool = new PoolSettings();
}

class AppSettings {
  @IsString() host = 'localhost';
  @IsBoolean() on = false;
  @IsInt() @Min(1) @Max(65_535) port = 80;
  @IsNumber() ratio = 0.5;
  @IsNumber() @Max(10) most = 1;
  @IsOptional() @IsString() note?: string;
  @MinLength(2) @IsString() name = 'app';
}

const SIMPLE = { host: 'h', on: true, port: 1, ratio: 1.5, most: 10, note: 'n', name: 'a name' };

/** Binds an instance, and notes which fields needed a look at their plans. */
function bind(values: object, target: new () => object = AppSettings, before?: BoundBefore) {
  const plan = planOf(target);
  const looks = jest.spyOn(plan, 'field');
  const context: BindContext = {
    selectors: { environment: 'test' },
    isSecret: () => false,
    guarded: { gate: OPEN_GATE },
    bindSection,
    findings: [],
    refused: [],
    pending: [],
    ruled: [],
    absent: new Set(),
  };
  const place = { parent: undefined, key: 'app' };
  const instance = bindSection(plan, { ...values }, place, context, undefined, before);
  const closely = looks.mock.calls.map(([column]) => plan.names[column]);
  looks.mockRestore();
  return { instance, closely, context };
}

const closely = (values: object): readonly unknown[] => bind({ ...SIMPLE, ...values }).closely;

describe('a simple field', () => {
  it('takes a value of its type and range as it is, without a look at its plan', () => {
    const { instance, closely: looked } = bind(SIMPLE);
    expect(instance).toEqual(SIMPLE);
    expect(looked).toEqual(['name']);
  });

  it('does so in whatever order a source has its keys', () => {
    const reversed = Object.fromEntries(Object.entries(SIMPLE).reverse());
    const { instance, closely: looked } = bind(reversed);
    expect([instance, looked]).toEqual([SIMPLE, ['name']]);
  });

  it.each<[keyof typeof SIMPLE, unknown]>([
    ['host', 5],
    ['host', null],
    ['on', 'maybe'],
    ['on', 1],
    ['port', 'x'],
    ['port', ''],
    ['port', '0'],
    ['port', 80.5],
    ['port', 2 ** 53],
    ['port', 0],
    ['port', 65_536],
    ['ratio', '0x10'],
    ['ratio', Number.NaN],
    ['ratio', Infinity],
    ['most', 10.5],
    ['most', '10.5'],
    ['note', 5],
  ])('is looked at closely when %s is %p', (name, value) => {
    expect(closely({ [name]: value })).toEqual([name, 'name']);
  });

  it.each<[keyof typeof SIMPLE, unknown, unknown]>([
    ['host', '', ''],
    ['host', undefined, 'localhost'],
    ['on', false, false],
    ['on', 'Yes', true],
    ['on', undefined, false],
    ['port', 65_535, 65_535],
    ['port', '80', 80],
    ['port', '8_080', 8080],
    ['port', '1e3', 1000],
    ['port', undefined, 80],
    ['ratio', -1e300, -1e300],
    ['ratio', '0.5', 0.5],
    ['ratio', '-0', 0],
    ['most', -1e300, -1e300],
    ['note', null, null],
    ['note', undefined, undefined],
  ])('is not when %s is %p', (name, value, becomes) => {
    const { instance, closely: looked } = bind({ ...SIMPLE, [name]: value });
    expect(looked).toEqual(['name']);
    expect(instance).toHaveProperty(name, becomes);
  });

  it('is looked at closely when its default breaks its own validators, or is none', () => {
    class Wrong {
      @IsInt() @Min(1) least = 0;
      @IsString() needed!: string;
      @IsOptional() @IsInt() fine?: number;
    }
    expect(bind({}, Wrong).closely).toEqual(['least', 'needed']);
  });

  it('does not slow the fields beside it: text takes no longer way for one than for all', () => {
    class Texts {
      @IsInt() one = 1;
      @IsInt() two = 2;
    }
    expect(bind({ one: '5', two: 6 }, Texts)).toMatchObject({ instance: { one: 5, two: 6 }, closely: [] });
  });

  it('never takes what a map inherits', () => {
    const { instance } = bind(Object.create({ host: 'inherited', name: 'inherited' }) as object);
    expect(instance).toMatchObject({ host: 'localhost', name: 'app' });
    const hidden = Object.assign(Object.create({ host: 'inherited' }) as object, { on: true });
    const context = bind({}).context;
    expect(
      bindSection(planOf(AppSettings), hidden as Record<string, unknown>, { parent: undefined, key: 'app' }, context),
    ).toMatchObject({ host: 'localhost', on: true });
  });

  it('has its place on every instance, in the order of the columns, with a value or without', () => {
    class Sparse {
      @IsOptional() @IsInt() first?: number;
      @IsOptional() @MinLength(1) second?: string;
      @IsOptional() @IsInt() third?: number;
    }
    expect(Object.keys(bind({}, Sparse).instance)).toEqual(['first', 'second', 'third']);
    expect(Object.keys(bind({ third: 1, second: 'x' }, Sparse).instance)).toEqual(['first', 'second', 'third']);
  });

  it('leaves nothing to do for a class that has no other', () => {
    const { instance, closely: looked, context } = bind({ size: 3 }, PoolSettings);
    expect([instance, looked, context.findings]).toEqual([{ size: 3 }, [], []]);
    expect([Object.isFrozen(instance), context.ruled]).toEqual([true, []]);
  });

  it('may hold a nested class, of which no plan of the field need be looked at', () => {
    const { instance, closely: looked } = bind({ size: 2, pool: { size: 3 } }, Outer);
    expect([instance, looked]).toEqual([{ size: 2, pool: { size: 3 } }, []]);
    expect(Object.isFrozen(Reflect.get(instance, 'pool'))).toBe(true);
  });

  it('fills the nested default, and replaces one that is frozen', () => {
    class Filled {
      @ValidateNested() @Type(() => PoolSettings) pool = Object.assign(new PoolSettings(), { size: 7, more: 1 });
      @ValidateNested() @Type(() => PoolSettings) cold = Object.freeze(new PoolSettings());
    }
    const { instance } = bind({ pool: { size: 3 }, cold: { size: 4 } }, Filled);
    expect(instance).toEqual({ pool: { size: 3, more: 1 }, cold: { size: 4 } });
  });
});

describe('a part whose raw values are the same as before', () => {
  class Listed {
    @ValidateNested() @Type(() => PoolSettings) pool = new PoolSettings();
    @ValidateNested() @Type(() => Outer) outer = new Outer();
    @ListOf(() => PoolSettings) pools: readonly PoolSettings[] = [];
    @IsString() name = 'x';
  }

  const raw = { pool: { size: 3 }, outer: { size: 1, pool: { size: 2 } }, pools: [{ size: 1 }], name: 'x' };
  const first = bind(raw, Listed).instance as Listed;
  const again = (values: object): Listed => bind(values, Listed, { raw, instance: first }).instance as Listed;

  it('is taken over, nested settings and lists alike', () => {
    const made = again({ ...raw, name: 'y' });
    expect([made.pool === first.pool, made.outer === first.outer, made.pools === first.pools]).toEqual([
      true,
      true,
      true,
    ]);
    expect([made.name, first.name]).toEqual(['y', 'x']);
  });

  it('is made anew around what has changed, and only there', () => {
    const made = again({ ...raw, outer: { ...raw.outer, size: 9 }, pools: [{ size: 1 }] });
    expect(made).toEqual({ ...raw, outer: { size: 9, pool: { size: 2 } } });
    expect([made.outer === first.outer, made.outer.pool === first.outer.pool]).toEqual([false, true]);
    expect(made.pools).not.toBe(first.pools);
  });

  it('is not where it was not set before', () => {
    const before = { raw: {}, instance: bind({}, Listed).instance };
    expect(bind(raw, Listed, before).instance).toEqual(raw);
  });
});

describe('the columns that simple fields are bound by', () => {
  it('are one for each field', () => {
    expect(planOf(AppSettings).names).toEqual(['host', 'on', 'port', 'ratio', 'most', 'note', 'name']);
  });
});

describe('the values of fields', () => {
  it('are the keys of the map itself, in whatever order, and nothing that all objects have', () => {
    Object.defineProperty(Object.prototype, 'port', {
      value: 666,
      enumerable: true,
      configurable: true,
      writable: true,
    });
    try {
      const { port, ...others } = SIMPLE;
      const shuffled = Object.fromEntries(Object.entries(others).reverse());
      expect(bind({ ...shuffled, unknown: 1 }).instance).toEqual({ ...others, port: 80 });
      expect(port).toBe(1);
    } finally {
      Reflect.deleteProperty(Object.prototype, 'port');
    }
  });
});
