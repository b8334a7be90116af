import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  ArrayUnique,
  IsBoolean,
  IsDate,
  IsEnum,
  IsIn,
  IsInt,
  IsNotEmpty,
  IsNumber,
  IsOptional,
  IsString,
  Length,
  Matches,
  Max,
  MaxLength,
  Min,
  MinLength,
  ValidateIf,
  ValidateNested,
} from 'class-validator';
import {
  Alias,
  ConfigSection,
  IsByteSize,
  IsDuration,
  ListOf,
  MapOf,
  Secure,
  type SectionClass,
} from '../../../src/sections/index.js';
import fc from '../../fast-check.js';

enum Level {
  Low = 1,
  High = 2,
}

enum Colour {
  Red = 'red',
  Blue = 'blue',
}

class Pool {
  @IsInt() @Min(1) max = 5;
  @IsOptional() @IsString() label?: string;
}

class Needy {
  @IsString() must!: string;
  @IsInt() may = 1;
}

class Payment {
  @IsString() kind!: string;
}

class Card {
  @IsString() kind!: string;
  @IsInt() digits!: number;
}

class Cash {
  @IsString() kind!: string;
  @IsIn(['EUR', 'USD']) currency = 'EUR';
}

class Tree {
  @IsInt() value = 0;
  @ListOf(() => Tree) children: Tree[] = [];
}

/** The decorators of fields, by what they declare; a field of each kind may be in a class. */
const KINDS: Readonly<Record<string, readonly PropertyDecorator[]>> = {
  text: [IsString()],
  textLength: [IsString(), MinLength(2), MaxLength(4)],
  textBetween: [Length(1, 3)],
  textPattern: [IsString(), Matches(/^[a-z]+$/)],
  textChoice: [IsIn(['low', 'abc'])],
  notEmpty: [IsString(), IsNotEmpty()],
  number: [IsNumber()],
  ranged: [IsNumber(), Min(-1), Max(2)],
  integer: [IsInt()],
  port: [IsInt(), Min(1), Max(65535)],
  choice: [IsIn([1, 2])],
  flag: [IsBoolean()],
  date: [IsDate()],
  url: [Type(() => URL)],
  regexp: [Type(() => RegExp)],
  bigint: [Type(() => BigInt)],
  level: [IsEnum(Level)],
  colour: [IsEnum(Colour)],
  union: [IsIn(['auto', 100, true])],
  duration: [IsDuration()],
  bounded: [IsDuration({ min: '1s', max: '1h' })],
  size: [IsByteSize()],
  secret: [Secure()],
  secretNumber: [Secure({ as: 'number' })],
  secretBytes: [Secure({ as: 'bytes' })],
  texts: [ListOf(() => String)],
  integers: [IsInt({ each: true }), ArrayMinSize(1), ArrayMaxSize(2)],
  unique: [IsString({ each: true }), ArrayUnique()],
  lists: [ListOf(() => [Number])],
  durations: [IsDuration({ each: true })],
  map: [MapOf(() => Number)],
  pools: [MapOf(() => Pool)],
  pool: [ValidateNested(), Type(() => Pool)],
  needy: [ValidateNested(), Type(() => Needy)],
  needies: [ListOf(() => Needy)],
  tree: [ValidateNested(), Type(() => Tree)],
  payment: [
    ValidateNested(),
    Type(() => Payment, {
      keepDiscriminatorProperty: true,
      discriminator: {
        property: 'kind',
        subTypes: [
          { name: 'card', value: Card },
          { name: 'cash', value: Cash },
        ],
      },
    }),
  ],
  sometimes: [ValidateIf(() => false), IsInt()],
};

/** A field of a generated class. */
export interface GeneratedField {
  readonly name: string;
  readonly kind: string;
  readonly optional: boolean;
  readonly alias: boolean;
}

const NAMES = ['host', 'maxSize', 'x1', 'fooBar', 'z'];

/** Some fields, each of some kind. */
export const generatedFields: fc.Arbitrary<readonly GeneratedField[]> = fc
  .uniqueArray(fc.constantFrom(...NAMES), { minLength: 1, maxLength: 3 })
  .chain((names) =>
    fc.tuple(
      ...names.map((name) =>
        fc.record({
          name: fc.constant(name),
          kind: fc.constantFrom(...Object.keys(KINDS)),
          optional: fc.boolean(),
          alias: fc.boolean(),
        }),
      ),
    ),
  );

