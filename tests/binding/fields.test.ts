import { describe, expect, it } from '@jest/globals';
import { Type } from 'class-transformer';
import {
  Equals,
  IsBoolean,
  IsDate,
  IsEnum,
  IsIn,
  IsInstance,
  IsInt,
  IsNumber,
  IsOptional,
  IsString,
  IsUrl,
  Max,
  Min,
  MinLength,
  ValidateIf,
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
  RequiredIn,
} from '../../src/sections/index.js';
import { issuesOf, made, refused } from '../runtime/loading.js';

enum Level {
  Debug = 'debug',
  Info = 'info',
}

@ConfigSection('app')
class AppSettings {
  @IsString() text = 'text';
  @IsInt() @Min(1) @Max(10) integer = 5;
  @IsNumber() number = 0.5;
  @IsBoolean() flag = false;
  @IsEnum(Level) level = Level.Info;
  @IsDuration({ min: '1s', max: '1h' }) timeout = Duration.of('10s');
  @IsByteSize({ min: '1KiB', max: '1MiB' }) limit = ByteSize.of('2KiB');
  @IsOptional() @Type(() => Date) since?: Date;
  @IsOptional() @Type(() => URL) home?: URL;
  @IsOptional() @Type(() => RegExp) pattern?: RegExp;
  @IsOptional() @Type(() => BigInt) serial?: bigint;
  @IsOptional() @IsString() note?: string | null;
  @ListOf(() => Number) numbers: readonly number[] = [];
  @IsString({ each: true }) tags: readonly string[] = [];
  @IsDuration({ each: true, min: '1s' }) delays: readonly Duration[] = [];
  @MapOf(() => Number) weights: Readonly<Record<string, number>> = {};
}

const app = async (values: object): Promise<AppSettings> => made(AppSettings, { app: values });
const wrong = async (values: object): Promise<readonly string[]> => issuesOf([AppSettings], { app: values });

describe('fields', () => {
  it.each<[string, keyof AppSettings, unknown, unknown]>([
    ['text', 'text', 'x', 'x'],
    ['empty string', 'text', '', ''],
    ['a whole number', 'integer', 7, 7],
    ['a whole number as text', 'integer', '7', 7],
    ['a number as text', 'number', '1_000.5', 1000.5],
    ['yes', 'flag', 'yes', true],
    ['0', 'flag', '0', false],
    ['a boolean', 'flag', true, true],
    ['an enum by value', 'level', 'debug', Level.Debug],
    ['an enum by name', 'level', 'Debug', Level.Debug],
    ['a duration', 'timeout', '1m', Duration.of('1m')],
    ['a duration already typed', 'timeout', Duration.of('2s'), Duration.of('2s')],
    ['a size', 'limit', '64KiB', ByteSize.of('64KiB')],
    ['a date', 'since', '2024-05-06T07:08:09Z', new Date('2024-05-06T07:08:09Z')],
    ['a bigint', 'serial', '12345678901234567890', 12345678901234567890n],
    ['a list as text', 'numbers', '1, 2,3', [1, 2, 3]],
    ['a list as JSON', 'tags', '["a,b","c"]', ['a,b', 'c']],
    ['a list', 'tags', ['a'], ['a']],
    ['a list of durations', 'delays', '1s,2s', [Duration.of('1s'), Duration.of('2s')]],
    ['a map as JSON', 'weights', '{"a":"1.5"}', { a: 1.5 }],
    ['a map', 'weights', { a: '2' }, { a: 2 }],
    ['null for an optional field', 'note', null, null],
  ])('bind %s', async (_, field, raw, value) => {
    expect((await app({ [field]: raw }))[field]).toEqual(value);
  });

  it('bind URLs and expressions to objects of their own', async () => {
    const { home, pattern } = await app({ home: 'https://example.org/a', pattern: '^a+$' });
    expect([home?.href, pattern?.source, home instanceof URL]).toEqual(['https://example.org/a', '^a+$', true]);
  });

  it.each<[keyof AppSettings, unknown, string]>([
    ['text', 5, 'must be a string, got 5 (a number)'],
    ['text', null, 'must be a string, got null'],
    ['integer', '7.5', 'must be an integer, got "7.5"'],
    ['integer', '0x10', 'must be an integer, got "0x10"'],
    ['integer', true, 'must be an integer, got true (a boolean)'],
    ['number', '12abc', 'must be a number, got "12abc"'],
    ['number', 'Infinity', 'must be a number, got "Infinity"'],
    ['number', Number.NaN, 'must be a number, got NaN (a number)'],
    ['flag', 'maybe', 'must be true or false, got "maybe"'],
    ['flag', 2, 'must be true or false, got 2 (a number)'],
    ['level', 'loud', 'must be one of "debug" (Debug), "info" (Info), got "loud"'],
    ['timeout', '10', 'must be a duration with a unit, such as 500ms, 10s or 1h30m, got "10"'],
    ['numbers', '1,x', 'must be a number, got "x"'],
    ['tags', 'a,,b', 'must be a list without empty items, got "a,,b"'],
    ['tags', { a: 1 }, 'must be a list, got a map'],
    ['weights', 'a=1', 'must be a map in JSON, got "a=1"'],
    ['weights', [1], 'must be a map, got a list'],
  ])('refuse %s: %p', async (field, raw, message) => {
    expect((await refused([AppSettings], { app: { [field]: raw } })).issues[0]?.message).toBe(message);
  });

  it('name the item that is wrong, and every one of them', async () => {
    expect(await wrong({ numbers: [1, 'x', null], weights: { a: 'y' } })).toEqual([
      'not-a-number app.numbers.1: must be a number, got "x"',
      'missing app.numbers.2: is empty; it must be a number',
      'not-a-number app.weights.a: must be a number, got "y"',
    ]);
  });

  it('keep amounts within their range', async () => {
    expect(await wrong({ timeout: '500ms', limit: '2MiB', delays: ['10ms'] })).toEqual([
      'out-of-range app.timeout: must be at least 1s, got 500ms',
      'out-of-range app.limit: must be at most 1MiB, got 2MiB',
      'out-of-range app.delays.0: must be at least 1s, got 10ms',
    ]);
    expect(await wrong({ timeout: '2h', limit: '1KB' })).toEqual([
      'out-of-range app.timeout: must be at most 1h, got 2h',
      'out-of-range app.limit: must be at least 1KiB, got 1kB',
    ]);
    expect(await app({ timeout: '1h', limit: '1KiB' })).toMatchObject({ timeout: Duration.of('1h') });
  });

  it('keep numbers within their range, whether written as numbers or texts', async () => {
    for (const integer of [0, '0'])
      expect(await wrong({ integer })).toEqual(['constraint app.integer: must not be less than 1, got 0']);
    for (const integer of [11, '11'])
      expect(await wrong({ integer })).toEqual(['constraint app.integer: must not be greater than 10, got 11']);
    for (const integer of [1, 10, '1', '10']) expect((await app({ integer })).integer).toBe(Number(integer));
  });

  it('take an empty string of a file for a slip, unless they are texts', async () => {
    const empty = { text: '', integer: '', flag: '', timeout: '', tags: '', weights: ' ', since: '' };
    expect((await wrong(empty)).toSorted()).toEqual(
      ['flag', 'integer', 'since', 'tags', 'timeout', 'weights'].map(
        (name) => `empty-string app.${name}: is an empty string, which only a string field may be`,
      ),
    );
    expect(await app({ text: '' })).toMatchObject({ text: '' });
  });

  it('all tell what is wrong at once', async () => {
    expect(await wrong({ integer: 'x', flag: 'x', level: 'x', extra: 1 })).toHaveLength(4);
  });
});

