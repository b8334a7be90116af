import { describe, expect, it } from '@jest/globals';
import * as cv from 'class-validator';
import { compileChecks, isOwnDirect } from '../../src/binding/fields/compile-checks.js';
import { storedValidations, type StoredValidation } from '../../src/binding/fields/validation-metadata.js';

/** What decorators of one property come to. */
function stored(...decorators: readonly PropertyDecorator[]): readonly StoredValidation[] {
  class Settings {}
  // The last decorator is the first to be applied.
  for (const decorate of decorators.toReversed()) decorate(Settings.prototype, 'field');
  return storedValidations(Settings, {});
}
const compiled = (...decorators: readonly PropertyDecorator[]) => compileChecks(stored(...decorators));

async function passes(value: unknown, ...decorators: readonly PropertyDecorator[]): Promise<boolean> {
  const verdicts = await Promise.all(
    compiled(...decorators).checks.map(async (check) => check(value, { field: value })),
  );
  return verdicts.every(Boolean);
}

const custom = (
  validate: (value: unknown) => boolean | Promise<boolean>,
  name = 'custom',
  options = {},
): PropertyDecorator => cv.ValidateBy({ name, validator: { validate } }, options);

describe('what is asked of a property, in short', () => {
  it.each<[string, readonly PropertyDecorator[], unknown]>([
    ['nothing', [], { type: 'any' }],
    ['a text', [cv.IsString()], { type: 'text' }],
    ['a number', [cv.IsNumber()], { type: 'number' }],
    ['an integer, twice', [cv.IsInt(), cv.IsInt()], { type: 'integer' }],
    ['a boolean', [cv.IsBoolean()], { type: 'boolean' }],
    [
      'a range',
      [cv.Min(1), cv.Min(3), cv.Min(2), cv.Max(9), cv.Max(7), cv.Max(8)],
      { type: 'any', minimum: 3, maximum: 7 },
    ],
    ['an optional number', [cv.IsOptional(), cv.IsInt(), cv.Max(5)], { type: 'integer', maximum: 5 }],
    ['two types', [cv.IsInt(), cv.IsNumber()], undefined],
    ['more than a type', [cv.IsString(), cv.MinLength(1)], undefined],
    ['another direct form', [cv.IsPositive()], undefined],
    ['a value that is there', [cv.IsDefined()], undefined],
    ['something before a type', [cv.IsString(), cv.MinLength(1), cv.IsString()], undefined],
    ['a bound that is no number', [cv.Min(Number.NaN)], undefined],
    ['few decimals', [cv.IsNumber({ maxDecimalPlaces: 1 })], undefined],
    ['something of items', [cv.IsString({ each: true })], undefined],
    ['a type now and then', [cv.IsString({ validateIf: () => true })], undefined],
    ['a condition', [cv.IsString(), cv.ValidateIf(() => true)], undefined],
    ['a user’s own check', [custom(() => true)], undefined],
  ])('is %s', (_, decorators, simple) => {
    expect(compiled(...decorators).simple).toEqual(simple);
    expect('simple' in compiled(...decorators)).toBe(simple !== undefined);
  });

  it('is optional with @IsOptional, and no other condition', () => {
    const optional = [compiled(cv.IsOptional()), compiled(cv.IsString()), compiled(cv.ValidateIf(() => true))];
    expect(optional.map((checks) => [checks.optional, checks.conditions.length, checks.checks.length])).toEqual([
      [true, 1, 0],
      [false, 0, 1],
      [false, 1, 0],
    ]);
  });

  it('leaves out what checks nothing', () => {
    expect(compiled(cv.Allow(), cv.ValidateNested())).toMatchObject({ checks: [], conditions: [] });
  });
});

const Level = { Low: 1, High: 'high' };

const VALUES: readonly unknown[] = [
  ...[undefined, null, true, false, '', 'x', '1', 'high', 'High', 'Low', 0, -0, 1, 1.5, -1, -1.5, 2, 3, 1e21],
  ...[Number.NaN, Infinity, -Infinity, 1n, [], ['x'], {}, new Date(0), Symbol('x'), () => 1],
  // The wrappers that class-validator knows.
  ...[Object('x'), Object(true), Object(1)].map((value: unknown) => value),
];

