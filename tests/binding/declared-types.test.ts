import { describe, expect, it } from '@jest/globals';
import { Type } from 'class-transformer';
import { Allow, IsArray, IsIn, IsInt, IsObject, IsOptional, IsString, ValidateNested } from 'class-validator';
import { describeType, planOf } from '../../src/binding/index.js';
import { ConfigSection, ListOf, MapOf, type SectionClass } from '../../src/sections/index.js';
import { object, processEnv } from '../../src/sources/index.js';
import { issuesOf, loaded, made } from '../runtime/loading.js';

abstract class Shape {
  @IsString() kind = '';
}
class Circle extends Shape {
  @IsInt() radius = 1;
}
class Square extends Shape {
  @IsInt() side = 1;
}
const BY_KIND = {
  discriminator: {
    property: 'kind',
    subTypes: [
      { name: 'circle', value: Circle },
      { name: 'square', value: Square },
    ],
  },
};
class Auth {
  @IsString() token = '';
}

/** The same section from a file's values and from variables. */
async function fromBoth<T extends object>(
  target: SectionClass<T>,
  values: object,
  env: Record<string, string>,
): Promise<T> {
  const prefixed = Object.fromEntries(Object.entries(env).map(([name, text]) => [`APP_APP__${name}`, text]));
  const [file, variables] = [
    await made(target, [object({ app: values })]),
    await made(target, [processEnv({ prefix: 'APP_', env: prefixed })]),
  ];
  expect(variables).toEqual(file);
  return variables;
}

describe('a union', () => {
  @ConfigSection('app')
  class UnionSettings {
    @IsIn(['auto', 100, 200]) cache: number | 'auto' = 100;
    @IsIn(['auto', 100], { each: true }) caches: readonly (number | string)[] = [];
    @IsIn([true, 'full']) trace: boolean | 'full' = true;
    @Allow() anything: unknown = 5;
  }

  it('takes each of its values, whatever the initialiser holds, from files and from variables', async () => {
    expect(
      await fromBoth(
        UnionSettings,
        { cache: 'auto', caches: [100, 'auto'], trace: 'full', anything: 'text' },
        { CACHE: 'auto', CACHES: '100,auto', TRACE: 'full', ANYTHING: 'text' },
      ),
    ).toEqual({ cache: 'auto', caches: [100, 'auto'], trace: 'full', anything: 'text' });
    expect(await fromBoth(UnionSettings, { cache: 200, trace: true }, { CACHE: '200', TRACE: 'true' })).toMatchObject({
      cache: 200,
      trace: true,
    });
  });

  it('tells what it takes', async () => {
    expect(await issuesOf([UnionSettings], { app: { cache: 300 } })).toEqual([
      'not-in-enum app.cache: must be one of "auto", 100, 200, got 300 (a number)',
    ]);
  });
});

describe('a class that a key of the value selects', () => {
  @ConfigSection('app')
  class DrawingSettings {
    @MapOf(() => Shape) @Type(() => Shape, BY_KIND) named: Readonly<Record<string, Shape>> = {};
    @ListOf(() => Shape) @Type(() => Shape, BY_KIND) listed: readonly Shape[] = [];
    @ListOf(() => [Shape]) @Type(() => Shape, BY_KIND) grid: readonly (readonly Shape[])[] = [];
  }

  it('is found in maps, lists and lists of lists, from files and from variables', async () => {
    const circle = { kind: 'circle', radius: 2 };
    const square = { kind: 'square', side: 3 };
    const settings = await fromBoth(
      DrawingSettings,
      { named: { a: circle }, listed: [square], grid: [[circle], [square, circle]] },
      {
        NAMED__A__KIND: 'circle',
        NAMED__A__RADIUS: '2',
        LISTED__0__KIND: 'square',
        LISTED__0__SIDE: '3',
        GRID__0__0__KIND: 'circle',
        GRID__0__0__RADIUS: '2',
        GRID__1: JSON.stringify([square, circle]),
      },
    );
    expect([settings.named['a'], settings.listed[0], settings.grid[1]?.[0]].map((shape) => shape?.constructor)).toEqual(
      [Circle, Square, Square],
    );
  });

  it('is told of when the key selects none', async () => {
    expect(
      await issuesOf([DrawingSettings], { app: { named: { a: { kind: 'line' } }, grid: [[{ kind: 'x' }]] } }),
    ).toEqual([
      'not-in-enum app.named.a.kind: must be one of circle, square',
      'not-in-enum app.grid.0.0.kind: must be one of circle, square',
    ]);
  });
});

