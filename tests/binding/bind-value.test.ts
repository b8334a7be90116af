import { describe, expect, it } from '@jest/globals';
import { Transform, Type } from 'class-transformer';
import {
  Allow,
  IsEmpty,
  IsIn,
  IsInt,
  IsObject,
  IsOptional,
  IsString,
  Matches,
  Min,
  MinLength,
  registerDecorator,
  ValidateBy,
  ValidateNested,
} from 'class-validator';
import {
  ByteSize,
  ConfigSection,
  Describe,
  Duration,
  IsByteSize,
  IsDuration,
  ListOf,
  MapOf,
  Secure,
  SecureValue,
} from '../../src/sections/index.js';
import { issuesOf, made, refused } from '../runtime/loading.js';
import { throwAnything } from '../runtime/throwing.js';

class PoolSettings {
  @IsInt() size = 1;
}

describe('a default', () => {
  it('is held to the range of its amount', async () => {
    @ConfigSection('app')
    class AppSettings {
      @IsDuration({ min: '1s' }) wait = Duration.of('10ms');
      @IsByteSize({ max: '1KiB' }) most = ByteSize.of('1MiB');
      @IsDuration({ min: '1s', max: '1s' }) exact = Duration.of('1s');
    }
    expect(await issuesOf([AppSettings])).toEqual([
      'out-of-range app.wait: must be at least 1s, got 10ms',
      'out-of-range app.most: must be at most 1KiB, got 1MiB',
    ]);
  });

  it('is frozen as a copy, the structures in it as well, where nobody declared what it holds', async () => {
    const FREE = { list: [{ a: 1 }], date: new Date(0) };
    const NAMES = ['a'];
    @ConfigSection('app')
    class AppSettings {
      @IsObject() free: object = FREE;
      @ListOf(() => String) names: readonly string[] = NAMES;
    }
    const { free, names } = await made(AppSettings);
    expect([free, names]).toEqual([FREE, NAMES]);
    expect([Object.isFrozen(free), Object.isFrozen((free as typeof FREE).list[0]), Object.isFrozen(names)]).toEqual([
      true,
      true,
      true,
    ]);
    expect([FREE, FREE.list, FREE.list[0], NAMES].map((part) => Object.isFrozen(part))).toEqual([
      false,
      false,
      false,
      false,
    ]);
    expect((free as typeof FREE).date).toBe(FREE.date);
  });

  it('of nested settings is checked in maps as well as lists, and nothing else in them is', async () => {
    class NamedPool extends PoolSettings {
      @IsString() name!: string;
    }
    @ConfigSection('app')
    class AppSettings {
      @MapOf(() => NamedPool) map: Readonly<Record<string, unknown>> = {
        good: Object.assign(new NamedPool(), { name: 'x' }),
        bad: Object.assign(new NamedPool(), { name: 'x', size: 'x' }),
        other: { size: 'y' },
      };
    }
    expect(await issuesOf([AppSettings])).toEqual(['constraint app.map.bad.size: must be an integer number, got "x"']);
  });
});

