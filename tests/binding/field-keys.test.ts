import { describe, expect, it, jest } from '@jest/globals';
import { Type } from 'class-transformer';
import { IsInt, IsOptional, IsString, ValidateNested } from 'class-validator';
import { planOf } from '../../src/binding/index.js';
import { Alias, EnvName, ListOf, MapOf } from '../../src/sections/index.js';
import { processEnv } from '../../src/sources/index.js';
import { loadContext } from '../sources/schema-of.js';

describe('the keys of a settings class', () => {
  class PoolSettings {
    @IsInt() maxSize = 1;
    @IsString() apiKey = '';
    @Alias('nom') @IsString() name = '';
  }

  const { keys } = planOf(PoolSettings);

  it('are a map from names to keys, in the order of the fields', () => {
    const names = ['maxSize', 'apiKey', 'name'];
    expect([keys.size, [...keys.keys()]]).toEqual([3, names]);
    expect([...keys.values()].map(({ name }) => name)).toEqual(names);
    expect([...keys].map(([name, key]) => [name, key.name])).toEqual(names.map((name) => [name, name]));
    const visited: string[] = [];
    keys.forEach((_key, name) => visited.push(name));
    expect(visited).toEqual(names);
    expect([keys.has('maxSize'), keys.has('MAX_SIZE'), keys.get('other')]).toEqual([true, false, undefined]);
  });

  it('tell type, aliases and secrets of simple fields without a plan for each', () => {
    const planned = jest.spyOn(planOf(PoolSettings), 'field');
    expect(keys.get('maxSize')).toMatchObject({ node: { kind: 'leaf', type: 'integer' }, secret: false });
    expect(keys.get('apiKey')).toMatchObject({ node: { kind: 'leaf', type: 'string' }, secret: true });
    expect(keys.get('name')).toMatchObject({ aliases: ['nom'], envNames: [] });
    expect(planned).not.toHaveBeenCalled();
  });
});

describe('plain names of a settings class', () => {
  class Deepest {
    @IsInt() size = 1;
  }
  class Deep {
    @MapOf(() => Deepest) all: Readonly<Record<string, Deepest>> = {};
    @IsOptional() @ValidateNested() @Type(() => Deep) again?: Deep;
  }
  class Above {
    @ListOf(() => Deep) list: readonly Deep[] = [];
  }

  it('are told of a class and all that it reaches, itself included', () => {
    expect(planOf(Above).plainNames).toBe(true);
  });

  it('are not where an exact name is declared, however far below', () => {
    class Named {
      @EnvName('SIZE') @IsInt() size = 1;
    }
    class Middle {
      @IsOptional() @ValidateNested() @Type(() => Middle) again?: Middle;
      @ListOf(() => Named) list: readonly Named[] = [];
    }
    class Top {
      @ValidateNested() @Type(() => Middle) middle = new Middle();
    }
    expect([planOf(Top).plainNames, planOf(Middle).plainNames]).toEqual([false, false]);
  });

  it('are not where a name or an alias has other characters', () => {
    class Dollar {
      @IsInt() a$b = 1;
    }
    class Aliased {
      @Alias('größe') @IsInt() size = 1;
    }
    expect([planOf(Dollar).plainNames, planOf(Aliased).plainNames]).toEqual([false, false]);
  });

  it('are not where one of several classes is chosen, which may each spell one name in their own way', () => {
    class Base {
      @IsString() kind = '';
    }
    class Holder {
      @IsOptional()
      @ValidateNested()
      @Type(() => Base, { discriminator: { property: 'kind', subTypes: [{ name: 'b', value: Base }] } })
      shape?: Base;
    }
    expect(planOf(Holder).plainNames).toBe(false);
  });
});

describe('variables of a large class', () => {
  class Inner {
    @IsInt() maxSize = 1;
    @IsString() label = '';
  }
  class Outer {
    @ValidateNested() @Type(() => Inner) one = new Inner();
    @ValidateNested() @Type(() => Inner) two = new Inner();
    @IsString() text = '';
  }

  it('are found by asking for the keys on their way only', () => {
    const asked = jest.spyOn(planOf(Outer).keys, 'values');
    const found = jest.spyOn(planOf(Inner).keys, 'get');
    const schema = planOf(Outer);
    const env = { APP_ONE__MAX_SIZE: '7' };
    const layer = processEnv({ prefix: 'APP_', env }).load(loadContext(schema));
    expect(layer).toMatchObject({ tree: { one: { maxSize: '7' } } });
    expect(asked).not.toHaveBeenCalled();
    expect(new Set(found.mock.calls.flat())).toEqual(new Set(['maxSize']));
  });

  it('are found under a name that only a table of the class tells', () => {
    class Urls {
      @IsString() httpURL = '';
    }
    const layer = processEnv({ prefix: 'APP_', env: { APP_HTTP_URL: 'x' } }).load(loadContext(planOf(Urls)));
    expect(layer).toMatchObject({ tree: { httpURL: 'x' } });
  });
});