/** A settings class with these fields. */
export function classOf(fields: readonly GeneratedField[], path = 'app'): SectionClass {
  class Generated {}
  ConfigSection(path)(Generated);
  for (const { name, kind, optional, alias } of fields) {
    if (optional) IsOptional()(Generated.prototype, name);
    if (alias) Alias(`old-${name}`)(Generated.prototype, name);
    for (const decorate of KINDS[kind] ?? []) decorate(Generated.prototype, name);
  }
  return Generated;
}

/** What files hold: much of it right for some kind of field, and much of it wrong for most. */
const someValues: readonly unknown[] = [
  ...[null, true, false, 0, 1, 2, 1.5, -3, 100, 70000, 2 ** 53],
  ...['', 'x', 'abc', 'abcde', 'auto', 'low', 'Low', 'High', 'red', 'Red', 'true', 'YES', 'maybe', '1_000', '1e3'],
  ...[
    '80',
    '1.5',
    '1.0',
    '1.5e1',
    '01',
    '-0',
    '0x1',
    ' 1',
    '10s',
    '1h30m',
    '1.5h30m',
    '1h1.5m',
    '30m1h',
    'P1DT2H',
    'PT',
    'P1Y',
  ],
  ...[
    '0s',
    '10',
    '64KiB',
    '1.5KB',
    '10 MB',
    '5kiB',
    '2024-02-29',
    '2023-02-29',
    '2024-01-01T10:00:00Z',
    '2024-01-01T10:00',
  ],
  ...[
    'http://a/b',
    'http://a b',
    'localhost:80',
    '/a/i',
    '/a/g',
    '(',
    'a,b',
    'a,,b',
    '1,2',
    '[1,2]',
    '["a"]',
    '[1',
    ',',
    ' ',
  ],
  ...['{"a":1}', '{bad', '{"max":3}', '!unset', '$${x}', '${app.z:-1}', '${nothing}', '{jwe}x'],
  ...[
    [],
    [1],
    [1, 2],
    [1, 2, 3],
    ['a'],
    ['a', 'a'],
    ['1', 1],
    [null],
    [[1], [2]],
    [['x']],
    ['10s'],
    [{}],
    [{ must: 'x' }],
  ],
  ...[
    {},
    { a: 1 },
    { a: 'x' },
    { a: null },
    { a: { max: 2 } },
    { max: 0 },
    { max: 2, label: null },
    { MAX: 2 },
    { mx: 2 },
  ],
  ...[
    { must: 'x' },
    { Must: 'x', may: '2' },
    { value: 1, children: [{ value: 2, children: [] }] },
    { children: [{ v: 1 }] },
  ],
  ...[{ kind: 'card', digits: 4 }, { kind: 'card' }, { kind: 'cash', currency: 'EUR' }, { kind: 'cash', digits: 'x' }],
  ...[{ kind: 'cash', currency: 'GBP' }, { kind: 'cheque' }, { digits: 1 }, { kind: 'card', digits: 4, other: 1 }],
  ...[{ $unset: true }, { $unset: false }, { $extends: 'nothing' }],
];

/** A document for a class: each field perhaps, in some spelling, and perhaps a key that it does not declare. */
export function documentFor(fields: readonly GeneratedField[]): fc.Arbitrary<Record<string, unknown>> {
  const entries = fields.map(({ name, alias }) =>
    fc.option(
      fc.tuple(
        fc.constantFrom(
          name,
          name,
          name,
          name.toUpperCase(),
          name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`),
          ...(alias ? [`old-${name}`, `OLD_${name}`] : []),
        ),
        fc.constantFrom(...someValues),
      ),
      { nil: undefined, freq: 5 },
    ),
  );
  const stray = fc.option(fc.constantFrom(['hots', 1], ['__proto', 1], ['unknown', {}]), { nil: undefined, freq: 12 });
  return fc
    .tuple(fc.tuple(...entries), stray)
    .map(([known, unknown]) =>
      Object.fromEntries([...known, unknown].filter((entry) => entry !== undefined) as [string, unknown][]),
    );
}