describe('a field without a value', () => {
  @ConfigSection('needed')
  class NeededSettings {
    @IsString() url!: string;
    @ListOf(() => String) hosts!: string[];
    @IsOptional() @IsInt() port?: number;
    @ValidateIf(({ secure }: NeededSettings) => secure) @IsString() certificate!: string;
    @IsBoolean() secure = false;
  }

  it('is missing when it is neither optional nor defaulted', async () => {
    expect((await issuesOf([NeededSettings])).toSorted()).toEqual([
      'missing needed.hosts: is not set; it must be a list, each item a string',
      'missing needed.url: is not set; it must be a string',
    ]);
  });

  it('is missing when a source says null', async () => {
    expect(await issuesOf([NeededSettings], { needed: { url: null, hosts: [] } })).toEqual([
      'not-a-string needed.url: must be a string, got null',
    ]);
  });

  it('is not missing while the condition of @ValidateIf does not hold', async () => {
    const values = { url: 'u', hosts: 'h' };
    expect(await made(NeededSettings, { needed: values })).toMatchObject({ url: 'u', hosts: ['h'] });
    expect(await made(NeededSettings, { needed: { ...values, certificate: null } })).toMatchObject({
      certificate: null,
    });
    expect(await issuesOf([NeededSettings], { needed: { ...values, secure: true } })).toEqual([
      'missing needed.certificate: is not set; it must be a string',
    ]);
  });

  @ConfigSection('mail')
  class MailSettings {
    @RequiredIn('production', 'test') @IsString() server = 'localhost';
    @RequiredIn('production') @Describe('The sender.', { example: 'noreply@example.org' }) @IsString() sender = 'me';
    @RequiredIn('production') @Describe('Key.', { example: 'hunter2' }) @IsString() apiKey = 'none';
  }

  it('must be set where @RequiredIn says so, whatever its default', async () => {
    expect(await issuesOf([MailSettings], {}, { environment: 'development' }).catch(String)).toContain('Nothing was');
    expect(await issuesOf([MailSettings])).toEqual([
      'required mail.server: must be set in test: its default does not count there',
    ]);
    expect(await issuesOf([MailSettings], { mail: { server: 's' } }, { environment: 'production' })).toEqual([
      'required mail.sender: must be set in production: its default does not count there',
      'required mail.apiKey: must be set in production: its default does not count there',
    ]);
  });

  it('comes with its example as the way out, unless it is a secret', async () => {
    const { issues } = await refused([MailSettings], { mail: { server: 's' } }, { environment: 'production' });
    expect(issues.map(({ hint }) => hint)).toEqual([
      'For example: "noreply@example.org".',
      'Set mail.apiKey (object).',
    ]);
  });
});

