import { describe, expect, it } from '@jest/globals';
import { Exclude, Expose, Transform, Type } from 'class-transformer';
import {
  IsBoolean,
  IsDefined,
  IsEnum,
  IsInt,
  IsNumber,
  IsOptional,
  IsString,
  Max,
  Min,
  MinLength,
  registerDecorator,
  ValidateIf,
  ValidateNested,
} from 'class-validator';
import { readClass } from '../../src/binding/fields/class-facts.js';
import { readColumns } from '../../src/binding/fields/field-columns.js';
import { SIMPLE } from '../../src/binding/fields/field-kind.js';
import { planOf, type ValidationGroups } from '../../src/binding/index.js';
import type { SecureValue } from '../../src/core/index.js';
import { Describe, Duration, IsDuration, RequiredIn, Secure, type SectionClass } from '../../src/sections/index.js';

const CODES = new Map(Object.entries(SIMPLE).map(([name, code]) => [code as number, name.toLowerCase()]));

/** Each field as `name: code`, with its range where it has one. */
function columnsOf(target: SectionClass, selection: ValidationGroups = {}): readonly string[] {
  const { names, kinds } = planOf(target, selection);
  return names.map((name, column) => {
    const { code = NaN, minimum = NaN, maximum = NaN } = kinds[column] ?? {};
    const range = minimum === -Infinity && maximum === Infinity ? '' : ` ${String(minimum)}..${String(maximum)}`;
    return `${name}: ${CODES.get(code) ?? '?'}${range}`;
  });
}

/** A user's decorator that bears the name of one of class-validator's. */
const namesake =
  (name: string, validate: (value: unknown) => boolean): PropertyDecorator =>
  (prototype, property) => {
    registerDecorator({
      name,
      target: prototype.constructor,
      propertyName: String(property),
      constraints: [],
      validator: { validate },
    });
  };