describe('what is no value of a type', () => {
  @ConfigSection('app')
  class AppSettings {
    @ValidateNested() @Type(() => PoolSettings) pool = new PoolSettings();
    @ListOf(() => Number) list: readonly number[] = [];
    @IsInt() size = 1;
    @IsOptional() @IsString() password?: string;
  }
  const problems = async (values: object) =>
    (await refused([AppSettings], { app: values })).issues.map(({ message, hint }) => [message, hint]);

  it.each<[unknown, string]>([
    [true, 'a boolean'],
    [5, 'a number'],
    [[{}], 'a list'],
    [null, 'null'],
  ])('is told by its shape where a group belongs: %p', async (pool, shape) => {
    expect(await issuesOf([AppSettings], { app: { pool } })).toEqual([
      `not-a-section app.pool: must be a map of settings (PoolSettings), got ${shape}`,
    ]);
  });

  it('comes with a way out, as a sentence', async () => {
    expect(await problems({ size: '1 2', list: 'a,,' })).toEqual([
      [
        'must be a list without empty items, got "a,,"',
        'Remove the stray comma; write empty strings as JSON: ["a", ""].',
      ],
      ['must be an integer, got "1 2"', 'Write digits as in 1500 or 1_500, without blanks.'],
    ]);
  });

  it('is not quoted where the field is secret, or the text looks like a structure that holds a secret', async () => {
    expect(await problems({ password: 5 })).toEqual([['must be a string, got [secure]', 'Write it in quotes.']]);
    const quoting = await issuesOf([AppSettings], { app: { list: ' [{"password": "hunter2"' } });
    expect(quoting.join()).not.toContain('hunter2');
    expect(quoting).toEqual(['malformed-list app.list: must be a list in JSON, got [secure]']);
    expect(await issuesOf([AppSettings], { app: { list: '[{"name": "x"' } })).toEqual([
      'malformed-list app.list: must be a list in JSON, got "[{\\"name\\": \\"x\\""',
    ]);
    for (const size of ['password', 'x [password', 'x {password']) {
      expect(await issuesOf([AppSettings], { app: { size } })).toEqual([
        `not-an-integer app.size: must be an integer, got "${size}"`,
      ]);
    }
    for (const size of ['[password', '{password', '  [password']) {
      expect(await issuesOf([AppSettings], { app: { size } })).toEqual([
        'not-an-integer app.size: must be an integer, got [secure]',
      ]);
    }
  });
});

describe('a list or map with an item that is wrong', () => {
  @ConfigSection('app')
  class AppSettings {
    @Min(1, { each: true }) @ListOf(() => Number) list: readonly number[] = [];
    @IsOptional() @IsEmpty() @MapOf(() => Number) map?: Readonly<Record<string, number>>;
  }

  it('is not shown to its validators', async () => {
    expect(await issuesOf([AppSettings], { app: { list: ['x'], map: { a: 'y' } } })).toEqual([
      'not-a-number app.list.0: must be a number, got "x"',
      'not-a-number app.map.a: must be a number, got "y"',
    ]);
  });

  it('is told of an empty item', async () => {
    expect(await issuesOf([AppSettings], { app: { list: [1, ''] } })).toEqual([
      'missing app.list.1: is empty; it must be a number',
    ]);
  });

  it('says nothing more of an item whose reference leads nowhere', async () => {
    const issues = await issuesOf([AppSettings], { app: { list: [1, '${none}'] } });
    expect(issues.map((issue) => issue.split(':')[0])).toEqual(['unresolved-reference app.list.1']);
  });
});

describe('a reference that comes to an empty string', () => {
  @ConfigSection('app')
  class AppSettings {
    @IsInt() size = 7;
    @ListOf(() => Number) list: readonly number[] = [7];
    @MapOf(() => Number) map: Readonly<Record<string, number>> = { a: 7 };
    @ValidateNested() @Type(() => PoolSettings) pool = Object.assign(new PoolSettings(), { size: 7 });
    @IsString() text = 'x';
  }

  it('leaves everything but texts at its default', async () => {
    const empty = '${none:-}';
    expect(
      await made(AppSettings, { app: { size: empty, list: empty, map: empty, pool: empty, text: empty } }),
    ).toEqual({
      size: 7,
      list: [7],
      map: { a: 7 },
      pool: { size: 7 },
      text: '',
    });
  });
});

describe('a discriminator', () => {
  class Shape {
    @IsString() kind!: string;
  }
  class Circle extends Shape {
    @IsInt() radius = 1;
  }
  class Square extends Shape {
    @IsInt() side = 2;
  }
  const discriminator = (...values: readonly (new () => object)[]) => ({
    discriminator: { property: 'kind', subTypes: values.map((value) => ({ name: value.name, value })) },
  });

  @ConfigSection('app')
  class Drawing {
    @ValidateNested()
    @Type(() => Shape, discriminator(Circle, Square))
    shape: Shape = Object.assign(new Circle(), { kind: 'Circle', radius: 5 });

    @IsOptional() @ValidateNested() @Type(() => Shape, discriminator()) any?: Shape;
  }

  it('that chooses another class than the default’s leaves nothing of the default', async () => {
    const { shape } = await made(Drawing, { app: { shape: { kind: 'Square' } } });
    expect([shape, shape.constructor]).toEqual([{ kind: 'Square', side: 2 }, Square]);
  });

  it('that chooses the default’s class keeps what the default says', async () => {
    expect((await made(Drawing, { app: { shape: { kind: 'Circle' } } })).shape).toEqual({ kind: 'Circle', radius: 5 });
  });

  it('without classes to choose from takes the declared one', async () => {
    const { any } = await made(Drawing, { app: { shape: { kind: 'Square' }, any: { kind: 'x' } } });
    expect([any, any?.constructor]).toEqual([{ kind: 'x' }, Shape]);
  });
});

