import { describe, expect, it } from '@jest/globals';
import { Expose, Transform, Type } from 'class-transformer';
import { IsBoolean, IsInt, IsObject, IsOptional, IsString, Matches, MinLength, ValidateNested } from 'class-validator';
import { describeType, planOf } from '../../src/binding/index.js';
import type { SectionNode } from '../../src/core/index.js';
import { Alias, ByteSize, EnvName, IsByteSize, ListOf, MapOf, Merge, Rule } from '../../src/sections/index.js';
import { errorOf } from '../core/error-of.js';

class PoolSettings {
  @IsInt() size = 1;
}

class AppSettings {
  @IsString() host = 'x';
  @IsInt({ groups: ['strict'] }) port = 1;
  @MinLength(1) @IsString() name = 'x';
  @ListOf(() => String) list: readonly string[] = [];
  @MapOf(() => String) map: Readonly<Record<string, string>> = {};
  @IsOptional() @IsObject() free?: object;
  @Transform(({ value }) => value as unknown) @IsString() made = 'x';
  @ValidateNested() @Type(() => PoolSettings) pool = new PoolSettings();
}

const names = (target: new () => object): readonly string[] => planOf(target).fields.map(({ name }) => name);

describe('the plan of a class', () => {
  it('is worked out once for each selection of groups', () => {
    const plan = planOf(AppSettings);
    const same = [{}, { groups: [] }, { always: false }, { strictGroups: false }];
    expect(same.map((selection) => planOf(AppSettings, selection) === plan)).toEqual([true, true, true, true]);
    const others = [
      { groups: ['a'] },
      { groups: ['b'] },
      { groups: ['a', 'b'] },
      { always: true },
      { strictGroups: true },
    ];
    const plans = others.map((selection) => planOf(AppSettings, selection));
    expect(new Set([plan, ...plans]).size).toBe(6);
    expect(others.map((selection) => planOf(AppSettings, selection) === plan)).toEqual(others.map(() => false));
    expect(planOf(AppSettings, { groups: ['a'] })).toBe(plans[0]);
  });

  it('has a field for each column, made once', () => {
    const plan = planOf(AppSettings);
    expect(names(AppSettings)).toEqual(plan.names);
    expect(plan.fields).toBe(plan.fields);
    expect(plan.names.map((_, column) => plan.field(column))).toEqual(plan.fields);
    expect(plan.field(0)).toBe(plan.field(0));
  });

  it('names the fields that may hold plain lists and maps', () => {
    expect([...planOf(AppSettings).openFields].sort()).toEqual(['free', 'list', 'made', 'map']);
  });

  it('knows whether an initialiser gave a reference, at any depth', () => {
    class Plain {
      @IsString() text = '$x {y}';
      @IsObject() free: object = { a: ['x', null, 1] };
    }
    class Direct {
      @IsString() text = '${x}';
    }
    class Deep {
      @IsObject() free: object = { a: ['x', { b: '${x}' }] };
    }
    expect([Plain, Direct, Deep].map((target) => planOf(target).hasTemplateDefaults)).toEqual([false, true, true]);
  });

  it('has the rules of the class, and its computed properties with their checks', () => {
    class Ruled {
      @IsString() host = 'x';
      @Matches(/^x/) get url(): string {
        return this.host;
      }
      @IsInt() get length(): number {
        return this.host.length;
      }
      @Rule('is known') isKnown(): boolean {
        return true;
      }
    }
    const { rules, computed } = planOf(Ruled);
    expect(rules.map((rule) => rule.kind)).toEqual(['method']);
    expect(names(Ruled)).toEqual(['host']);
    expect(computed.map(({ name, checks, secret, optional }) => [name, checks.length, secret, optional])).toEqual([
      ['url', 1, false, false],
      ['length', 1, false, false],
    ]);
  });

  it('keeps an instance with a value of its type in every field, where many fields have no initialiser', () => {
    class Sparse {
      @IsOptional() @IsString() one?: string;
      @IsInt() two = 2;
      @IsInt() three!: number;
      @IsBoolean() four!: boolean;
      @IsObject() five!: Record<string, unknown>;
    }
    for (let more = 0; more < 8; more++) IsInt()(Sparse.prototype, `more${String(more)}`);
    const { model = {} } = planOf(Sparse);
    expect(model).toBeInstanceOf(Sparse);
    expect(Object.entries(model).filter(([name]) => !name.startsWith('more'))).toEqual([
      ['two', 2],
      ['one', ''],
      ['three', 0],
      ['four', false],
      ['five', undefined],
    ]);
    expect(Object.getOwnPropertyDescriptor(model, 'one')).toEqual({
      value: '',
      writable: true,
      enumerable: true,
      configurable: true,
    });
  });

  it('keeps none where few are added to what the constructor makes', () => {
    class Few {
      @IsOptional() @IsString() one?: string;
      @IsInt() two = 2;
    }
    expect(planOf(Few).model).toBeUndefined();
  });
});

