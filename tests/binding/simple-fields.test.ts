import { describe, expect, it, jest } from '@jest/globals';
import { Type } from 'class-transformer';
import { IsBoolean, IsInt, IsNumber, IsOptional, IsString, Max, Min, MinLength, ValidateNested } from 'class-validator';
import type { BindContext } from '../../src/binding/bind-context.js';
import { bindSection } from '../../src/binding/bind-section.js';
import { planOf } from '../../src/binding/index.js';
import { OPEN_GATE } from './open-gate.js';

class PoolSettings {
  @IsInt() size = 1;
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
function bind(values: object, target: new () => object = AppSettings) {
  const plan = planOf(target);
  const looks = jest.spyOn(plan, 'field');
  const context: BindContext = {
    selectors: { environment: 'test' },
    isSecret: () => false,
    gate: OPEN_GATE,
    bindSection,
    findings: [],
    refused: [],
    pending: [],
    bound: [],
    absent: new Set(),
  };
  const instance = bindSection(plan, { ...values }, { parent: undefined, key: 'app' }, context);
  const closely = looks.mock.calls.map(([column]) => plan.columns.names[column]);
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
    ['host', undefined],
    ['on', 'yes'],
    ['on', 1],
    ['port', '80'],
    ['port', 80.5],
    ['port', 2 ** 53],
    ['port', 0],
    ['port', 65_536],
    ['ratio', '0.5'],
    ['ratio', Number.NaN],
    ['ratio', Infinity],
    ['most', 10.5],
    ['note', null],
  ])('is looked at closely when %s is %p', (name, value) => {
    expect(closely({ [name]: value })).toEqual([name, 'name']);
  });

  it.each<[keyof typeof SIMPLE, unknown]>([
    ['host', ''],
    ['on', false],
    ['port', 65_535],
    ['ratio', -1e300],
    ['most', -1e300],
  ])('is not when %s is %p', (name, value) => {
    expect(closely({ [name]: value })).toEqual(['name']);
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
    expect(context.bound).toEqual([{ plan: planOf(PoolSettings), instance, place: { parent: undefined, key: 'app' } }]);
  });

  it('is told of a value beside it that is not simple', () => {
    class Outer {
      @IsInt() size = 1;
      @ValidateNested() @Type(() => PoolSettings) pool = new PoolSettings();
    }
    const { instance, closely: looked, context } = bind({ size: 2, pool: { size: 3 } }, Outer);
    expect([instance, looked]).toEqual([{ size: 2, pool: { size: 3 } }, ['pool']]);
    // Inner ones first: rules see them before what is around them.
    expect(context.bound.map(({ place }) => place.key)).toEqual(['pool', 'app']);
  });
});

describe('the columns that simple fields are bound by', () => {
  it('are one for each field', () => {
    expect(planOf(AppSettings).columns.names).toEqual(['host', 'on', 'port', 'ratio', 'most', 'note', 'name']);
  });
});
