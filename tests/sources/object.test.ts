import { describe, expect, it } from '@jest/globals';
import { ConfigError } from '../../src/core/index.js';
import { object } from '../../src/sources/index.js';
import { layerOf } from './file-fixtures.js';

describe('object', () => {
  it('makes one layer of its values', async () => {
    const layer = await layerOf(object({ database: { port: 5432 } }));
    expect(layer).toMatchObject({
      name: 'object',
      kind: 'object',
      references: true,
      tree: { database: { port: 5432 } },
    });
  });

  it('takes a name, and whether ${…} are references', async () => {
    expect(await layerOf(object({}, { name: 'built-in', references: false }))).toMatchObject({
      name: 'built-in',
      references: false,
    });
  });

  it('is not affected by later changes to the values', async () => {
    const values = { database: { port: 5432 }, hosts: ['a'] };
    const source = object(values);
    values.database.port = 1;
    values.hosts.push('b');
    expect((await layerOf(source)).tree).toEqual({ database: { port: 5432 }, hosts: ['a'] });
  });

  it('keeps instances of classes as they are', async () => {
    const since = new Date(0);
    expect((await layerOf(object({ since }))).tree['since']).toBe(since);
  });

  it('takes undefined for not set', async () => {
    expect(Object.keys((await layerOf(object({ port: undefined, host: null }))).tree)).toEqual(['host']);
  });

  it('keeps an own __proto__ as an own key and touches no prototype', async () => {
    const { tree } = await layerOf(object({ ...(JSON.parse('{"a":{"__proto__":{"polluted":1}}}') as object) }));
    expect(Object.keys(tree['a'] as object)).toEqual(['__proto__']);
    expect({}).not.toHaveProperty('polluted');
  });

  it('refuses values that contain themselves', () => {
    const values: Record<string, unknown> = {};
    values['self'] = values;
    expect(() => object(values)).toThrow(ConfigError);
    expect(() => object(values)).toThrow('nested more than 100 levels deep, or contain themselves');
  });

  it('refuses what is no plain object', () => {
    expect(() => object([])).toThrow(new TypeError('object: values must be a plain object; got an empty list.'));
    expect(() => object(new Date())).toThrow(TypeError);
  });

  it('names the path as the origin of a value', async () => {
    expect((await layerOf(object({ a: { b: 1 } }))).locate(['a', 'b'])).toEqual({
      kind: 'object',
      source: 'object',
      key: 'a.b',
    });
  });
});