describe('a field that has an issue already', () => {
  @ConfigSection('app')
  class AppSettings {
    @MinLength(9) @IsString() text = 'long enough';
    @IsString() host!: string;
    @Describe('Where.', { example: 'a' }) @IsString() place!: string;
  }

  it('has no second one of its value', async () => {
    const issues = await issuesOf([AppSettings], { app: { text: '${none}', host: 'h', place: 'p' } });
    expect(issues.map((issue) => issue.split(':')[0])).toEqual(['unresolved-reference app.text']);
  });

  it('comes with its example, or else with the key to set', async () => {
    const { issues } = await refused([AppSettings], { app: { text: 'long enough' } });
    expect(issues.map(({ path, hint }) => [path.join('.'), hint])).toEqual([
      ['app.host', 'Set app.host (object).'],
      ['app.place', 'For example: "a".'],
    ]);
  });
});

describe('an asynchronous validator', () => {
  const later =
    (verdict: (value: unknown) => boolean): PropertyDecorator =>
    (prototype, property) => {
      registerDecorator({
        name: 'later',
        target: prototype.constructor,
        propertyName: String(property),
        validator: {
          validate: async (value) => Promise.resolve(verdict(value)),
          defaultMessage: () => 'came later',
        },
      });
    };

  it('is waited for, also where it is the only one that refuses', async () => {
    @ConfigSection('app')
    class AppSettings {
      @later((value) => value !== 'bad') @IsString() name = 'good';
    }
    expect((await made(AppSettings)).name).toBe('good');
    expect(await issuesOf([AppSettings], { app: { name: 'bad' } })).toEqual(['constraint app.name: came later']);
  });

  it('that throws leaves its field unchecked', async () => {
    @ConfigSection('app')
    class AppSettings {
      @later(() => throwAnything(new RangeError('hunter2'))) @IsString() name = 'good';
    }
    expect(await issuesOf([AppSettings])).toEqual([
      'constraint app.name: could not be checked: a validator threw RangeError',
    ]);
  });
});

describe('a transform', () => {
  @ConfigSection('app')
  class AppSettings {
    @Transform(({ value }) => (typeof value === 'string' ? { kept: value } : (value as unknown)))
    @MapOf(() => String)
    map: unknown = {};

    @Transform(({ value }) =>
      typeof value === 'string' ? Object.assign(new PoolSettings(), { size: Number(value) }) : (value as unknown),
    )
    @ValidateNested()
    @Type(() => PoolSettings)
    pool = new PoolSettings();

    @Transform(({ value, options, type }) => `${typeof value}, ${String(type)}, ${JSON.stringify(options)}`)
    size: unknown = 1;
  }

  it('gets the text of a map or a nested section as it was written', async () => {
    const settings = await made(AppSettings, { app: { map: 'a;b', pool: '7' } });
    expect([settings.map, settings.pool]).toEqual([{ kept: 'a;b' }, { size: 7 }]);
  });

  it('gets what is no text as its type has it', async () => {
    const settings = await made(AppSettings, { app: { map: { a: 'x' }, pool: { size: '8' }, size: '5' } });
    expect([settings.map, settings.pool, settings.size]).toEqual([{ a: 'x' }, { size: 8 }, 'number, 0, {}']);
  });
});