describe('a class of which two fields would be read from one key', () => {
  class SameSpelling {
    @IsInt() maxSize = 1;
    @IsInt() max_size = 2;
  }
  class AliasOfOther {
    @IsInt() size = 1;
    @Alias('Size') @IsInt() other = 2;
  }
  class SameAlias {
    @Alias('a') @IsInt() one = 1;
    @Alias('A') @IsInt() two = 2;
  }
  class SameExposed {
    @IsInt() one = 1;
    @Expose({ name: 'one' }) @IsInt() two = 2;
  }

  it.each([
    [SameSpelling, 'maxSize', 'max_size'],
    [AliasOfOther, 'size', 'other'],
    [SameAlias, 'one', 'two'],
    [SameExposed, 'one', 'two'],
  ])('cannot be used: %p', (target, one, other) => {
    const error = errorOf(() => planOf(target));
    expect([error.code, error.message]).toEqual([
      'unusable-section-class',
      `${target.name} cannot be used as a section. Its fields "${one}" and "${other}" would both be read from one key.`,
    ]);
  });

  it('is not one whose alias is another spelling of its own field', () => {
    class Own {
      @Alias('max-size', 'MAX_SIZE') @IsInt() maxSize = 1;
    }
    expect(names(Own)).toEqual(['maxSize']);
  });
});

describe('the plan of a field', () => {
  const fieldOf = (target: new () => object, name: string) => {
    const field = planOf(target).fields.find((known) => known.name === name);
    if (field === undefined) throw new Error(`no field ${name}`);
    return field;
  };

  it('has its other keys, the exposed one first', () => {
    class Settings {
      @Alias('b', 'c') @Expose({ name: 'a' }) @IsString() both = 'x';
      @Expose({ name: 'd' }) @IsString() exposed = 'x';
      @Alias('e') @IsString() alias = 'x';
      @IsString() none = 'x';
    }
    expect(planOf(Settings).fields.map(({ name, aliases }) => [name, ...aliases])).toEqual([
      ['both', 'a', 'b', 'c'],
      ['exposed', 'd'],
      ['alias', 'e'],
      ['none'],
    ]);
  });

  it('holds a secret where its name says so and its type can hold one', () => {
    class Settings {
      @IsString() password = 'x';
      @Type(() => URL) secretUrl = new URL('http://a/');
      @IsObject() credentials: object = {};
      @ListOf(() => String) passwords: readonly string[] = [];
      @MapOf(() => String) apiKeys: Readonly<Record<string, string>> = {};
      @ValidateNested() @Type(() => PoolSettings) secret = new PoolSettings();
      @IsInt() passwordLength = 1;
      @ListOf(() => Number) passwordLengths: readonly number[] = [];
      @IsString() host = 'x';
    }
    const secret = planOf(Settings).fields.filter((field) => field.secret);
    expect(secret.map(({ name }) => name).sort()).toEqual([
      'apiKeys',
      'credentials',
      'password',
      'passwords',
      'secret',
      'secretUrl',
    ]);
  });

  it('is optional where all decorators are of other groups: nothing is asked of it then', () => {
    class Settings {
      @IsInt({ groups: ['a'] }) size!: number;
      @IsInt() count!: number;
      plain = 1;
    }
    const optional = (groups: readonly string[]) =>
      planOf(Settings, { groups, always: true }).fields.map((field) => field.optional);
    expect(names(Settings)).toEqual(['size', 'count', 'plain']);
    expect([optional(['a']), optional(['b'])]).toEqual([
      [false, false, false],
      [true, false, false],
    ]);
  });

  it('copies a default that instances share, or that is frozen, where it holds sections', () => {
    const SHARED = new PoolSettings();
    class Settings {
      @ValidateNested() @Type(() => PoolSettings) own = new PoolSettings();
      @ValidateNested() @Type(() => PoolSettings) shared = SHARED;
      @ValidateNested() @Type(() => PoolSettings) frozen = Object.freeze(new PoolSettings());
      @ListOf(() => PoolSettings) ownList = [new PoolSettings()];
      @ListOf(() => PoolSettings) sharedItem = [SHARED];
      @MapOf(() => PoolSettings) sharedEntry = { a: new PoolSettings(), b: SHARED };
      @MapOf(() => PoolSettings) ownMap = { a: new PoolSettings() };
      @ListOf(() => String) texts = Object.freeze(['a']);
      @IsOptional() @ValidateNested() @Type(() => PoolSettings) none?: PoolSettings;
    }
    const copied = planOf(Settings).fields.filter(({ copiesDefault }) => copiesDefault);
    expect(copied.map(({ name }) => name).sort()).toEqual(['frozen', 'shared', 'sharedEntry', 'sharedItem']);
  });

  it('tells its type in words', () => {
    class Settings {
      @ListOf(() => Number) list: readonly number[] = [];
      @MapOf(() => PoolSettings) map: Readonly<Record<string, PoolSettings>> = {};
      @IsByteSize() size = ByteSize.of('1KiB');
    }
    expect(['list', 'map', 'size'].map((name) => describeType(fieldOf(Settings, name).type))).toEqual([
      'list of number',
      'map of PoolSettings',
      'byte-size',
    ]);
  });
});