describe('the direct form', () => {
  it.each<[string, PropertyDecorator]>([
    ['@IsString', cv.IsString()],
    ['@IsBoolean', cv.IsBoolean()],
    ['@IsInt', cv.IsInt()],
    ['@IsNumber', cv.IsNumber()],
    ['@IsNumber of options', cv.IsNumber({})],
    ['@IsNumber of many options', cv.IsNumber({ allowNaN: true, allowInfinity: true })],
    ['@Min', cv.Min(1.5)],
    ['@Max', cv.Max(1.5)],
    ['@IsPositive', cv.IsPositive()],
    ['@IsNegative', cv.IsNegative()],
    ['@IsNotEmpty', cv.IsNotEmpty()],
    ['@IsDefined', cv.IsDefined()],
    ['@IsArray', cv.IsArray()],
    ['@IsEnum', cv.IsEnum(Level)],
    ['@IsIn', cv.IsIn(['x', 1, true, null])],
  ])('of %s comes to the library’s verdict on any kind of value', async (_, decorator) => {
    class Settings {
      declare field: unknown;
    }
    decorator(Settings.prototype, 'field');
    const verdicts: boolean[] = [];
    const expected: boolean[] = [];
    for (const value of VALUES) {
      verdicts.push(await passes(value, decorator));
      expected.push(cv.validateSync(Object.assign(new Settings(), { field: value })).length === 0);
    }
    expect(verdicts).toEqual(expected);
    expect(new Set(verdicts).size).toBe(2);
  });

  it.each<[string, PropertyDecorator]>([
    ['@IsString', cv.IsString()],
    ['@IsBoolean', cv.IsBoolean()],
    ['@IsInt', cv.IsInt()],
    ['@IsNumber', cv.IsNumber()],
    ['@IsNumber of options', cv.IsNumber({})],
    ['@Min', cv.Min(1.5)],
    ['@Max', cv.Max(1.5)],
    ['@IsPositive', cv.IsPositive()],
    ['@IsNegative', cv.IsNegative()],
    ['@IsNotEmpty', cv.IsNotEmpty()],
    ['@IsDefined', cv.IsDefined()],
    ['@IsArray', cv.IsArray()],
    ['@IsEnum', cv.IsEnum(Level)],
    ['@IsIn of one value', cv.IsIn([1.5])],
    ['@IsIn', cv.IsIn([1, 'x'])],
  ])('of %s is trusted: it agrees with the library’s own', (_, decorator) => {
    expect(stored(decorator).map(isOwnDirect)).toEqual([true]);
  });

  it('is told from a namesake, and from one that has no direct form', () => {
    const forms = [
      cv.IsString(),
      cv.IsString({ each: true }),
      cv.IsString({ validateIf: () => true }),
      cv.IsNumber({ maxDecimalPlaces: 1 }),
      cv.MinLength(1),
      cv.IsEnum(Level),
      cv.IsIn(['x']),
      custom(() => true, 'isString'),
    ].map((decorator) => stored(decorator)[0]);
    const seen = forms.map((form) => form !== undefined && isOwnDirect(form));
    expect(seen).toEqual([true, true, true, false, false, true, true, false]);
  });

  it('is not taken for a class of the user’s that bears its name', () => {
    @cv.ValidatorConstraint({ name: 'isString' })
    class CustomConstraintOfMine implements cv.ValidatorConstraintInterface {
      validate(value: unknown): boolean {
        return typeof value === 'string';
      }
    }
    const [form] = stored(cv.Validate(CustomConstraintOfMine));
    expect(form !== undefined && isOwnDirect(form)).toBe(false);
  });
});

describe('other checks', () => {
  it('ask the validator, with what class-validator would tell it', () => {
    const told: unknown[] = [];
    const decorator = cv.ValidateBy({
      name: 'curious',
      constraints: [1, 'a'],
      validator: {
        validate: (value, details) => {
          told.push([value, details]);
          return true;
        },
      },
    });
    class Owner {
      field = 7;
    }
    const owner = new Owner();
    expect(compiled(decorator).checks.map((check) => check(7, owner))).toEqual([true]);
    expect(told).toEqual([
      [7, { targetName: 'Owner', property: 'field', object: owner, value: 7, constraints: [1, 'a'] }],
    ]);
  });

  it('of items look at each of a list, a set or a map, and at a single value as it is', async () => {
    const short = cv.MaxLength(1, { each: true });
    for (const value of [['a', 'b'], new Set(['a']), new Map([['key', 'a']]), [], 'a']) {
      expect(await passes(value, short)).toBe(true);
    }
    for (const value of [['a', 'bb'], new Set(['bb']), new Map([['k', 'bb']]), 'bb', { a: 'b' }]) {
      expect(await passes(value, short)).toBe(false);
    }
  });

  it('of items wait for all of them', async () => {
    const later = custom(async (value) => Promise.resolve(value !== 'bad'), 'later', { each: true });
    expect([await passes(['a', 'b'], later), await passes(['a', 'bad'], later), await passes([], later)]).toEqual([
      true,
      false,
      true,
    ]);
    const some = custom((value) => (value === 'now' ? false : Promise.resolve(true)), 'some', { each: true });
    expect(compiled(some).checks.map((check) => check(['later', 'now'], {}))).toEqual([false]);
  });

  it('hold only while their own condition does', async () => {
    const when = (holds: boolean) => ({ validateIf: () => holds });
    for (const decorate of [
      (options: cv.ValidationOptions) => cv.IsString(options),
      (options: cv.ValidationOptions) => cv.MinLength(2, options),
      (options: cv.ValidationOptions) => cv.IsString({ ...options, each: true }),
    ]) {
      expect([await passes(1, decorate(when(true))), await passes(1, decorate(when(false)))]).toEqual([false, true]);
    }
    const seen: unknown[] = [];
    const owner = { field: 'x' };
    const validateIf = (...told: readonly unknown[]): boolean => seen.push(...told) > 0;
    const verdicts = compiled(cv.IsString({ validateIf })).checks.map((check) => check('x', owner));
    expect([verdicts, seen]).toEqual([[true], [owner, 'x']]);
  });
});