describe('a refusal for which class-validator cannot be asked', () => {
  it('is told in words of its own, but not of a field that has an issue already', async () => {
    const odd = ValidateBy({ name: 'odd', validator: { validate: () => throwAnything(new RangeError('hunter2')) } });
    @ConfigSection('app')
    class AppSettings {
      @odd @MinLength(3) @IsString() both = 'x';
      @MinLength(3) @IsString() other = 'x';
      @IsString() fine = 'x';
    }
    expect((await issuesOf([AppSettings])).toSorted()).toEqual([
      'constraint app.both: could not be checked: a validator threw RangeError',
      'constraint app.other: does not pass its validators, got "x"',
    ]);
  });
});

describe('class-validator’s words', () => {
  @ConfigSection('app')
  class AppSettings {
    @MinLength(3) @Matches(/^[a-z]+$/, { message: 'use letters' }) @IsString() name = 'abc';
    @MinLength(9, { message: 'is not $value' }) @IsString() password = 'long enough';
    @MinLength(5, { groups: ['strict'] }) @IsString({ always: true }) code = 'abcdef';
  }

  it('are told together, without the name of the field in front', async () => {
    expect(await issuesOf([AppSettings], { app: { name: '1' } })).toEqual([
      'constraint app.name: use letters; must be longer than or equal to 3 characters',
    ]);
  });

  it.each<[string, unknown, string]>([
    ['a number', 70_000, ', got 70000'],
    ['null', null, ', got null'],
    ['a list', [1], ''],
    ['a text, which may hold a secret that nobody declared', 'host=db pin=1234', ''],
  ])('are followed by what was refused: %s', async (_, any, got) => {
    @ConfigSection('app')
    class Settings {
      @Allow()
      @ValidateBy({ name: 'lower', validator: { validate: () => false } }, { message: '$property must be lower' })
      any: unknown;
    }
    expect(await issuesOf([Settings], { app: { any } })).toEqual([`constraint app.any: must be lower${got}`]);
  });

  it('are followed by a text that should be a word of a list', async () => {
    @ConfigSection('app')
    class Settings {
      @IsIn(['a', 'b']) @IsString() letter = 'a';
    }
    const refusals = [{ letter: 'c' }, { letter: 'ftp://me:pw@b' }, { letter: 'password=x' }];
    expect((await Promise.all(refusals.map(async (app) => issuesOf([Settings], { app })))).flat()).toEqual([
      'constraint app.letter: must be one of the following values: a, b, got "c"',
      'constraint app.letter: must be one of the following values: a, b, got "ftp://[secure]@b"',
      'constraint app.letter: must be one of the following values: a, b, got [secure]',
    ]);
  });

  it('stand alone where they are a sentence of the service’s own', async () => {
    @ConfigSection('app')
    class Settings {
      @Min(5, { message: 'Give it at least $constraint1, not $value.' }) size = 5;
    }
    expect(await issuesOf([Settings], { app: { size: 1 } })).toEqual([
      'constraint app.size: Give it at least 5, not 1.',
    ]);
  });

  it('are kept back where the field is secret', async () => {
    expect(await issuesOf([AppSettings], { app: { password: 'hunter2' } })).toEqual([
      'constraint app.password: does not pass minLength (value [secure])',
    ]);
  });

  it('are about what a secret opens to, of which nothing is told but what the decorator asks for', async () => {
    @ConfigSection('app')
    class Vault {
      @Secure() @MinLength(3) @Matches(/^[a-z]+$/) key!: SecureValue<unknown>;
      @Secure() @MinLength(1) other!: SecureValue<unknown>;
    }
    expect(await issuesOf([Vault], { app: { key: 'ab', other: 'x' } })).toEqual([
      'constraint app.key: must be longer than or equal to 3 characters',
    ]);
  });

  it('are asked for in the groups of the load', async () => {
    const values = { app: { code: 'abc', name: '1' } };
    expect(await issuesOf([AppSettings], values, { validation: { groups: ['strict'] } })).toEqual([
      'constraint app.code: must be longer than or equal to 5 characters',
    ]);
    expect(await issuesOf([AppSettings], values, { validation: { strictGroups: true } })).toEqual([
      'constraint app.name: use letters; must be longer than or equal to 3 characters',
    ]);
    expect(await issuesOf([AppSettings], values, { validation: { groups: ['none'], always: true } })).toEqual([
      'constraint app.name: use letters; must be longer than or equal to 3 characters',
    ]);
  });
});
