import { chmod, lstat, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { folderWith, module, removeFolder, run } from './fake-io.js';
import { HttpSettings } from './shop-settings.js';

const exported = module({ sections: [HttpSettings], sources: [] });

let folder: string;
const at = (name: string): string => join(folder, name);

beforeEach(async () => {
  folder = await folderWith({ 'uno.config.mjs': '', '.env': 'PORT=1\n' });
});

afterEach(() => removeFolder(folder));

describe.each([
  ['schema', ['schema', '--out', 'made.json'], 'made.json'],
  ['validate', ['validate', '--report', 'made.json'], 'made.json'],
  ['tree', ['tree', '--env', 'test', '--report', 'made.json'], 'made.json'],
  ['init --force', ['init', '--js', '--force'], 'src/container.mjs'],
  ['import --force', ['import', 'env', '--force'], 'uno.config.ts'],
])('a symbolic link where uno-config %s writes', (_, words, name) => {
  const target = (): Promise<string> => readFile(at('elsewhere'), 'utf8');

  beforeEach(async () => {
    // What is above the link.
    await run(folder, words, exported);
    await stat(at(name));
  });

  it('stays, and what it leads to is written as a whole, for those who could read it', async () => {
    const made = await readFile(at(name), 'utf8');
    await writeFile(at('elsewhere'), 'of before');
    await chmod(at('elsewhere'), 0o600);
    await linked();
    const { error } = await run(folder, words, exported);
    expect([error, await target(), (await lstat(at(name))).isSymbolicLink()]).toEqual(['', made, true]);
    expect((await stat(at('elsewhere'))).mode & 0o777).toBe(0o600);
    expect((await readdir(folder)).filter((each) => each.endsWith('.new'))).toEqual([]);
  });

  it('is refused where it leads nowhere, and nothing is written there', async () => {
    await linked();
    const { code, error } = await run(folder, words, exported);
    expect([code, error]).toEqual([
      2,
      expect.stringMatching(/ is a symbolic link that leads nowhere\.\nRemove the link\.\n$/),
    ]);
    await expect(target()).rejects.toThrow('ENOENT');
  });

  async function linked(): Promise<void> {
    await rm(at(name));
    await symlink(at('elsewhere'), at(name));
  }
});

it.each([
  ['init', ['init', '--js']],
  ['import', ['import', 'env']],
])('uno-config %s takes a link that leads nowhere for a file that is there', async (_, words) => {
  const folderOfLink = await folderWith({ '.env': 'PORT=1\n' });
  await symlink(join(folderOfLink, 'elsewhere'), join(folderOfLink, 'uno.config.mjs'));
  const { code, error } = await run(folderOfLink, words);
  expect([code, error]).toEqual([2, expect.stringContaining('There is already uno.config.mjs in ')]);
  expect(await readdir(folderOfLink)).toEqual(['.env', 'uno.config.mjs']);
  await removeFolder(folderOfLink);
});