describe('the type of a field', () => {
  it('is found without the compiler, from decorators alone', async () => {
    const on = (target: object, name: string, ...decorators: readonly PropertyDecorator[]): void => {
      for (const decorate of decorators) decorate(target, name);
    };
    class Bare {
      declare readonly weak: number;
    }
    const prototype = Bare.prototype as object;
    on(prototype, 'int', IsInt());
    on(prototype, 'weak', Min(1));
    on(prototype, 'url', IsUrl());
    on(prototype, 'long', MinLength(1));
    on(prototype, 'choice', IsIn([1, 2]));
    on(prototype, 'name', IsIn(['a', 'b']));
    on(prototype, 'only', Equals(true));
    on(prototype, 'day', IsDate());
    on(prototype, 'link', IsInstance(URL));
    on(prototype, 'level', IsEnum(Level));
    on(prototype, 'items', IsInt({ each: true }));
    ConfigSection('bare')(Bare);
    const bare = {
      int: '1',
      weak: '1.5',
      url: 'http://a.b.com',
      long: 'x',
      choice: '2',
      name: 'a',
      only: 'yes',
      day: '2024-01-01',
      link: 'http://a.b',
      level: 'Info',
      items: '1,2',
    };
    const settings = await made(Bare, { bare });
    expect(settings).toMatchObject({
      int: 1,
      weak: 1.5,
      choice: 2,
      name: 'a',
      only: true,
      day: new Date('2024-01-01'),
      level: Level.Info,
      items: [1, 2],
    });
  });

  it('is the initial value’s when nothing else tells', async () => {
    @ConfigSection('plain')
    class Plain {
      name: unknown = 'x';
      count: unknown = 1;
      on: unknown = true;
      big: unknown = 1n;
      wait: unknown = Duration.of('1s');
    }
    const plain = { name: 'y', count: '2', on: 'no', big: '3', wait: '4s' };
    expect(await made(Plain, { plain })).toEqual({ name: 'y', count: 2, on: false, big: 3n, wait: Duration.of('4s') });
  });

  it('is needed: a field without one is an error that says what to write', async () => {
    @ConfigSection('vague')
    class Vague {
      @IsOptional() thing: unknown;
    }
    @ConfigSection('vague-list')
    class VagueList {
      items: unknown[] = [];
    }
    const [one, two] = [await refused([Vague]), await refused([VagueList])];
    expect([one.code, one.message.split('\n')[0]]).toEqual(['field-without-type', 'Vague.thing has no usable type.']);
    expect(one.recovery).toContain('Say what it is: @IsString(), @IsInt()');
    expect(two.recovery).toContain('Say what its items are: @ListOf(() => String)');
  });

  it('cannot come from a class that is not there yet', async () => {
    @ConfigSection('circle')
    class Circle {
      @ListOf(() => undefined as unknown as StringConstructor) items: string[] = [];
    }
    await expect(made(Circle)).rejects.toThrow('If the class is declared later in the file or imported in a circle');
  });
});

describe('a class that cannot be a section', () => {
  it('has no field', async () => {
    @ConfigSection('empty')
    class Empty {}
    expect((await refused([Empty])).message).toBe(
      'Empty cannot be used as a section. It declares no field: decorate its properties, for example with @IsString().',
    );
  });

  it('wants arguments', async () => {
    @ConfigSection('eager')
    class Eager {
      @IsString() name: string;
      constructor(options: { name: string }) {
        this.name = options.name;
      }
    }
    const error = await refused([Eager as unknown as new () => Eager]);
    expect([error.code, error.message]).toEqual([
      'unusable-section-class',
      'Eager cannot be used as a section. Its constructor must work without arguments.',
    ]);
  });

  it('has a field whose name could reach a prototype', async () => {
    class Evil {}
    IsString()(Evil.prototype, 'constructor');
    ConfigSection('evil')(Evil);
    expect((await refused([Evil])).message).toContain('A field cannot be called "constructor".');
  });

  it('has two fields that one key could mean', async () => {
    @ConfigSection('twin')
    class Twin {
      @IsInt() maxSize = 1;
      @IsInt() max_size = 2;
    }
    expect((await refused([Twin])).message).toContain('would both be read from');
  });
});
