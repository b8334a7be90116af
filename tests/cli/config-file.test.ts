import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { CONFIG_FILE_NAMES, findConfigFile } from '../../src/cli/config-file.js';
import { folderWith, removeFolder } from './fake-io.js';

let folder: string;

beforeAll(async () => {
  folder = await folderWith({
    ...Object.fromEntries(CONFIG_FILE_NAMES.map((name) => [`all/${name}`, ''])),
    'above/uno.config.mjs': '',
    'other/settings.ts': '',
  });
  await mkdir(join(folder, 'above/below/deep'), { recursive: true });
  await mkdir(join(folder, 'other/uno.config.ts'));
});

afterAll(() => removeFolder(folder));

describe('findConfigFile', () => {
  it('takes the first of the usual names', async () => {
    expect(CONFIG_FILE_NAMES).toEqual(['uno.config.ts', 'uno.config.mts', 'uno.config.js', 'uno.config.mjs']);
    for (const name of CONFIG_FILE_NAMES) {
      const file = await findConfigFile(join(folder, 'all'), undefined);
      expect(file).toBe(join(folder, 'all', name));
      await rm(file);
    }
  });

  it('takes the file that is named, from the folder', async () => {
    expect(await findConfigFile(join(folder, 'above'), '../other/settings.ts')).toBe(join(folder, 'other/settings.ts'));
  });

  it('says where a named file was looked for', async () => {
    await expect(findConfigFile(folder, 'nope.ts')).rejects.toMatchObject({
      message: 'There is no configuration file nope.ts.',
      hint: `It was looked for at ${join(folder, 'nope.ts')}.`,
    });
  });

  it('says how to come by one, and passes over folders of that name', async () => {
    await expect(findConfigFile(join(folder, 'other'), undefined)).rejects.toMatchObject({
      message: `There is no configuration file in ${join(folder, 'other')}: uno.config.ts, uno.config.mts, uno.config.js, uno.config.mjs.`,
      hint: 'Write one that exports defineConfig({ sections, sources }), start a new project with "uno-config init", or name yours with --config <file>.',
    });
  });

  it('points to one in a folder above', async () => {
    const above = join(folder, 'above');
    await expect(findConfigFile(join(above, 'below/deep'), undefined)).rejects.toMatchObject({
      hint: `There is uno.config.mjs in ${above}: go there, or write --cwd ${above}.`,
    });
  });
});
