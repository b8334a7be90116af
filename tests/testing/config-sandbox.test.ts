import { deepStrictEqual } from 'node:assert/strict';
import { existsSync, realpathSync } from 'node:fs';
import { mkdir, readFile, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { IsInt, IsString } from 'class-validator';
import { loadSettings } from '../../src/runtime/index.js';
import { ConfigSection } from '../../src/sections/index.js';
import { processEnv, yamlFile } from '../../src/sources/index.js';
import { ConfigSandbox } from '../../src/testing/index.js';

@ConfigSection('database')
class DatabaseSettings {
  @IsString() host = 'localhost';
  @IsInt() port = 5432;
}

/** The folder of a sandbox that is closed by the end of a block. */
async function folderWhile(): Promise<string> {
  await using sandbox = await ConfigSandbox.create();
  return sandbox.folder;
}

let before: object;

beforeEach(() => {
  before = { folder: process.cwd(), env: { ...process.env } };
});

afterEach(() => {
  // Every story must leave the process as it found it.
  deepStrictEqual({ folder: process.cwd(), env: { ...process.env } }, before);
});

describe('ConfigSandbox', () => {
  it('lets a test load from real files and variables', async () => {
    await using sandbox = await ConfigSandbox.create({ env: { APP_DATABASE__PORT: '1' } });
    const file = await sandbox.write('config/app.yaml', 'database:\n  host: db.test\n');
    const settings = await loadSettings(DatabaseSettings, {
      sources: [yamlFile(file), processEnv({ prefix: 'APP_' })],
      environment: 'test',
    });
    expect(settings).toEqual({ host: 'db.test', port: 1 });
  });

  it('makes its folder among the temporary ones, and removes it with all that is in it', async () => {
    const sandbox = await ConfigSandbox.create();
    await sandbox.write('a/b/c.txt', 'x');
    const before = [isAbsolute(sandbox.folder), sandbox.folder.startsWith(realpathSync(tmpdir()))];
    await sandbox.close();
    expect([...before, existsSync(sandbox.folder)]).toEqual([true, true, false]);
  });

  it('is closed at the end of an "await using" block', async () => {
    const inside = await folderWhile();
    expect(existsSync(inside)).toBe(false);
  });

  it('may be closed twice', async () => {
    const sandbox = await ConfigSandbox.create();
    await Promise.all([sandbox.close(), sandbox.close()]);
    await expect(sandbox.close()).resolves.toBeUndefined();
  });
});

describe('ConfigSandbox files', () => {
  it('writes texts and bytes, replaces what was there, and answers the path', async () => {
    await using sandbox = await ConfigSandbox.create();
    await sandbox.write('app.json', 'long text that goes');
    const path = await sandbox.write('app.json', Uint8Array.of(0x7b, 0x7d));
    expect(path).toBe(join(sandbox.folder, 'app.json'));
    expect(await readFile(path, 'utf8')).toBe('{}');
  });

  it('names paths in the folder, whether or not there is something', async () => {
    await using sandbox = await ConfigSandbox.create();
    expect([sandbox.path(), sandbox.path('a', 'b.txt'), sandbox.path('a/../b'), sandbox.path('..a')]).toEqual(
      ['', 'a/b.txt', 'b', '..a'].map((name) => join(sandbox.folder, name)),
    );
  });

  it('removes files, folders, and what is not there', async () => {
    await using sandbox = await ConfigSandbox.create();
    await sandbox.write('config/app.yaml', '');
    await sandbox.write('other.yaml', '');
    await sandbox.remove('config');
    await sandbox.remove('missing/file.yaml');
    expect([existsSync(sandbox.path('config')), existsSync(sandbox.path('other.yaml'))]).toEqual([false, true]);
  });

  it.each(['..', '../x', 'a/../../x', '/etc/passwd'])('refuses the path %s', async (path) => {
    await using sandbox = await ConfigSandbox.create();
    const problem = `"${path === 'a/../../x' ? '../x' : path}" leaves the folder of the ConfigSandbox; name a path inside it.`;
    expect(() => sandbox.path(path)).toThrow(new TypeError(problem));
    await expect(sandbox.write(path, '')).rejects.toThrow(new TypeError(problem));
    await expect(sandbox.remove(path)).rejects.toThrow(new TypeError(problem));
    expect(() => {
      sandbox.chdir(path);
    }).toThrow(new TypeError(problem));
  });

  it('refuses to write and remove through a link that leads out', async () => {
    await using outer = await ConfigSandbox.create();
    await using sandbox = await ConfigSandbox.create();
    const kept = await outer.write('kept.txt', 'kept');
    await symlink(outer.folder, sandbox.path('link'));
    await symlink(kept, sandbox.path('file-link'));
    await expect(sandbox.write('link/new.txt', '')).rejects.toThrow('"link/new.txt" leaves the folder');
    await expect(sandbox.write('file-link', '')).rejects.toThrow('"file-link" leaves the folder');
    await expect(sandbox.remove('link/kept.txt')).rejects.toThrow('leaves the folder');
    expect([existsSync(outer.path('new.txt')), await readFile(kept, 'utf8')]).toEqual([false, 'kept']);
  });

  it('removes a link itself, not what it leads to', async () => {
    await using outer = await ConfigSandbox.create();
    await using sandbox = await ConfigSandbox.create();
    const kept = await outer.write('kept.txt', 'kept');
    await symlink(outer.folder, sandbox.path('link'));
    await sandbox.remove('link');
    expect([existsSync(sandbox.path('link')), existsSync(kept)]).toEqual([false, true]);
  });

  it('keeps its own folder until it is closed', async () => {
    await using sandbox = await ConfigSandbox.create();
    await expect(sandbox.remove('.')).rejects.toThrow(
      new TypeError('remove(name): the folder itself goes when the sandbox is closed.'),
    );
  });

  it('does nothing any more when it is closed', async () => {
    const sandbox = await ConfigSandbox.create();
    await sandbox.close();
    const closed = new TypeError('The ConfigSandbox is closed; create another one.');
    await expect(sandbox.write('a', '')).rejects.toThrow(closed);
    await expect(sandbox.remove('a')).rejects.toThrow(closed);
    expect(() => {
      sandbox.setEnv({ UNO_SANDBOX_A: '1' });
    }).toThrow(closed);
    expect(() => {
      sandbox.chdir();
    }).toThrow(closed);
  });
});

describe('ConfigSandbox environment', () => {
  it('sets and takes away variables, and puts all of them back', async () => {
    process.env['UNO_SANDBOX_KEPT'] = 'kept';
    process.env['UNO_SANDBOX_GONE'] = 'gone';
    {
      await using sandbox = await ConfigSandbox.create();
      sandbox.setEnv({ UNO_SANDBOX_KEPT: 'changed', UNO_SANDBOX_GONE: undefined, UNO_SANDBOX_NEW: '' });
      expect(process.env).toMatchObject({ UNO_SANDBOX_KEPT: 'changed', UNO_SANDBOX_NEW: '' });
      expect('UNO_SANDBOX_GONE' in process.env).toBe(false);
    }
    const { UNO_SANDBOX_KEPT, UNO_SANDBOX_GONE } = process.env;
    const appeared = 'UNO_SANDBOX_NEW' in process.env;
    for (const name of ['UNO_SANDBOX_KEPT', 'UNO_SANDBOX_GONE']) Reflect.deleteProperty(process.env, name);
    expect([UNO_SANDBOX_KEPT, UNO_SANDBOX_GONE, appeared]).toEqual(['kept', 'gone', false]);
  });

  it('takes away variables that the test set by itself', async () => {
    const { env } = process;
    const sandbox = await ConfigSandbox.create();
    process.env['UNO_SANDBOX_A'] = '1';
    await sandbox.close();
    expect('UNO_SANDBOX_A' in process.env).toBe(false);
    expect(process.env).toBe(env);
  });

  it('restores the process when it cannot be made as asked', async () => {
    const variables = {
      UNO_SANDBOX_A: '1',
      get UNO_SANDBOX_B(): string {
        throw new RangeError('no such text');
      },
    };
    await expect(ConfigSandbox.create({ env: variables })).rejects.toThrow(new RangeError('no such text'));
    expect('UNO_SANDBOX_A' in process.env).toBe(false);
  });
});

describe('ConfigSandbox working directory', () => {
  it('stays where it is unless asked', async () => {
    await using sandbox = await ConfigSandbox.create();
    expect(process.cwd()).not.toBe(sandbox.folder);
  });

  it('moves into the folder, or one in it, until it is closed', async () => {
    await using sandbox = await ConfigSandbox.create({ chdir: true });
    const first = process.cwd();
    await mkdir(sandbox.path('inner'));
    sandbox.chdir('inner');
    expect([first, process.cwd()]).toEqual([sandbox.folder, sandbox.path('inner')]);
  });
});

describe('ConfigSandbox, nested', () => {
  it('puts back what each one found, from the inside out', async () => {
    await using outer = await ConfigSandbox.create({ chdir: true, env: { UNO_SANDBOX_A: 'outer' } });
    const inner = await ConfigSandbox.create({ chdir: true, env: { UNO_SANDBOX_A: 'inner', UNO_SANDBOX_B: 'inner' } });
    const during = [process.env['UNO_SANDBOX_A'], process.cwd()];
    await inner.close();
    const after = [process.env['UNO_SANDBOX_A'], process.cwd()];
    expect([during, after]).toEqual([
      ['inner', inner.folder],
      ['outer', outer.folder],
    ]);
    expect('UNO_SANDBOX_B' in process.env).toBe(false);
  });

  it('closes the inner ones first when the outer one is closed', async () => {
    const outer = await ConfigSandbox.create();
    const inner = await ConfigSandbox.create({ env: { UNO_SANDBOX_A: 'inner' } });
    await outer.close();
    const left = [existsSync(outer.folder), existsSync(inner.folder), 'UNO_SANDBOX_A' in process.env];
    await inner.close();
    expect([...left, 'UNO_SANDBOX_A' in process.env]).toEqual([false, false, false, false]);
  });
});
