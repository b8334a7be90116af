import { describe, expect, it } from '@jest/globals';
import { Exclude, Expose, Transform } from 'class-transformer';
import {
  IsInt,
  IsOptional,
  IsString,
  IsUrl,
  Max,
  MinLength,
  registerDecorator,
  Validate,
  ValidateIf,
  ValidatorConstraint,
  type ValidationArguments,
} from 'class-validator';
import { ConfigSection } from '../../src/sections/index.js';
import { issuesOf, made, refused } from '../runtime/loading.js';
import { throwAnything } from '../runtime/throwing.js';

describe('@Transform', () => {
  @ConfigSection('app')
  class AppSettings {
    @Transform(({ value }) => String(value).trim())
    @Transform(({ value }) => String(value).toUpperCase())
    @IsString()
    name = 'x';

    @Transform(({ value }) => (typeof value === 'string' ? value.split(';') : (value as unknown)))
    @IsString({ each: true })
    @MinLength(2, { each: true })
    parts: readonly string[] = ['aa'];

    @Transform(({ key, obj }) => `${key} of ${Object.keys(obj as object).join()}`)
    @IsOptional()
    @IsString()
    told?: string;

    @Transform(() => 'never', { toPlainOnly: true }) @IsString() plain = 'p';
    @Transform(({ value }) => Number(value) * 2) @IsInt() @Max(10) doubled = 1;
  }
  const app = async (values: object): Promise<AppSettings> => made(AppSettings, { app: values });

  it('sees the typed value, one after the other', async () => {
    expect((await app({ name: ' a ' })).name).toBe('A');
    expect((await app({ doubled: '4' })).doubled).toBe(8);
  });

  it('reads the text of a list by itself', async () => {
    expect((await app({ parts: 'aa;bb' })).parts).toEqual(['aa', 'bb']);
    expect(Object.isFrozen((await app({ parts: 'aa;bb' })).parts)).toBe(true);
  });

  it('is told the key and the values around it', async () => {
    expect((await app({ told: 'x' })).told).toBe('told of told');
  });

  it('leaves defaults alone, as does one for output only', async () => {
    expect(await app({ plain: 'q' })).toEqual({ name: 'x', parts: ['aa'], plain: 'q', doubled: 1 });
  });

  it('comes before the validators', async () => {
    expect(await issuesOf([AppSettings], { app: { doubled: 6, parts: 'aa;b' } })).toEqual([
      'constraint app.parts.1: must be longer than or equal to 2 characters',
      'constraint app.doubled: must not be greater than 10, got 12',
    ]);
  });

  it('does not run on a value that has no typed form', async () => {
    expect(await issuesOf([AppSettings], { app: { doubled: 'x' } })).toEqual([
      'not-an-integer app.doubled: must be an integer, got "x"',
    ]);
  });

  it.each([
    [new RangeError('hunter2'), 'RangeError'],
    ['hunter2', 'something that is not an error'],
  ])('may throw %p, of which only the kind is told', async (thrown, kind) => {
    class Throwing {
      @Transform(() => throwAnything(thrown))
      @IsString()
      text = 'x';
    }
    ConfigSection('throwing')(Throwing);
    const error = await refused([Throwing], { throwing: { text: 'y' } });
    expect(error.issues.map(({ code, message }) => [code, message])).toEqual([
      ['transform-failed', `could not be transformed: its @Transform threw ${kind}`],
    ]);
    expect([error.message.includes('hunter2'), error.cause]).toEqual([false, undefined]);
  });
});

describe('@Expose and @Exclude', () => {
  it('name the key, and take a field out of the settings', async () => {
    @ConfigSection('app')
    class AppSettings {
      @Expose({ name: 'user_name' }) @IsString() user = 'u';
      @Exclude() @IsString() cache = 'c';
      @Exclude({ toPlainOnly: true }) @IsString() hidden = 'h';
      @Expose({ name: 'out', toPlainOnly: true }) @IsString() inner = 'i';
    }
    const values = { user_name: 'x', hidden: 'y', inner: 'z' };
    expect(await made(AppSettings, { app: values })).toEqual({ user: 'x', cache: 'c', hidden: 'y', inner: 'z' });
    expect(await issuesOf([AppSettings], { app: { cache: 'x', out: 'y' } })).toEqual([
      'unknown-key app.cache: is not a known key',
      'unknown-key app.out: is not a known key',
    ]);
  });

  it('on a class leave only what is exposed', async () => {
    @Exclude()
    @ConfigSection('app')
    class AppSettings {
      @Expose() @IsString() shown = 's';
      @IsString() internal = 'i';
    }
    expect(await made(AppSettings, { app: { shown: 'x' } })).toEqual({ shown: 'x', internal: 'i' });
    expect(await issuesOf([AppSettings], { app: { internal: 'x' } })).toEqual([
      'unknown-key app.internal: is not a known key',
    ]);
  });

  it('may stand on a getter, which is checked and cannot be set', async () => {
    @ConfigSection('app')
    class AppSettings {
      @IsString() host = 'example';
      @Expose() @IsUrl() get url(): string {
        return `http://${this.host}.org`;
      }
    }
    expect((await made(AppSettings, { app: { host: 'a' } })).url).toBe('http://a.org');
    expect(await issuesOf([AppSettings], { app: { host: 'a b' } })).toEqual([
      'constraint app.url: must be a URL address',
    ]);
    expect(await issuesOf([AppSettings], { app: { url: 'x' } })).toEqual(['unknown-key app.url: is not a known key']);
    expect((await made(AppSettings, { app: { url: 'x' } }, { unknownKeys: 'ignore' })).url).toBe('http://example.org');
  });
});