describe('the columns of a class', () => {
  it('say the type of fields that ask for nothing else', () => {
    class Settings {
      @IsString() host = 'h';
      @IsNumber() ratio = 0.5;
      @IsNumber({}) share = 0.5;
      @IsInt() port = 80;
      @IsBoolean() on = true;
    }
    expect(columnsOf(Settings)).toEqual([
      'host: text',
      'ratio: number',
      'share: number',
      'port: integer',
      'on: boolean',
    ]);
  });

  it('say which texts are hidden as they come, and leave other secrets to their plans', () => {
    class Settings {
      @Secure() password!: SecureValue<string>;
      @Secure({ level: 'encrypt' }) token!: SecureValue<string>;
      @Secure() @IsInt() pin!: SecureValue<number>;
      @Secure() @MinLength(3) phrase!: SecureValue<string>;
    }
    expect(columnsOf(Settings).toSorted()).toEqual(['password: masked', 'phrase: no', 'pin: no', 'token: no']);
    expect(
      planOf(Settings)
        .complexFields.map(({ name }) => name)
        .toSorted(),
    ).toEqual(['password', 'phrase', 'pin', 'token']);
  });

  it('say the narrowest range that decorators leave', () => {
    class Settings {
      @Min(1) @Max(10) @IsInt() both = 5;
      @IsNumber() @Min(2) @Min(3) @Min(1) least = 5;
      @IsNumber() @Max(8) @Max(7) @Max(9) most = 5;
      @Min(4) bare = 5;
      @Max(6) bareToo = 5;
    }
    expect(columnsOf(Settings)).toEqual([
      'both: integer 1..10',
      'least: number 3..Infinity',
      'most: number -Infinity..7',
      'bare: number 4..Infinity',
      'bareToo: number -Infinity..6',
    ]);
  });

  it('share one kind between fields that ask for the same, in whatever class', () => {
    class Settings {
      @IsInt() free = 1;
      @IsInt() @Min(1) @Max(9) one = 1;
      @IsInt() @Min(1) @Max(8) other = 1;
      @IsInt() @Max(9) @Min(1) two = 1;
    }
    class Others {
      @IsInt() @Min(1) @Max(9) one = 1;
    }
    const { kinds } = planOf(Settings);
    expect(kinds.map((kind) => kinds.indexOf(kind))).toEqual([0, 1, 2, 1]);
    expect(planOf(Others).kinds).toEqual([kinds[1]]);
    expect(planOf(Others).kinds[0]).toBe(kinds[1]);
  });

  it('say which fields hold one nested class, and leave to their plans what asks for more', () => {
    class Pool {
      @IsInt() size = 1;
    }
    const shared = new Pool();
    class Settings {
      @ValidateNested() @Type(() => Pool) pool = new Pool();
      @IsOptional() @ValidateNested() @Type(() => Pool) maybe?: Pool;
      @ValidateNested() @Type(() => Pool) shared = shared;
      @RequiredIn('production') @ValidateNested() @Type(() => Pool) required = new Pool();
      @IsDefined() @ValidateNested() @Type(() => Pool) defined = new Pool();
      @ValidateIf(() => true) @ValidateNested() @Type(() => Pool) conditional = new Pool();
      @Transform(({ value }) => value as unknown) @ValidateNested() @Type(() => Pool) transformed = new Pool();
      @ValidateNested()
      @Type(() => Pool, { discriminator: { property: 'kind', subTypes: [{ name: 'p', value: Pool }] } })
      chosen = new Pool();
    }
    expect(columnsOf(Settings)).toEqual([
      'pool: nested',
      'maybe: nested',
      'shared: no',
      'required: no',
      'defined: no',
      'conditional: no',
      'transformed: no',
      'chosen: no',
    ]);
    const { kinds } = planOf(Settings);
    expect(kinds.map(({ optional }) => optional).slice(0, 2)).toEqual([false, true]);
  });

  it('leave a field to its plan that must be set in some environment', () => {
    class Settings {
      @RequiredIn('production') @IsString() host = 'x';
    }
    expect(columnsOf(Settings)).toEqual(['host: no']);
  });

  it('take an optional field as any other: it is about values that are there', () => {
    class Settings {
      @IsOptional() @IsString() text?: string;
      @IsInt() @IsOptional() @Min(0) count?: number;
      @IsOptional() weight = 1;
    }
    expect(columnsOf(Settings)).toEqual(['text: text', 'count: integer 0..Infinity', 'weight: number']);
  });

  it('find a type that the compiler, the initial value or @Type tells', () => {
    class Settings {
      @Describe('Where.') host!: string;
      @Describe('How many.') count!: number;
      @Describe('Whether.') on!: boolean;
      text: unknown = 'x';
      size: unknown = 1;
      open: unknown = true;
      @Type(() => Number) @Min(1) typed = 1;
      @Type(() => Number) @IsInt() whole = 1;
      @Expose() @IsString() shown = 'x';
    }
    expect(columnsOf(Settings).toSorted()).toEqual([
      'count: number',
      'host: text',
      'on: boolean',
      'open: boolean',
      'shown: text',
      'size: number',
      'text: text',
      'typed: number 1..Infinity',
      'whole: integer',
    ]);
  });

  it.each<[string, PropertyDecorator]>([
    ['asks for more than a type', MinLength(1)],
    ['has a condition', ValidateIf(() => true)],
    ['asks for another type as well', IsInt()],
    ['has a range, being a text', Min(1)],
    ['has a range, being a text ', Max(1)],
    ['holds a list', IsString({ each: true })],
    ['has a decorator with a condition', IsString({ validateIf: () => true })],
    ['has a decorator of the user’s own', namesake('odd', () => true)],
    ['has an impostor of another decorator', namesake('isInt', () => true)],
    ['is transformed', Transform(({ value }) => value as unknown)],
    ['is a duration', IsDuration()],
    ['has a bound that is no number', Min(Number.NaN)],
  ])('leave a field to its plan that %s', (_, decorator) => {
    class Settings {
      @IsString() text = 'x';
    }
    decorator(Settings.prototype, 'text');
    expect(columnsOf(Settings)).toEqual(['text: no']);
  });

  it.each<[string, unknown, readonly PropertyDecorator[]]>([
    ['a boolean in a range', true, [IsBoolean(), Min(1)]],
    ['a boolean below a bound', true, [IsBoolean(), Max(1)]],
    ['a text with a bound that bounds nothing', 'x', [IsString(), Min(-Infinity)]],
    ['an exposed text with such a bound', 'x', [Expose(), IsString(), Max(Infinity)]],
    ['an exposed text in a range', 'x', [Expose(), IsString(), Min(1)]],
    ['an exposed boolean in a range', true, [Expose(), IsBoolean(), Max(1)]],
    ['a number of few decimals', 1, [IsNumber({ maxDecimalPlaces: 1 })]],
    ['one of a few values', 'a', [IsEnum({ A: 'a' })]],
    ['a number with no least one', 1, [IsNumber(), Min(Number.NaN)]],
    ['a number with no most', 1, [IsNumber(), Max(Number.NaN)]],
    ['a value that is an amount', Duration.of('1s'), []],
    ['a value that is a date', new Date(0), [Type(() => Date)]],
    ['a list', [], [Type(() => String)]],
    ['a transformed number', 1, [IsInt(), Transform(({ value }) => value as unknown)]],
  ])('leave %s to the field’s plan', (_, initial, decorators) => {
    class Settings {
      field: unknown = initial;
    }
    for (const decorate of decorators) decorate(Settings.prototype, 'field');
    expect(columnsOf(Settings)).toEqual(['field: no']);
  });

  it('do not take a namesake for the library’s decorator', () => {
    class Settings {
      @namesake('isString', (value) => value !== 'x') @Describe('One.') one = 'x';
      @namesake('isInt', () => true) @Describe('Two.') two = 1;
      @IsBoolean() three = true;
    }
    expect(columnsOf(Settings)).toEqual(['one: no', 'two: no', 'three: boolean']);
  });

  it('look closer at decorators of other groups, which say the type and check nothing', () => {
    class Settings {
      @IsString({ groups: ['b'] }) text = 'x';
      @IsInt({ groups: ['b'] }) count = 1;
      @IsInt({ groups: ['a'] }) size = 1;
    }
    expect(columnsOf(Settings, { groups: ['a'] })).toEqual(['text: text', 'count: no', 'size: integer']);
    expect(columnsOf(Settings, { groups: ['b'] })).toEqual(['text: text', 'count: integer', 'size: no']);
    expect(columnsOf(Settings)).toEqual(['text: text', 'count: integer', 'size: integer']);
  });

  it('have none for a field that is no setting', () => {
    class Settings {
      @IsString() first = 'x';
      @Exclude() @IsString() hidden = 'x';
      @IsInt() last = 1;
    }
    expect(columnsOf(Settings)).toEqual(['first: text', 'last: integer']);
  });

  it('ask nobody for a field that its decorators tell all of', () => {
    class Settings {
      @IsString() host = 'x';
      @IsInt() @Min(1) @Max(9) port = 1;
      @IsNumber() ratio = 1;
      @IsOptional() @IsBoolean() on = true;
      @Max(9) most = 1;
      @IsString() @IsString() twice = 'x';
      @MinLength(1) @IsString() name = 'x';
      @IsNumber() @Min(1) @MinLength(1) later = 1;
      @Exclude() cache = 1;
      plain = 1;
    }
    const asked: string[] = [];
    const facts = readClass(Settings, {});
    const columns = readColumns(facts, (name) => void asked.push(name));
    expect(asked.toSorted()).toEqual(['cache', 'later', 'name', 'plain']);
    expect(columns.names.toSorted()).toEqual(['host', 'most', 'on', 'port', 'ratio', 'twice']);
  });

  it('keep one list of names where every field has a column', () => {
    class Settings {
      @IsString() host = 'x';
    }
    const facts = readClass(Settings, {});
    expect(readColumns(facts, () => undefined).names).toBe(facts.names);
  });
});