describe('the schema of a class', () => {
  class Shape {
    @IsString() kind!: string;
  }
  class Circle extends Shape {
    @Alias('r') @IsInt() radius = 1;
  }
  class Square extends Shape {
    @IsInt() side = 2;
  }
  class Bare {
    @IsInt() side = 2;
  }
  const discriminator = (...values: readonly (new () => object)[]) => ({
    discriminator: { property: 'kind', subTypes: values.map((value) => ({ name: value.name, value })) },
  });

  class Drawing {
    @Merge('unique') @Alias('tags') @EnvName('LABELS') @ListOf(() => String) labels: readonly string[] = [];
    @IsString() password = 'x';
    @IsInt() size = 1;
    @ValidateNested() @Type(() => Shape, discriminator(Circle, Square)) shape?: Shape;
    @ValidateNested() @Type(() => Bare, discriminator(Bare)) bare?: Bare;
    @ValidateNested() @Type(() => Shape, discriminator()) none?: Shape;
    @ValidateNested() @Type(() => Drawing) inner?: Drawing;
  }
  const schema = (): SectionNode => planOf(Drawing);
  const node = (name: string) => schema().keys.get(name)?.node as SectionNode;

  it('has what sources and merges need to know of each key', () => {
    expect(schema().keys.get('labels')).toMatchObject({
      name: 'labels',
      aliases: ['tags'],
      envNames: ['LABELS'],
      secret: false,
      merge: 'unique',
      node: { kind: 'list', item: { kind: 'leaf', type: 'string' } },
    });
    const size = schema().keys.get('size');
    expect([size?.envNames, size?.aliases, 'merge' in (size ?? {}), schema().keys.get('password')?.secret]).toEqual([
      [],
      [],
      false,
      true,
    ]);
    expect([schema().kind, schema().open, schema().spellings.get('tags')]).toEqual(['section', false, 'labels']);
  });

  it('keeps its tables and nodes, and one node for all leaves of a type', () => {
    expect(schema().keys).toBe(schema().keys);
    expect(schema().spellings).toBe(schema().spellings);
    expect(node('labels')).toBe(node('labels'));
    expect(node('size')).toBe(planOf(Bare).keys.get('side')?.node);
    expect(node('size')).not.toBe(node('password'));
  });

  it('may hold itself', () => {
    expect(node('inner')).toBe(schema());
  });

  it('has all keys of the classes that a discriminator may choose, and its own', () => {
    expect(node('shape')).toMatchObject({ kind: 'section', open: false });
    expect([...node('shape').keys.keys()]).toEqual(['kind', 'radius', 'side']);
    expect(node('shape').keys.get('kind')).toEqual(planOf(Circle).keys.get('kind'));
    expect(node('shape').spellings.get('r')).toBe('radius');
    expect([...node('bare').keys.keys()]).toEqual(['side', 'kind']);
    expect(node('bare').keys.get('kind')).toEqual({
      name: 'kind',
      aliases: [],
      envNames: [],
      secret: false,
      node: { kind: 'leaf', type: 'string' },
    });
    expect(node('bare').spellings.get('kind')).toBe('kind');
    expect([...node('none').keys.keys()]).toEqual(['kind']);
  });
});