describe('validators', () => {
  it('of all groups, of one group, or of none apply as in class-validator', async () => {
    @ConfigSection('app')
    class AppSettings {
      @IsInt({ groups: ['a'] }) @Max(5, { groups: ['a'] }) @Max(50, { groups: ['b'] }) level!: number;
      @IsString() @MinLength(3) name = 'abc';
    }
    const wrong = async (level: unknown, validation: object): Promise<readonly string[]> =>
      issuesOf([AppSettings], { app: { level, name: 'x' } }, { validation }).catch(() => []);
    const short = 'constraint app.name: must be longer than or equal to 3 characters';
    const over = (limit: number, level: number): string =>
      `constraint app.level: must not be greater than ${String(limit)}, got ${String(level)}`;
    expect(await wrong(100, {})).toEqual([over(5, 100), short]);
    expect(await wrong(20, { groups: ['a'] })).toEqual([over(5, 20)]);
    expect(await wrong(20, { groups: ['b'] })).toEqual([]);
    expect(await wrong(60, { groups: ['b'], always: true })).toEqual([over(50, 60), short]);
    expect(await wrong(60, { strictGroups: true })).toEqual([short]);
  });

  it('do not change the type of a field by their groups', async () => {
    class AppSettings {
      declare level?: number;
    }
    IsInt({ groups: ['a'] })(AppSettings.prototype, 'level');
    ConfigSection('app')(AppSettings);
    const validation = { groups: ['b'] };
    expect(await made(AppSettings, { app: { level: '3' } }, { validation })).toEqual({ level: 3 });
    expect(await made(AppSettings, {}, { validation })).toEqual({ level: undefined });
    expect(await issuesOf([AppSettings], { app: { level: 'x' } }, { validation })).toEqual([
      'not-an-integer app.level: must be an integer, got "x"',
    ]);
    expect(await issuesOf([AppSettings], {}, { validation: { groups: ['a'] } })).toEqual([
      'missing app.level: is not set; it must be an integer',
    ]);
  });

  it('may be classes and functions, asynchronous ones too, and see the whole section', async () => {
    @ValidatorConstraint({ name: 'isEven' })
    class IsEven {
      validate(value: number): boolean {
        return value % 2 === 0;
      }
      defaultMessage({ property }: ValidationArguments): string {
        return `${property} must be even`;
      }
    }
    @ValidatorConstraint({ name: 'isKnown', async: true })
    class IsKnown {
      async validate(value: string, details: ValidationArguments | undefined): Promise<boolean> {
        await Promise.resolve();
        return (details?.object as { allowed: readonly string[] }).allowed.includes(value);
      }
      defaultMessage(): string {
        return 'must be allowed';
      }
    }
    @ConfigSection('app')
    class AppSettings {
      @Validate(IsEven) @IsInt() size = 2;
      @Validate(IsKnown) @IsString() name = 'a';
      @Validate(IsKnown, { each: true }) @IsString({ each: true }) names: readonly string[] = [];
      @IsString({ each: true }) allowed: readonly string[] = ['a'];
    }
    expect(await made(AppSettings, { app: { allowed: 'a,b', name: 'b', names: 'a,b' } })).toMatchObject({ name: 'b' });
    expect(await issuesOf([AppSettings], { app: { size: 3, name: 'c', names: 'a,c' } })).toEqual([
      'constraint app.size: must be even, got 3',
      'constraint app.name: must be allowed',
      'constraint app.names: must be allowed',
    ]);
  });

  it('are left out where @ValidateIf says so', async () => {
    @ConfigSection('app')
    class AppSettings {
      @ValidateIf(({ strict }: AppSettings) => strict) @MinLength(3) @IsString() name = 'x';
      strict = false;
    }
    expect(await made(AppSettings)).toEqual({ name: 'x', strict: false });
    expect(await issuesOf([AppSettings], { app: { strict: true } })).toEqual([
      'constraint app.name: must be longer than or equal to 3 characters, got "x"',
    ]);
  });

  it('may have words of their own, which are kept', async () => {
    @ConfigSection('app')
    class AppSettings {
      @IsString() @MinLength(3, { message: 'Too short: $value' }) name = 'x';
    }
    expect(await issuesOf([AppSettings])).toEqual(['constraint app.name: Too short: x, got "x"']);
  });

  const throwing =
    (verdict: () => boolean | Promise<boolean>): PropertyDecorator =>
    (prototype, property) => {
      const validator = { validate: verdict };
      registerDecorator({ name: 'odd', target: prototype.constructor, propertyName: String(property), validator });
    };
  const thrower = (): never => {
    throw new RangeError('hunter2');
  };

  it.each<[string, PropertyDecorator, string]>([
    ['a validator', throwing(thrower), 'a validator threw RangeError'],
    ['an asynchronous one', throwing(async () => Promise.resolve().then(thrower)), 'a validator threw RangeError'],
    ['a condition', ValidateIf(thrower), 'its @ValidateIf threw RangeError'],
  ])('that throw are told without what they threw: %s', async (_, decorator, told) => {
    class AppSettings {
      @IsString() name = 'x';
      @IsString() @MinLength(3) other = 'x';
    }
    decorator(AppSettings.prototype, 'name');
    ConfigSection('app')(AppSettings);
    const error = await refused([AppSettings]);
    expect(error.issues.map(({ path, message }) => `${path.join('.')} ${message}`)).toContain(
      `app.name could not be checked: ${told}`,
    );
    expect(error.issues.map(({ path }) => path.join('.'))).toContain('app.other');
    expect([error.message.includes('hunter2'), error.cause]).toEqual([false, undefined]);
  });
});