describe('class-validator’s own form of a map', () => {
  @ConfigSection('app')
  class UsersSettings {
    @ValidateNested({ each: true }) @Type(() => Auth) users: Record<string, Auth> = {};
    @ValidateNested({ each: true }) @Type(() => Auth) undecided!: Record<string, Auth>;
    @ValidateNested({ each: true }) @Type(() => Auth) map: ReadonlyMap<string, Auth> = new Map();
    @IsOptional() @IsObject() @ValidateNested({ each: true }) @Type(() => Auth) said?: Record<string, Auth>;
  }

  it('is a map where the initial value, the compiler or @IsObject says so, and either where nobody does', () => {
    expect(planOf(UsersSettings).fields.map(({ type }) => describeType(type))).toEqual([
      'map of Auth',
      'list of Auth',
      'map of Auth',
      'map of Auth',
    ]);
  });

  it('takes maps from files and from variables, and makes a Map of what is one', async () => {
    const bob = { token: 'x' };
    const settings = await fromBoth(
      UsersSettings,
      { users: { bob }, undecided: { bob }, map: { bob } },
      { USERS__BOB__TOKEN: 'x', UNDECIDED__BOB__TOKEN: 'x', MAP__BOB__TOKEN: 'x' },
    );
    expect(settings.users['bob']).toBeInstanceOf(Auth);
    expect(settings.undecided['bob']).toBeInstanceOf(Auth);
    expect(settings.map.get('bob')).toBeInstanceOf(Auth);
    expect(JSON.stringify(settings.map)).toBe('{"bob":{"token":"x"}}');
  });

  it('still takes a list where nobody says that it is a map', async () => {
    const listed = [{ token: 'x' }, { token: 'y' }];
    const settings = await fromBoth(
      UsersSettings,
      { undecided: listed },
      { UNDECIDED__0__TOKEN: 'x', UNDECIDED__1__TOKEN: 'y' },
    );
    expect(settings.undecided).toEqual(listed);
  });

  it('makes Maps that nobody can change', async () => {
    const { map } = await made(UsersSettings, { app: { undecided: [], map: { bob: { token: 'x' } } } });
    const open = map as Map<string, Auth>;
    const refused = 'A Map of the configuration cannot be changed; copy it first: new Map(map).';
    for (const change of [
      () => open.set('a', new Auth()),
      () => open.delete('bob'),
      () => {
        open.clear();
      },
    ]) {
      expect(change).toThrow(new TypeError(refused));
    }
    expect([open.size, new Map(map).set('a', new Auth()).size, Object.isFrozen(map.get('bob'))]).toEqual([1, 2, true]);
  });

  it('keeps the entries of an initial Map, bound and frozen, and shows where they stand', async () => {
    @ConfigSection('app')
    class DefaultSettings {
      @ValidateNested({ each: true }) @Type(() => Auth) map: ReadonlyMap<string, Auth> = new Map([['a', new Auth()]]);
    }
    const generation = await loaded([DefaultSettings], {});
    const { map } = generation.get(DefaultSettings);
    expect([map.get('a'), Object.isFrozen(map.get('a'))]).toEqual([{ token: '' }, true]);
    expect(generation.explain('app.map.a.token')).toMatchObject({ path: 'app.map.a.token' });
  });
});

describe('a list of lists', () => {
  @ConfigSection('app')
  class MatrixSettings {
    @ListOf(() => [Number]) ours: readonly (readonly number[])[] = [];
    @IsArray({ each: true }) @Type(() => Number) theirs: number[][] = [];
    @MapOf(() => [String]) groups: Readonly<Record<string, readonly string[]>> = {};
  }

  it('has a spelling of its own and class-validator’s, from files and from variables', async () => {
    expect(
      await fromBoth(
        MatrixSettings,
        { ours: [[1, 2], [3]], theirs: [[4], [5, 6]], groups: { a: ['x', 'y'] } },
        { OURS: '[[1,2],[3]]', THEIRS__0__0: '4', THEIRS__1: '5,6', GROUPS__A: 'x,y' },
      ),
    ).toEqual({ ours: [[1, 2], [3]], theirs: [[4], [5, 6]], groups: { a: ['x', 'y'] } });
  });

  it('tells the place of an item that is wrong', async () => {
    expect(await issuesOf([MatrixSettings], { app: { ours: [[1], [2, 'x']] } })).toEqual([
      'not-a-number app.ours.1.1: must be a number, got "x"',
    ]);
  });
});

describe('a field that nothing is declared of', () => {
  it('is no setting, whether the compiler makes it or not', async () => {
    class Settings {
      @IsString() host = 'x';
    }
    ConfigSection('app')(Settings);
    // What `private cache?: string` comes to where fields are defined, as by ES2022.
    class Defined extends Settings {
      public constructor() {
        super();
        Object.defineProperty(this, 'cache', {
          value: undefined,
          writable: true,
          enumerable: true,
          configurable: true,
        });
      }
    }
    expect(planOf(Defined).names).toEqual(['host']);
    expect(await made(Defined, { app: { host: 'y' } })).toEqual({ host: 'y', cache: undefined });
  });
});

describe('nested settings without an initialiser', () => {
  class Pool {
    @IsInt() size = 5;
  }
  class Holder {
    @ValidateNested() @Type(() => Pool) pool!: Pool;
  }
  @ConfigSection('app')
  class AppSettings {
    @ValidateNested() @Type(() => Holder) holder!: Holder;
    @IsOptional() @ValidateNested() @Type(() => Pool) maybe?: Pool;
    @IsString() text = '${app.holder.pool.size}';
  }

  it('are made of their own defaults when nothing sets them, unless they are optional', async () => {
    const settings = await made(AppSettings, {});
    expect(settings).toEqual({ holder: { pool: { size: 5 } }, maybe: undefined, text: '5' });
    expect([settings.holder, settings.holder.pool].map((part) => [part.constructor, Object.isFrozen(part)])).toEqual([
      [Holder, true],
      [Pool, true],
    ]);
  });

  it('are still told of as missing where something in them must be set', async () => {
    class Needy {
      @IsString() host!: string;
    }
    @ConfigSection('app')
    class NeedsSettings {
      @ValidateNested() @Type(() => Needy) needy!: Needy;
    }
    expect(await issuesOf([NeedsSettings], {})).toEqual(['missing app.needy.host: is not set; it must be a string']);
  });
});
