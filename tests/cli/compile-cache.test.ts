import { chmod, chown, mkdir, readdir, stat, symlink } from 'node:fs/promises';
import nodeModule from 'node:module';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from '@jest/globals';
import { compileCacheFolder } from '../../src/cli/compile-cache.js';
import { folderWith, removeFolder } from './fake-io.js';
import { projectWith, runIn } from './installed-copy.js';

const onPosix = process.platform === 'win32' ? describe.skip : describe;

const made: string[] = [];
afterAll(() => Promise.all(made.map(removeFolder)));

onPosix('the folder for compiled modules', () => {
  let modules = '';
  let program = '';
  beforeEach(async () => {
    const folder = await folderWith({});
    made.push(folder);
    modules = join(folder, 'node_modules');
    program = join(modules, 'uno-config/dist/cli/main.js');
    await mkdir(join(modules, 'uno-config'), { recursive: true });
    await chmod(modules, 0o755);
  });

  it('is beside the packages, for its owner alone', async () => {
    const folder = join(modules, '.cache/uno-config');
    expect([compileCacheFolder(program), compileCacheFolder(program)]).toEqual([folder, folder]);
    expect((await stat(folder)).mode & 0o777).toBe(0o700);
  });

  it.each(['.', '.cache', '.cache/uno-config'])('is not used where everyone may write to %s', async (name) => {
    await mkdir(join(modules, '.cache/uno-config'), { recursive: true });
    await chmod(join(modules, name), 0o777);
    expect(compileCacheFolder(program)).toBeUndefined();
  });

  it('is not used where a group may write to it, but where a group may replace the packages', async () => {
    await chmod(modules, 0o775);
    expect(compileCacheFolder(program)).toBe(join(modules, '.cache/uno-config'));
    await chmod(join(modules, '.cache/uno-config'), 0o770);
    expect(compileCacheFolder(program)).toBeUndefined();
  });

  it('is not used through a link', async () => {
    await mkdir(join(modules, 'elsewhere'));
    await mkdir(join(modules, '.cache'));
    await symlink(join(modules, 'elsewhere'), join(modules, '.cache/uno-config'));
    expect(compileCacheFolder(program)).toBeUndefined();
  });

  it('is not there for a program that is not installed, or where nothing can be created', async () => {
    expect(compileCacheFolder('/usr/src/uno-config/dist/cli/main.js')).toBeUndefined();
    expect(compileCacheFolder(join(modules, 'absent\0/node_modules/uno-config/main.js'))).toBeUndefined();
    // Only the superuser can give a folder away.
    if (process.getuid?.() !== 0) return;
    await mkdir(join(modules, '.cache/uno-config'), { recursive: true, mode: 0o700 });
    await chown(join(modules, '.cache/uno-config'), 65_534, 65_534);
    expect(compileCacheFolder(program)).toBeUndefined();
  });
});

onPosix('the program', () => {
  it('keeps the modules it compiled where Node can, and works alike with them', async () => {
    const folder = await projectWith({ 'package.json': '{ "type": "module" }' }, ['typescript']);
    made.push(folder);
    await chmod(join(folder, 'node_modules'), 0o755);
    const first = await runIn(folder, ['help']);
    const kept = await readdir(join(folder, 'node_modules/.cache/uno-config')).catch(() => []);
    expect(kept.length > 0).toBe('enableCompileCache' in nodeModule);
    expect(await runIn(folder, ['help'])).toEqual(first);
    expect(first).toMatchObject({ code: 0, error: '' });
  });
});
