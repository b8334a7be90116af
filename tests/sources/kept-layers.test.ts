import { readlink, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { type ConfigLayer, type ConfigSource, createLayer } from '../../src/core/index.js';
import { configFolder, directory, envFiles, jsonFile, optional, tomlFile, yamlFile } from '../../src/sources/index.js';
import { KeptLayers } from '../../src/sources/file/index.js';
import { readMounted } from '../../src/sources/directory/directory-mount.js';
import { fileError } from '../../src/sources/read/file-error.js';
import { failureOf, layersOf, loadContext, temporaryFolder } from './file-fixtures.js';

const { schema } = loadContext();

async function again(source: ConfigSource, previous: readonly ConfigLayer[]): Promise<ConfigLayer[]> {
  return layersOf(source, { previous, schema });
}

const SOURCES: readonly (readonly [string, Readonly<Record<string, string>>, (folder: string) => ConfigSource])[] = [
  ['jsonFile', { 'app.json': '{"a":1}' }, (folder) => jsonFile(join(folder, 'app.json'))],
  ['yamlFile', { 'app.yaml': 'a: 1' }, (folder) => yamlFile(join(folder, 'app.yaml'))],
  ['tomlFile', { 'app.toml': 'a = 1' }, (folder) => tomlFile(join(folder, 'app.toml'))],
  ['configFolder', { 'app.yaml': 'a: 1', 'app.dev.yaml': 'a: 2' }, (folder) => configFolder(folder)],
  ['directory', { a: '1', 'b/c': '2' }, (folder) => directory(folder)],
  ['envFiles', { '.env': 'A=1', '.env.development': 'A=2' }, (folder) => envFiles({ folder })],
  ['optional', { 'app.json': '{"a":1}' }, (folder) => optional(jsonFile(join(folder, 'app.json')))],
];

describe('a source that is loaded again', () => {
  it.each(SOURCES)('%s answers with the very same layers when nothing has changed', async (_, files, sourceOf) => {
    const source = sourceOf(await temporaryFolder(files));
    const first = await layersOf(source, { schema });
    const second = await again(source, first);
    expect(first.length).toBeGreaterThan(0);
    expect(second).toHaveLength(first.length);
    second.forEach((layer, index) => {
      expect(layer).toBe(first[index]);
    });
  });

  it.each(SOURCES)('%s makes the layer of a changed file anew, and only that', async (_, files, sourceOf) => {
    const folder = await temporaryFolder(files);
    const source = sourceOf(folder);
    const first = await layersOf(source, { schema });
    const [name = ''] = Object.keys(files);
    await writeFile(join(folder, name), `${files[name] ?? ''} `);
    const second = await again(source, first);
    expect(second[0]).not.toBe(first[0]);
    expect(second.slice(1).every((layer) => first.includes(layer))).toBe(true);
  });

  it('takes over layers of imports, also in another order', async () => {
    const files = { 'app.yaml': '$import: [a.yaml, b.yaml]', 'a.yaml': 'x: 1', 'b.yaml': 'x: 2' };
    const folder = await temporaryFolder(files);
    const source = yamlFile(join(folder, 'app.yaml'));
    const [a, b, app] = await layersOf(source);
    await writeFile(join(folder, 'app.yaml'), '$import: [b.yaml, a.yaml]');
    const previous = [a, b, app].filter((layer) => layer !== undefined);
    const second = await again(source, previous);
    expect(second[0]).toBe(b);
    expect(second[1]).toBe(a);
    expect(second[2]).not.toBe(app);
  });

  it('does not take over the layer of a source with other options', async () => {
    const path = join(await temporaryFolder({ 'app.json': '{}' }), 'app.json');
    const first = await layersOf(jsonFile(path));
    expect((await again(jsonFile(path, { references: false }), first))[0]).not.toBe(first[0]);
  });

  it('does not take over the layer of an environment file that was read for another schema', async () => {
    const source = envFiles({ folder: await temporaryFolder({ '.env': 'A=1' }) });
    const first = await layersOf(source);
    expect((await layersOf(source, { previous: first, schema: { ...schema } }))[0]).not.toBe(first[0]);
  });
});

describe('a file that somebody else has read', () => {
  it('is not held twice: another source of it answers with the very same layer', async () => {
    const path = join(await temporaryFolder({ 'app.json': '{"a":1}' }), 'app.json');
    const [one, other] = [await layersOf(jsonFile(path)), await layersOf(jsonFile(path))];
    expect(other[0]).toBe(one[0]);
    expect((await layersOf(jsonFile(path, { references: false })))[0]).not.toBe(one[0]);
  });

  it('is read for itself when it has changed since', async () => {
    const path = join(await temporaryFolder({ 'app.yaml': 'a: 1' }), 'app.yaml');
    const [one] = await layersOf(yamlFile(path));
    await writeFile(path, 'a: 2');
    const [other] = await layersOf(yamlFile(path));
    expect([one?.tree, other?.tree]).toEqual([{ a: 1 }, { a: 2 }]);
  });

  it('is refused when it is emptied, though another one began with the empty file', async () => {
    const path = join(await temporaryFolder({ 'app.yaml': 'a: 1' }), 'app.yaml');
    const source = yamlFile(path);
    const first = await layersOf(source);
    await writeFile(path, '# nothing');
    const other = await layersOf(yamlFile(path));
    expect((await failureOf(again(source, first))).code).toBe('file-empty');
    expect(other).toMatchObject([{ tree: {} }]);
  });

  it('imports anew: what it imports may have changed while it has not', async () => {
    const folder = await temporaryFolder({ 'app.yaml': '$import: more.yaml', 'more.yaml': 'a: 1' });
    const one = await layersOf(yamlFile(join(folder, 'app.yaml')));
    await writeFile(join(folder, 'more.yaml'), 'a: 2');
    const other = await layersOf(yamlFile(join(folder, 'app.yaml')));
    expect(other.map(({ tree }) => tree)).toEqual([{ a: 2 }, {}]);
    expect(other[1]).toBe(one[1]);
  });

  it('is forgotten after a thousand others', () => {
    const layers = new KeptLayers<number>();
    const kept = Array.from({ length: 1_001 }, (_, at) => {
      return layers.keep(createLayer({ name: 'app.yaml', tree: {} }), String(at), at);
    });
    expect(layers.lastOf('0')).toBeUndefined();
    expect(layers.lastOf('1')).toEqual({ layer: kept[1], facts: 1 });
  });
});

describe('a layer that remembers its text', () => {
  it('shows it to nobody who prints, copies or compares the layer', async () => {
    const path = join(await temporaryFolder({ 'app.yaml': '# a remark\na: 1' }), 'app.yaml');
    const [layer] = await layersOf(yamlFile(path));
    expect(inspect(layer, { depth: 9 })).not.toContain('a remark');
    expect(inspect({ ...layer }, { depth: 9, showHidden: true })).not.toContain('a remark');
    expect(Object.isFrozen(layer)).toBe(true);
  });
});

describe('a file that had settings and is empty at a reload', () => {
  it.each(SOURCES.filter(([name]) => name !== 'directory'))('is refused by %s', async (_, files, sourceOf) => {
    const folder = await temporaryFolder(files);
    const source = sourceOf(folder);
    const first = await layersOf(source, { schema });
    const [name = ''] = Object.keys(files);
    await writeFile(join(folder, name), ' \n');
    const error = await failureOf(again(source, first));
    expect(error).toMatchObject({ code: 'file-empty', category: 'reload' });
    expect(error.message).toContain(
      `${join(folder, name)} holds no settings, but did before: it looks half written.\nFinish writing it.`,
    );
  });

  it('may be empty when it had none, or is read for the first time', async () => {
    const path = join(await temporaryFolder({ 'app.yaml': '# none' }), 'app.yaml');
    const first = await layersOf(yamlFile(path));
    await writeFile(path, '');
    expect(await again(yamlFile(path), first)).toMatchObject([{ tree: {} }]);
    expect(await layersOf(yamlFile(path))).toMatchObject([{ tree: {} }]);
  });
});

describe('readMounted', () => {
  async function mounted(): Promise<string> {
    const folder = await temporaryFolder({ '..v1/a': '1', '..v1/b': '1', '..v2/a': '2', '..v2/b': '2' });
    await symlink('..v1', join(folder, '..data'));
    for (const name of ['a', 'b']) await symlink(`..data/${name}`, join(folder, name));
    return folder;
  }

  async function swap(folder: string): Promise<void> {
    const next = (await readlink(join(folder, '..data'))) === '..v1' ? '..v2' : '..v1';
    await symlink(next, join(folder, '..new'));
    await rename(join(folder, '..new'), join(folder, '..data'));
  }

  it('reads one version however often it is swapped meanwhile', async () => {
    const folder = await mounted();
    const swapping = new AbortController();
    const swaps = (async (): Promise<void> => {
      while (!swapping.signal.aborted) await swap(folder);
    })();
    const mixed: unknown[] = [];
    for (let n = 0; n < 200; n++) {
      const [layer] = await layersOf(directory(folder));
      if (layer?.tree['a'] !== layer?.tree['b']) mixed.push(layer?.tree);
    }
    swapping.abort();
    await swaps;
    expect(mixed).toEqual([]);
  });

  it('reads again when the version it reads vanishes', async () => {
    const folder = await mounted();
    const seen: (string | undefined)[] = [];
    const answer = await readMounted(folder, async ({ data }) => {
      seen.push(data);
      if (seen.length > 1) return 'read';
      await swap(folder);
      await rm(join(folder, '..v1'), { recursive: true });
      throw fileError('source-not-found', 'gone.', '');
    });
    expect(answer).toBe('read');
    expect(seen).toEqual([join(folder, '..v1'), join(folder, '..v2')]);
  });

  it('gives up after five versions', async () => {
    const folder = await mounted();
    let attempts = 0;
    const read = async (): Promise<never> => {
      attempts++;
      await swap(folder);
      throw fileError('source-not-found', 'gone.', '');
    };
    expect((await failureOf(readMounted(folder, read))).code).toBe('source-not-found');
    expect(attempts).toBe(5);
  });

  it('does not read again what is missing in the same version', async () => {
    const folder = await mounted();
    let attempts = 0;
    const read = (): Promise<never> => {
      attempts++;
      return Promise.reject(fileError('source-not-found', 'gone.', ''));
    };
    expect((await failureOf(readMounted(folder, read))).message).toContain('gone.');
    expect(attempts).toBe(1);
  });

  it('takes what the data has while the links are being made', async () => {
    const folder = await temporaryFolder({ '..v1/a': '1', '..v1/sub/c': '3', own: '4' });
    await symlink('..v1', join(folder, '..data'));
    await symlink('..data/a', join(folder, 'renamed'));
    await symlink('..data/gone', join(folder, 'gone'));
    const [layer] = await layersOf(directory(folder));
    expect(layer?.tree).toEqual({ renamed: '1', sub: { c: '3' }, own: '4' });
  });
});
