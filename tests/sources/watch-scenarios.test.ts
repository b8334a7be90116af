import { mkdir, rename, rm, stat, symlink, unlink, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import type { ConfigSource } from '../../src/core/index.js';
import { configFolder, directory, envFiles, jsonFile, optional, tomlFile, yamlFile } from '../../src/sources/index.js';
import { addFiles, layersOf, temporaryFolder } from './file-fixtures.js';
import { watching } from './watching.js';

/** Loads, watches, edits, and waits until the edit is seen. */
async function sees(source: ConfigSource, edit: () => Promise<unknown>): Promise<unknown> {
  await layersOf(source);
  const watch = await watching(source);
  expect(watch.calls()).toBe(0);
  await Promise.all([watch.changed(), edit()]);
  watch.stop();
  return treesOf(source);
}

async function treesOf(source: ConfigSource): Promise<readonly unknown[]> {
  return (await layersOf(source)).map(({ tree }) => tree);
}

async function oneFile(): Promise<{ folder: string; path: string; source: ConfigSource }> {
  const folder = await temporaryFolder({ 'conf/app.json': '{"a":1}' });
  const path = join(folder, 'conf/app.json');
  return { folder, path, source: jsonFile(path) };
}

async function replaceLink(target: string, path: string): Promise<void> {
  await symlink(target, `${path}.new`);
  await rename(`${path}.new`, path);
}

async function mountedFolder(): Promise<string> {
  const folder = await temporaryFolder({ '..v1/app.json': '{"a":1}', '..v2/app.json': '{"a":2}' });
  await symlink('..v1', join(folder, '..data'));
  await symlink('..data/app.json', join(folder, 'app.json'));
  return folder;
}

describe('a watched file', () => {
  it('is seen when Kubernetes swaps ..data', async () => {
    const folder = await mountedFolder();
    const swap = async (): Promise<void> => {
      await replaceLink('..v2', join(folder, '..data'));
      await rm(join(folder, '..v1'), { recursive: true });
    };
    expect(await sees(jsonFile(join(folder, 'app.json')), swap)).toEqual([{ a: 2 }]);
  });

  it('is seen when it is saved beside and renamed over', async () => {
    const { path, source } = await oneFile();
    const save = async (): Promise<void> => {
      await writeFile(`${path}.tmp`, '{"a":2}');
      await rename(`${path}.tmp`, path);
    };
    expect(await sees(source, save)).toEqual([{ a: 2 }]);
  });

  it('is seen when an editor moves it to a backup and writes a new one', async () => {
    const { path, source } = await oneFile();
    const save = async (): Promise<void> => {
      await rename(path, `${path}~`);
      await writeFile(path, '{"a":2}');
      await unlink(`${path}~`);
    };
    expect(await sees(source, save)).toEqual([{ a: 2 }]);
  });

  it('is seen when it is written in place', async () => {
    const { path, source } = await oneFile();
    expect(await sees(source, () => writeFile(path, '{"a":2}'))).toEqual([{ a: 2 }]);
  });

  it('is seen with its last text when it is written 200 times', async () => {
    const { path, source } = await oneFile();
    await layersOf(source);
    const watch = await watching(source);
    for (let n = 1; n <= 200; n++) await writeFile(path, `{"a":${String(n)}}`);
    for (;;) {
      await watch.changed();
      // A look may fall into the middle of a write.
      const trees = await treesOf(source).catch(() => []);
      if (JSON.stringify(trees) === '[{"a":200}]') break;
    }
    expect(watch.calls()).toBeLessThanOrEqual(401);
  });

  it('is seen when its size and time of modification stay the same', async () => {
    const { path, source } = await oneFile();
    const { atime, mtime } = await stat(path);
    const edit = async (): Promise<void> => {
      await writeFile(path, '{"a":2}');
      await utimes(path, atime, mtime);
    };
    expect(await sees(source, edit)).toEqual([{ a: 2 }]);
  });

  it('is seen when it is deleted, and again when it is back', async () => {
    const { path, source } = await oneFile();
    await layersOf(source);
    const watch = await watching(source);
    await unlink(path);
    await watch.changed();
    await writeFile(path, '{"a":1}');
    await expect(watch.changed()).resolves.toBeUndefined();
  });

  it('is seen when it was absent and is created', async () => {
    const folder = await temporaryFolder();
    const path = join(folder, 'deep/er/app.json');
    expect(await sees(optional(jsonFile(path)), () => addFiles(folder, { 'deep/er/app.json': '{"a":2}' }))).toEqual([
      { a: 2 },
    ]);
  });

  it('is seen when its folder is removed and made again', async () => {
    const { folder, path, source } = await oneFile();
    const again = async (): Promise<void> => {
      await rm(join(folder, 'conf'), { recursive: true });
      await mkdir(join(folder, 'conf'));
      await writeFile(path, '{"a":2}');
    };
    expect(await sees(source, again)).toEqual([{ a: 2 }]);
  });

  it('is seen in a folder that was made again, when it changes later', async () => {
    const { folder, path, source } = await oneFile();
    await layersOf(source);
    const watch = await watching(source);
    await rm(join(folder, 'conf'), { recursive: true });
    await watch.changed();
    await addFiles(folder, { 'conf/app.json': '{"a":2}' });
    await watch.changed();
    await writeFile(path, '{"a":3}');
    await expect(watch.changed()).resolves.toBeUndefined();
  });

  it('is seen when a folder further above is replaced', async () => {
    const folder = await temporaryFolder({ 'x/conf/app.json': '{"a":1}', 'y/conf/app.json': '{"a":2}' });
    const replace = async (): Promise<void> => {
      await rename(join(folder, 'x'), join(folder, 'z'));
      await rename(join(folder, 'y'), join(folder, 'x'));
    };
    expect(await sees(jsonFile(join(folder, 'x/conf/app.json')), replace)).toEqual([{ a: 2 }]);
  });

  it('is seen when a link above it leads elsewhere', async () => {
    const folder = await temporaryFolder({ 'v1/conf/app.json': '{"a":1}', 'v2/conf/app.json': '{"a":2}' });
    const link = join(folder, 'current');
    await symlink('v1', link);
    const edit = () => replaceLink('v2', link);
    expect(await sees(jsonFile(join(link, 'conf/app.json')), edit)).toEqual([{ a: 2 }]);
  });
});

describe('the other sources', () => {
  it('see what an imported file becomes', async () => {
    const folder = await temporaryFolder({ 'app.yaml': '$import: base.toml', 'base.toml': 'a = 1' });
    const edit = () => writeFile(join(folder, 'base.toml'), 'a = 2');
    expect(await sees(yamlFile(join(folder, 'app.yaml')), edit)).toEqual([{ a: 2 }, {}]);
  });

  it('see that an import which was not there has come', async () => {
    const folder = await temporaryFolder({ 'app.toml': '"$import" = "optional:base.toml"' });
    const edit = () => writeFile(join(folder, 'base.toml'), 'a = 2');
    expect(await sees(tomlFile(join(folder, 'app.toml')), edit)).toEqual([{ a: 2 }, {}]);
  });

  it('see a new overlay of a configuration folder', async () => {
    const folder = await temporaryFolder({ 'app.yaml': 'a: 1' });
    const edit = () => writeFile(join(folder, 'app.dev.yaml'), 'a: 2');
    expect(await sees(configFolder(folder), edit)).toEqual([{ a: 1 }, { a: 2 }]);
  });

  it('see a changed overlay', async () => {
    const folder = await temporaryFolder({ 'app.yaml': 'a: 1', 'app.dev.yaml': 'a: 2' });
    const edit = () => writeFile(join(folder, 'app.dev.yaml'), 'a: 3');
    expect(await sees(configFolder(folder), edit)).toEqual([{ a: 1 }, { a: 3 }]);
  });

  it('see a mounted folder swapped, with other names in it', async () => {
    const folder = await temporaryFolder({ '..v1/a': '1', '..v1/b': '1', '..v2/a': '2', '..v2/c': '2' });
    await symlink('..v1', join(folder, '..data'));
    for (const name of ['a', 'b']) await symlink(`..data/${name}`, join(folder, name));
    expect(await sees(directory(folder), () => replaceLink('..v2', join(folder, '..data')))).toEqual([
      { a: '2', c: '2' },
    ]);
  });

  it('see a file in a sub-folder of a folder', async () => {
    const folder = await temporaryFolder({ 'a/b': '1' });
    expect(await sees(directory(folder), () => addFiles(folder, { 'a/c': '2' }))).toEqual([{ a: { b: '1', c: '2' } }]);
  });

  it('see an environment file that is created', async () => {
    const folder = await temporaryFolder();
    expect(await sees(envFiles({ folder }), () => addFiles(folder, { '.env': '' }))).toEqual([{}]);
  });
});

describe('a watcher', () => {
  it('sees what changed between the load and its own beginning', async () => {
    const { path, source } = await oneFile();
    await layersOf(source);
    await writeFile(path, '{"a":2}');
    await expect((await watching(source)).changed()).resolves.toBeUndefined();
  });

  it('sees that a file went back to what it was before the load', async () => {
    const { path, source } = await oneFile();
    await layersOf(source);
    const watch = await watching(source);
    const text = JSON.stringify({ a: 2 });
    await writeFile(path, text);
    await layersOf(source);
    await writeFile(path, '{"a":1}');
    await expect(watch.changed()).resolves.toBeUndefined();
  });
});
