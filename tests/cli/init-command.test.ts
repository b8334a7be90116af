import { mkdir, readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { folderWith, removeFolder, run } from './fake-io.js';

let folder: string;

beforeEach(async () => {
  folder = await folderWith({ 'package.json': '{}' });
});

afterEach(() => removeFolder(folder));

const filesIn = async (path: string): Promise<readonly string[]> =>
  (await readdir(path, { recursive: true, withFileTypes: true })).flatMap((entry) =>
    entry.isFile() && entry.name !== 'package.json' ? [entry.name] : [],
  );

const config = ['app.production.yaml', 'app.yaml'];

// That what is written works is told by main.test.ts, which runs it.
describe('init', () => {
  it('writes a configuration file, a container, a class and a config folder, and says what comes next', async () => {
    const { code, out, error } = await run(folder, ['init']);
    expect([code, error]).toEqual([0, '']);
    expect(out).toBe(`wrote uno.config.ts
wrote ${join('src', 'container.ts')}
wrote ${join('src', 'settings', 'http-settings.ts')}
wrote ${join('config', 'app.yaml')}
wrote ${join('config', 'app.production.yaml')}

Next:
  npm install uno-config inversify reflect-metadata class-validator class-transformer
  npm install --save-dev @swc/core
  npx uno-config validate
  npx uno-config schema --out config.schema.json
`);
    expect([...(await filesIn(folder))].sort()).toEqual([
      ...config,
      'container.ts',
      'http-settings.ts',
      'uno.config.ts',
    ]);
  });

  it.each([
    ['7.0.2', [], true],
    ['6.0.3', [], false],
    ['6.0.3', ['--js'], false],
  ])('asks for a compiler where one is needed: typescript %s, %j', async (version, words, isAsked) => {
    const typescript = join(folder, 'node_modules', 'typescript');
    await mkdir(typescript, { recursive: true });
    await writeFile(join(typescript, 'package.json'), JSON.stringify({ name: 'typescript', version, main: 'main.js' }));
    await writeFile(join(typescript, 'main.js'), '');
    expect((await run(folder, ['init', ...words])).out.includes('@swc/core')).toBe(isAsked);
  });

  it.each([['--json'], ['--format=json']])('says the same as data with %s', async (word) => {
    const { code, out } = await run(folder, ['init', '--js', '--dir', 'app', word]);
    expect([code, JSON.parse(out)]).toEqual([
      0,
      {
        written: expect.arrayContaining([join('app', 'config', 'app.yaml')]),
        next: [
          expect.stringMatching(/^npm install uno-config /),
          'npx uno-config validate --cwd app',
          'npx uno-config schema --out config.schema.json --cwd app',
        ],
      },
    ]);
  });

  it('writes to another folder, which it makes', async () => {
    const { code, out } = await run(folder, ['init', '--dir', 'new/app']);
    expect([code, await filesIn(join(folder, 'new/app'))]).toEqual([0, expect.arrayContaining(['uno.config.ts'])]);
    expect(out).toContain(`npx uno-config validate --cwd ${join('new', 'app')}\n`);
  });

  it.each([
    ['js', '{ "type": "module" }'],
    ['mjs', '{}'],
    ['mjs', '[]'],
  ])('writes .%s with --js where package.json is %s', async (ending, manifest) => {
    await writeFile(join(folder, 'package.json'), manifest);
    await run(folder, ['init', '--js', '--dir', 'below']);
    expect([...(await filesIn(folder))].sort()).toEqual([
      ...config,
      ...['container', 'http-settings', 'uno.config'].map((name) => `${name}.${ending}`),
    ]);
    const text = await readFile(join(folder, `below/uno.config.${ending}`), 'utf8');
    expect(text).toContain(`'./src/settings/http-settings.${ending}'`);
    const container = await readFile(join(folder, `below/src/container.${ending}`), 'utf8');
    expect(container).toContain(`from '../uno.config.${ending}';`);
    expect(container).toContain('createContainer() {');
  });

  it('refuses a package.json that is no JSON, without quoting it', async () => {
    await writeFile(join(folder, 'package.json'), 'hunter2');
    expect(await run(folder, ['init', '--js'])).toMatchObject({
      code: 2,
      error: `uno-config: ${join(folder, 'package.json')} is not JSON.\n`,
    });
  });

  it.each(['uno.config.mjs', 'config/app.yaml'])('writes nothing when %s is there', async (name) => {
    await run(folder, ['init', '--dir', 'other']);
    await writeFile(join(folder, 'other', name), 'mine');
    const before = await filesIn(folder);
    const { code, out, error } = await run(folder, ['init', '--dir', 'other']);
    expect([code, out, await filesIn(folder)]).toEqual([2, '', before]);
    expect(error).toContain(name);
    expect(error).toMatch(
      /; nothing has been written\.\nWrite --dir <folder> for another folder, or --force to overwrite\.\n$/,
    );
    expect(await readFile(join(folder, 'other', name), 'utf8')).toBe('mine');
  });

  it('overwrites with --force', async () => {
    await writeFile(join(folder, 'uno.config.ts'), 'mine');
    expect((await run(folder, ['init', '--force'])).code).toBe(0);
    expect(await readFile(join(folder, 'uno.config.ts'), 'utf8')).toContain('defineConfig');
  });

  it('takes no words', async () => {
    expect((await run(folder, ['init', 'here'])).error).toContain('init does not take "here".');
  });
});
