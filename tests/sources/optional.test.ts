import { join } from 'node:path';
import { describe, expect, it, jest } from '@jest/globals';
import { configFolder, jsonFile, optional, yamlFile } from '../../src/sources/index.js';
import { failureOf, layersOf, temporaryFolder } from './file-fixtures.js';

describe('optional', () => {
  it('sets nothing when the source is absent', async () => {
    const folder = await temporaryFolder();
    expect(await layersOf(optional(yamlFile(join(folder, 'app.yaml'))))).toEqual([]);
    expect(await layersOf(optional(configFolder(folder)))).toEqual([]);
    expect(await layersOf(optional(configFolder(join(folder, 'missing'))))).toEqual([]);
  });

  it('passes on what is there', async () => {
    const folder = await temporaryFolder({ 'app.json': '{"a":1}' });
    expect(await layersOf(optional(jsonFile(join(folder, 'app.json'))))).toMatchObject([{ tree: { a: 1 } }]);
  });

  it('tolerates no corruption', async () => {
    const folder = await temporaryFolder({ 'app.json': '{"a":' });
    expect((await failureOf(layersOf(optional(jsonFile(join(folder, 'app.json')))))).code).toBe('invalid-json');
  });

  it('tolerates no folder in place of a file', async () => {
    const folder = await temporaryFolder();
    expect((await failureOf(layersOf(optional(jsonFile(folder))))).code).toBe('source-unreadable');
  });

  it('tolerates no missing import', async () => {
    const folder = await temporaryFolder({ 'app.json': '{"$import":"base.json"}' });
    expect((await failureOf(layersOf(optional(jsonFile(join(folder, 'app.json')))))).code).toBe('import-not-found');
  });

  it('passes on any other failure of the source', async () => {
    const load = () => Promise.reject(new Error('broken'));
    await expect(layersOf(optional({ load }))).rejects.toThrow('broken');
  });

  it('keeps the name, closes the source, and has an id of its own', async () => {
    const inner = jsonFile('app.json');
    const close = jest.fn<() => void>();
    const source = optional({ ...inner, close });
    await source.close?.();
    expect(close).toHaveBeenCalledTimes(1);
    expect(source.name).toBe('app.json');
    expect(source.id).toBe(`optional:${inner.id ?? ''}`);
  });

  it('has neither name nor id where the source has none', () => {
    expect(Object.keys(optional({ load: () => ({}) })).sort()).toEqual(['load', 'optional']);
  });

  it('refuses what is no source', () => {
    const noSource: unknown[] = [{ name: 'x' }];
    expect(() => {
      Reflect.apply(optional, undefined, noSource);
    }).toThrow(new TypeError('optional: source must be a source with load(); got an object.'));
  });
});
