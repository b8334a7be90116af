import { readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { developmentKeyring, generateKeyset } from '../../../src/security/index.js';
import { createKeyset } from '../../../src/security/keyring/write-keyset.js';
import { caught } from '../../sources/caught.js';
import { cfg, opened } from '../keysets.js';
import { context, newFolder } from './keyrings.js';

describe('createKeyset', () => {
  it('leaves the keys of whoever was first, and nothing beside them', async () => {
    const path = join(await newFolder(), 'keys.json');
    const documents = Array.from({ length: 10 }, () => generateKeyset('development'));
    const made = await Promise.all(documents.map((document) => createKeyset(path, document)));
    expect(made.filter(Boolean)).toHaveLength(1);
    expect(await readFile(path, 'utf8')).toBe(documents[made.indexOf(true)]?.toText());
    expect(await readdir(join(path, '..'))).toEqual(['keys.json']);
  });
});

describe('developmentKeyring', () => {
  it('makes its keys on the first run, for its owner only and ignored by git, and keeps them', async () => {
    const path = join(await newFolder(), '.uno', 'keys.json');
    const keyset = await developmentKeyring(path).load(context());
    expect([keyset.name, keyset.keys.map(({ use }) => use)]).toEqual(['development', ['encrypt', 'seal']]);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect((await stat(join(path, '..'))).mode & 0o777).toBe(0o700);
    expect(await readFile(join(path, '..', '.gitignore'), 'utf8')).toBe('*\n');
    const token = keyset.encrypt(Buffer.from('swordfish'), cfg);
    expect(opened(await developmentKeyring(path).load(context()), token)).toBe('swordfish');
  });

  it('makes them once, however many programs start at the same time', async () => {
    const path = join(await newFolder(), '.uno', 'keys.json');
    const loaded = await Promise.all(Array.from({ length: 20 }, () => developmentKeyring(path).load(context())));
    const [first] = loaded;
    const token = first?.seal(Buffer.from('swordfish'), cfg) ?? '';
    for (const keyset of loaded) expect(opened(keyset, token)).toBe('swordfish');
    expect((await readdir(join(path, '..'))).sort()).toEqual(['.gitignore', 'keys.json']);
  });

  it.each([
    ['none', undefined, '/keys.json\n'],
    ['one without an end of its last line', 'node_modules', 'node_modules\n/keys.json\n'],
    ['one that has it already', 'dist\n/keys.json\n', 'dist\n/keys.json\n'],
    ['one that ignores everything', '*\n!src\n', '*\n!src\n'],
  ])('ignores its own file alone in a folder that was there before, with %s', async (_, before, after) => {
    const folder = await newFolder();
    const ignored = join(folder, '.gitignore');
    if (before !== undefined) await writeFile(ignored, before);
    await developmentKeyring(join(folder, 'keys.json')).load(context());
    expect(await readFile(ignored, 'utf8')).toBe(after);
    await rm(join(folder, 'keys.json'));
    await developmentKeyring(join(folder, 'keys.json')).load(context());
    expect(await readFile(ignored, 'utf8')).toBe(after);
  });

  it('ignores a file whose name would be a pattern', async () => {
    const folder = await newFolder();
    await developmentKeyring(join(folder, 'keys [a*].json')).load(context());
    expect(await readFile(join(folder, '.gitignore'), 'utf8')).toBe('/keys\\ \\[a\\*\\].json\n');
  });

  it('is refused in production, whether or not the file is there, and makes nothing', async () => {
    const folder = await newFolder();
    const path = join(folder, 'keys.json');
    const refused = {
      code: 'development-keyring-refused',
      message:
        `The keys in ${path} are a developer's own and open nothing in production.\n` +
        'Give production a keyring of its own: keyFile, keyDirectory, keyEnvironment, or one with a key provider.',
    };
    const loading = () => caught(() => developmentKeyring(path).load(context({ environment: 'production' })));
    expect(await loading()).toMatchObject(refused);
    expect(await readdir(folder)).toEqual([]);
    await developmentKeyring(path).load(context());
    expect(await loading()).toMatchObject(refused);
  });

  it('does not replace a file that it cannot use', async () => {
    const path = join(await newFolder(), 'keys.json');
    await writeFile(path, 'hunter2', { mode: 0o644 });
    expect((await caught(() => developmentKeyring(path).load(context()))).code).toBe('keyring-exposed');
    expect(await readFile(path, 'utf8')).toBe('hunter2');
  });
});
