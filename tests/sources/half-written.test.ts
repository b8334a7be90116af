import { appendFile, rename, rm, symlink, truncate, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { ConfigLayer, ConfigSource, LoadContext } from '../../src/core/index.js';
import { configFolder, directory, envFiles, jsonFile, optional, tomlFile, yamlFile } from '../../src/sources/index.js';
import { addFiles, failureOf, layersOf, temporaryFolder } from './file-fixtures.js';
import { SteppedClock } from './stepped-clock.js';
import { watching, type Watching } from './watching.js';

const SETTLE = 500;
let clock: SteppedClock;

beforeEach(() => {
  clock = new SteppedClock();
});

/** The trees of a source's layers; time moves on whenever the source waits. */
async function treesOf(source: ConfigSource, overrides: Partial<LoadContext> = {}): Promise<readonly unknown[]> {
  return clock.through(load(source, overrides)).then((layers) => layers.map(({ tree }) => tree));
}

async function load(source: ConfigSource, overrides: Partial<LoadContext> = {}): Promise<readonly ConfigLayer[]> {
  return layersOf(source, { clock, settle: SETTLE, ...overrides });
}

const BEFORE = { yaml: '# ours\na: 1\nb: 2\n', json: '{ "a": 1, "b": 2 }', toml: '# ours\na = 1\nb = 2\n' };
const AFTER = { yaml: '# ours\na: 3\nb: 4\n', json: '{ "a": 3, "b": 4 }', toml: '# ours\na = 3\nb = 4\n' };
const makers = { yaml: yamlFile, json: jsonFile, toml: tomlFile };
const formats = ['yaml', 'json', 'toml'] as const;

describe('a file that is written in place', () => {
  it.each(formats)('is taken whole, wherever a %s writer is interrupted', async (format) => {
    const path = join(await temporaryFolder({ [`app.${format}`]: BEFORE[format] }), `app.${format}`);
    const source = makers[format](path);
    let [known] = await treesOf(source);
    expect(known).toEqual({ a: 1, b: 2 });
    const texts = [AFTER[format], BEFORE[format]];
    for (let length = 0; length < AFTER[format].length; length++) {
      const text = texts[length % 2] ?? '';
      await writeFile(path, text.slice(0, length));
      const loading = load(source);
      // A file cut down to what it was is no news.
      await Promise.race([clock.whenAsked(), loading.catch(() => undefined)]);
      await writeFile(path, text);
      const layers = await clock.through(loading);
      [known] = await treesOf(source);
      expect(layers.map(({ tree }) => tree)).toEqual([known]);
      expect(known).toEqual(length % 2 === 0 ? { a: 3, b: 4 } : { a: 1, b: 2 });
    }
  });

  it('is waited for as long as it goes on changing', async () => {
    const path = join(await temporaryFolder({ 'app.yaml': 'a: 1' }), 'app.yaml');
    const source = yamlFile(path);
    await treesOf(source);
    await writeFile(path, 'a: ');
    const loading = load(source);
    for (let digits = 1; digits < 6; digits++) {
      await clock.whenAsked();
      await writeFile(path, `a: ${'7'.repeat(digits)}`);
      clock.advance(SETTLE - 1);
      await clock.whenAsked();
      clock.advance(1);
    }
    expect((await clock.through(loading)).map(({ tree }) => tree)).toEqual([{ a: 77_777 }]);
  });

  it('tells the load what it waits for', async () => {
    const path = join(await temporaryFolder({ 'app.yaml': 'a: 1' }), 'app.yaml');
    const source = yamlFile(path);
    const waitsFor = jest.fn();
    await treesOf(source, { waitsFor });
    expect(waitsFor).not.toHaveBeenCalled();
    await writeFile(path, 'a: 2');
    await treesOf(source, { waitsFor });
    expect(waitsFor).toHaveBeenCalledWith(`${path} to stay unchanged for 500 ms`);
  });

  it('is not waited for when its last change lies longer back', async () => {
    const path = join(await temporaryFolder({ 'app.yaml': 'a: 1' }), 'app.yaml');
    const source = yamlFile(path);
    await load(source);
    await writeFile(path, 'a: 2');
    const then = (clock.now() - SETTLE) / 1000;
    await utimes(path, then, then);
    expect((await load(source)).map(({ tree }) => tree)).toEqual([{ a: 2 }]);
  });

  it('is given up with the load', async () => {
    const path = join(await temporaryFolder({ 'app.yaml': 'a: 1' }), 'app.yaml');
    const source = yamlFile(path);
    await treesOf(source);
    await writeFile(path, 'a: 2');
    const stop = new AbortController();
    const loading = load(source, { signal: stop.signal });
    await clock.whenAsked();
    stop.abort(new Error('given up'));
    await expect(loading).rejects.toThrow('given up');
    expect(clock.waiting).toBe(0);
  });
});

describe('a file that is replaced', () => {
  it('is taken after one more look', async () => {
    const folder = await temporaryFolder({ 'app.yaml': 'a: 1', 'new.yaml': 'a: 2' });
    const source = yamlFile(join(folder, 'app.yaml'));
    await treesOf(source);
    await rename(join(folder, 'new.yaml'), join(folder, 'app.yaml'));
    const loading = load(source);
    await clock.whenAsked();
    clock.advance(20);
    expect((await loading).map(({ tree }) => tree)).toEqual([{ a: 2 }]);
  });

  it('is waited for when somebody goes on writing it', async () => {
    const folder = await temporaryFolder({ 'app.yaml': 'a: 1', 'new.yaml': '' });
    const path = join(folder, 'app.yaml');
    const source = yamlFile(path);
    await treesOf(source);
    await rename(join(folder, 'new.yaml'), path);
    const loading = load(source);
    await clock.whenAsked();
    await writeFile(path, 'a: 2');
    clock.advance(20);
    await clock.whenAsked();
    clock.advance(20);
    expect(clock.waiting).toBe(1);
    expect((await clock.through(loading)).map(({ tree }) => tree)).toEqual([{ a: 2 }]);
  });

  it('is not missed while it is deleted and made again', async () => {
    const folder = await temporaryFolder({ 'app.yaml': 'a: 1' });
    const path = join(folder, 'app.yaml');
    const source = optional(yamlFile(path));
    await treesOf(source);
    await rm(path);
    const loading = load(source);
    await clock.whenAsked();
    await writeFile(path, 'a: 2');
    expect((await clock.through(loading)).map(({ tree }) => tree)).toEqual([{ a: 2 }]);
    await rm(path);
    expect(await treesOf(source)).toEqual([]);
  });

  it('is not missed in a folder of files', async () => {
    const folder = await temporaryFolder({ 'app.yaml': 'a: 1', 'app.development.yaml': 'a: 2' });
    const path = join(folder, 'app.development.yaml');
    const source = configFolder(folder);
    expect(await treesOf(source)).toEqual([{ a: 1 }, { a: 2 }]);
    await rm(path);
    const loading = load(source);
    await clock.whenAsked();
    await writeFile(path, 'a: 3');
    expect((await clock.through(loading)).map(({ tree }) => tree)).toEqual([{ a: 1 }, { a: 3 }]);
    await rm(path);
    expect(await treesOf(source)).toEqual([{ a: 1 }]);
  });

  it('is not missed where it is imported if it is there', async () => {
    const folder = await temporaryFolder({ 'app.yaml': '$import: optional:more.yaml', 'more.yaml': 'a: 1' });
    const path = join(folder, 'more.yaml');
    const source = yamlFile(join(folder, 'app.yaml'));
    expect(await treesOf(source)).toEqual([{ a: 1 }, {}]);
    await rm(path);
    const loading = load(source);
    await clock.whenAsked();
    await writeFile(path, 'a: 2');
    expect((await clock.through(loading)).map(({ tree }) => tree)).toEqual([{ a: 2 }, {}]);
  });
});

describe('a file that was absent', () => {
  it.each([
    ['optional', (folder: string) => optional(yamlFile(join(folder, 'app.development.yaml'))), []],
    ['configFolder', (folder: string) => configFolder(folder), [{ z: 1 }]],
  ])('is taken when it has been still, by %s', async (_, sourceOf, others) => {
    const folder = await temporaryFolder({ 'app.yaml': 'z: 1' });
    const path = join(folder, 'app.development.yaml');
    const source = sourceOf(folder);
    expect(await treesOf(source)).toEqual(others);
    await writeFile(path, 'a: 1');
    const loading = load(source);
    await clock.whenAsked();
    await writeFile(path, 'a: 1\nb: 2');
    expect((await clock.through(loading)).map(({ tree }) => tree)).toEqual([...others, { a: 1, b: 2 }]);
  });
});

describe('the first load', () => {
  const young = async (path: string, age: number): Promise<void> => {
    const then = (clock.now() - age) / 1000;
    await utimes(path, then, then);
  };

  it.each([
    ['empty', ''],
    ['not well formed', 'a: ['],
  ])('reads a young file that is %s once more', async (_, text) => {
    const path = join(await temporaryFolder({ 'app.yaml': text }), 'app.yaml');
    await young(path, 100);
    const loading = load(yamlFile(path));
    await clock.whenAsked();
    await writeFile(path, 'a: 1');
    clock.advance(SETTLE - 101);
    expect(clock.waiting).toBe(1);
    clock.advance(1);
    expect((await loading).map(({ tree }) => tree)).toEqual([{ a: 1 }]);
  });

  it('reads young environment files and secrets without a byte once more', async () => {
    const folder = await temporaryFolder({ '.env': '', 'secrets/pin': '' });
    await Promise.all(['.env', 'secrets/pin'].map((name) => young(join(folder, name), 0)));
    const loading = Promise.all([load(envFiles({ folder })), load(directory(join(folder, 'secrets')))]);
    await clock.whenAsked();
    await addFiles(folder, { '.env': 'A=1', 'secrets/pin': '7' });
    const [variables, secrets] = await clock.through(loading);
    expect([...variables, ...secrets].map(({ tree }) => tree)).toEqual([expect.anything(), { pin: '7' }]);
  });

  it('takes an empty file that is not young as it is', async () => {
    const path = join(await temporaryFolder({ 'app.yaml': '' }), 'app.yaml');
    await young(path, SETTLE);
    expect((await load(yamlFile(path))).map(({ tree }) => tree)).toEqual([{}]);
  });
});

describe('what had settings and has none', () => {
  it.each([
    ['app.yaml', ''],
    ['app.yaml', '# moved to the other file\n'],
    ['app.yaml', '---\n'],
    ['app.yaml', 'null'],
    ['app.json', '  '],
    ['app.toml', '# moved to the other file\n'],
    ['.env', '# A=1\n\n'],
  ])('is refused: %s with the text %j', async (name, text) => {
    const folder = await temporaryFolder({
      'app.yaml': 'a: 1',
      'app.json': '{"a":1}',
      'app.toml': 'a = 1',
      '.env': 'A=1',
    });
    const path = join(folder, name);
    const source = sourceFor(path, folder);
    await treesOf(source);
    await writeFile(path, text);
    for (let time = 0; time < 2; time++) {
      const error = await failureOf(treesOf(source));
      expect(error).toMatchObject({ code: 'file-empty', category: 'reload' });
      expect(error.message).toContain(`${path} holds no settings, but did before: it looks half written.`);
    }
  });

  it.each([
    ['app.yaml', 'a: [', '', 'file-empty'],
    ['app.toml', 'a = ', '#', 'file-empty'],
  ])('is refused although it was broken in between: %s', async (name, broken, text, code) => {
    const folder = await temporaryFolder({ 'app.yaml': 'a: 1', 'app.toml': 'a = 1' });
    const path = join(folder, name);
    const source = sourceFor(path, folder);
    await treesOf(source);
    await writeFile(path, broken);
    await failureOf(treesOf(source));
    await writeFile(path, text);
    expect((await failureOf(treesOf(source))).code).toBe(code);
  });

  it.each([
    ['app.yaml', '{} # on purpose', {}],
    ['app.json', '{}', {}],
    ['app.toml', '[database]', { database: {} }],
  ])('is taken when it says so: %s with the text %j', async (name, text, tree) => {
    const folder = await temporaryFolder({ 'app.yaml': 'a: 1', 'app.json': '{"a":1}', 'app.toml': 'a = 1' });
    const source = sourceFor(join(folder, name), folder);
    await treesOf(source);
    await writeFile(join(folder, name), text);
    expect(await treesOf(source)).toEqual([tree]);
  });

  it('says how it is meant', async () => {
    const folder = await temporaryFolder({ 'app.yaml': 'a: 1', 'app.toml': 'a = 1', '.env': 'A=1' });
    const ways = {
      'app.yaml': 'write {}.',
      'app.toml': 'leave the header of a table in it, such as [database].',
      '.env': 'delete it.',
    };
    for (const [name, way] of Object.entries(ways)) {
      const source = sourceFor(join(folder, name), folder);
      await treesOf(source);
      await writeFile(join(folder, name), '');
      expect((await failureOf(treesOf(source))).recovery).toContain(way);
    }
  });

  function sourceFor(path: string, folder: string): ConfigSource {
    if (path.endsWith('.env')) return envFiles({ folder });
    if (path.endsWith('.toml')) return tomlFile(path);
    return path.endsWith('.json') ? jsonFile(path) : yamlFile(path);
  }
});

describe('a mounted folder', () => {
  it('does not set what is a file without a byte', async () => {
    const folder = await temporaryFolder({ host: 'a', pin: '', note: '\n' });
    const old = new Date(0);
    await utimes(join(folder, 'pin'), old, old);
    expect(await treesOf(directory(folder))).toEqual([{ host: 'a', note: '' }]);
    expect(await treesOf(directory(folder))).toEqual([{ host: 'a', note: '' }]);
  });

  it('refuses a secret that has been emptied', async () => {
    const folder = await temporaryFolder({ host: 'a', pin: '7' });
    const source = directory(folder);
    await treesOf(source);
    await truncate(join(folder, 'pin'));
    const error = await failureOf(treesOf(source));
    expect(error.code).toBe('file-empty');
    expect(error.message).toBe(
      `${join(folder, 'pin')} holds no settings, but did before: it looks half written.\n` +
        'Finish writing it. To remove the setting, delete the file; for an empty string, write a line break.',
    );
  });

  it('refuses that all of its files are gone, and takes that one is', async () => {
    const folder = await temporaryFolder({ host: 'a', pin: '7' });
    const source = directory(folder);
    await treesOf(source);
    await rm(join(folder, 'pin'));
    expect(await treesOf(source)).toEqual([{ host: 'a' }]);
    await rm(join(folder, 'host'));
    const error = await failureOf(treesOf(source));
    expect(error.code).toBe('file-empty');
    expect(error.message).toContain(`${folder} holds no settings, but did before`);
  });

  it('is taken at once when Kubernetes has swapped it', async () => {
    const folder = await temporaryFolder({ '..v1/a': '1', '..v1/b': '1', '..v2/a': '2' });
    await symlink('..v1', join(folder, '..data'));
    await Promise.all(['a', 'b'].map((name) => symlink(`..data/${name}`, join(folder, name))));
    const source = directory(folder);
    expect(await treesOf(source)).toEqual([{ a: '1', b: '1' }]);
    await symlink('..v2', join(folder, '..new'));
    await rename(join(folder, '..new'), join(folder, '..data'));
    await rm(join(folder, 'b'));
    const started = clock.monotonic();
    const layers = await clock.through(load(source), 20);
    expect(layers.map(({ tree }) => tree)).toEqual([{ a: '2' }]);
    expect(clock.monotonic() - started).toBeLessThanOrEqual(40);
  });
});

describe('a watched file', () => {
  async function watched(): Promise<{ folder: string; path: string; source: ConfigSource; watch: Watching }> {
    const folder = await temporaryFolder({ 'app.yaml': 'a: 1', 'new/app.yaml': 'a: 2' });
    const path = join(folder, 'app.yaml');
    const source = yamlFile(path);
    await treesOf(source);
    return { folder, path, source, watch: await watching(source, { clock, settle: SETTLE }) };
  }

  // The poll waits, and what has seen a change.
  const seen = async (): Promise<void> => clock.whenAsked(2);

  it('is told of when it has been still, and then read at once', async () => {
    const { path, source, watch } = await watched();
    await appendFile(path, '\nb: ');
    await seen();
    clock.advance(SETTLE - 1);
    await appendFile(path, '2');
    clock.advance(1);
    await seen();
    expect(watch.calls()).toBe(0);
    clock.advance(SETTLE);
    await watch.changed();
    expect((await load(source)).map(({ tree }) => tree)).toEqual([{ a: 1, b: 2 }]);
    expect(clock.waiting).toBe(1);
  });

  it('is told of 20 ms after it has been replaced', async () => {
    const { folder, path, source, watch } = await watched();
    await rename(join(folder, 'new/app.yaml'), path);
    await seen();
    clock.advance(19);
    expect(watch.calls()).toBe(0);
    clock.advance(1);
    await watch.changed();
    expect((await load(source)).map(({ tree }) => tree)).toEqual([{ a: 2 }]);
  });

  it('is not told of when it comes back before it is missed', async () => {
    const { folder, path, source, watch } = await watched();
    await rename(path, join(folder, 'old.yaml'));
    await seen();
    await rename(join(folder, 'old.yaml'), path);
    clock.advance(SETTLE);
    await clock.whenAsked();
    await rename(join(folder, 'new/app.yaml'), path);
    await clock.through(watch.changed());
    expect(watch.calls()).toBe(1);
    expect((await load(source)).map(({ tree }) => tree)).toEqual([{ a: 2 }]);
  });
});
