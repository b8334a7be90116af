import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, symlink, writeFile, open } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { folderWith, removeFolder, run } from './fake-io.js';
import { programIn, projectWith, runIn } from './installed-copy.js';

/** A program that says nothing of its types but in TypeScript, and uses what only TypeScript knows. */
const shop: Readonly<Record<string, string>> = {
  'package.json': '{ "imports": { "#rates": "./src/rates.js" } }',
  'tsconfig.json': '{ "extends": "./tsconfig.base.json", "include": ["src"] } // comments are welcome',
  'tsconfig.base.json': '{ "compilerOptions": { "target": "ES2021" } }',
  'uno.config.ts': `
import { cliArgs, configFolder, defineConfig, processEnv } from 'uno-config';
import { Container } from 'inversify';
import { HttpSettings, Service } from './src/http.js';
import { Level, LogSettings } from './src/log';

const level: Level = Level.loud;
const container = new Container();
container.bind(HttpSettings).toSelf();
container.bind(Service).toSelf();
if (level !== 2 || !(container.get(Service).http instanceof HttpSettings)) throw new Error('lost in compilation');
setInterval(() => undefined, 1000);

export default defineConfig({
  sections: [HttpSettings, LogSettings],
  sources: [configFolder('config'), processEnv({ prefix: 'APP_' }), cliArgs()],
});
`,
  'src/http.ts': `
import { injectable } from 'inversify';
import { ConfigSection, Describe, Duration } from 'uno-config';
import { name } from './names.cjs';
import type { Shape } from './missing.js';

@ConfigSection('http')
export class HttpSettings {
  @Describe('Port.') port: number = 1;
  @Describe('Host.') host!: string;
  @Describe('Open?') open: boolean = name === 'name';
  @Describe('Patience.') timeout: Duration = Duration.of('5s');
  #shape: Shape | undefined;
}

@injectable()
export class Service {
  constructor(readonly http: HttpSettings) {}
}
`,
  'src/names.cts': `export const name: string = 'name';`,
  'src/log/index.ts': `
import { ConfigSection, ListOf } from 'uno-config';
export enum Level { quiet = 1, loud }

@ConfigSection('log')
export class LogSettings {
  @ListOf(() => String) targets: string[] = ['stdout'];
}
`,
  'config/app.yaml': 'http:\n  port: 80\n  host: shop\n',
  'config/app.production.yaml': 'http:\n  port: 80a\n',
};

const folders: Record<string, string> = {};

const project = (name: string): string => folders[name] ?? '';

beforeAll(async () => {
  folders['typescript'] = await projectWith(shop, ['typescript']);
  folders['@swc/core'] = await projectWith(shop, ['@swc/core']);
  folders['none'] = await projectWith(shop, [], '2.0.0');
});

afterAll(() => Promise.all(Object.values(folders).map(removeFolder)));

describe.each(['typescript', '@swc/core'])('the program, with %s', (name) => {
  it('loads TypeScript with its decorator metadata', async () => {
    expect(await runIn(project(name), ['validate'])).toEqual({
      code: 1,
      error: '',
      out: `development: all 5 settings are valid.
test: all 5 settings are valid.
production: 1 setting is not valid (production):
  - http.port: must be a number, got "80a"
    from http.port (${join('config', 'app.production.yaml')}:2:9)
    Write digits as in 1500, 1_500, -0.5 or 1.5e3, without blanks.
`,
    });
  });

  it('tells the line of the TypeScript that threw', async () => {
    const folder = await projectWith(
      {
        'uno.config.ts': `import './src/a.js';\n`,
        'src/a.ts': `interface A { a: string }\n\ntype B = A;\nconst b: B = { a: 'no' };\nthrow new RangeError(b.a);\n`,
      },
      [name],
    );
    folders[`line ${name}`] = folder;
    expect(await runIn(folder, ['validate'])).toMatchObject({
      code: 2,
      error: expect.stringContaining(
        `uno-config: uno.config.ts could not be loaded. RangeError: no\n    at ${join('src', 'a.ts')}:5:7\n`,
      ),
    });
  });
});

describe('the program, with typescript', () => {
  it('follows the paths of the tsconfig and the imports of the package', async () => {
    const folder = await projectWith(
      {
        'package.json': '{ "type": "module", "imports": { "#rates": "./src/rates.js" } }',
        'tsconfig.json': '{ "compilerOptions": { "paths": { "@app/*": ["./src/*"] } } }',
        'my.config.ts': `
import { defineConfig } from 'uno-config';
import rate from '#rates';
import { RateSettings } from '@app/settings';
export default defineConfig({ sections: [RateSettings], sources: [{ load: () => ({ rates: { rate } }) }] });
`,
        'my.config.mjs': `export { default } from './my.config.js';`,
        'src/rates.ts': 'export default 3 as number;',
        'src/settings.ts': `
import { ConfigSection, Describe } from 'uno-config';
@ConfigSection('rates')
export class RateSettings {
  @Describe('Rate.') rate: number = 0;
}
`,
      },
      ['typescript'],
    );
    folders['paths'] = folder;
    const printed = { code: 0, error: '', out: 'rates:\n  rate: 3\n' };
    expect(await runIn(folder, ['print', '-c', 'my.config.ts'])).toEqual(printed);
    expect(await runIn(folder, ['print', '--config', 'my.config.mjs'])).toEqual(printed);
  });
});

describe('the program, without a compiler', () => {
  it('says what to install', async () => {
    expect(await runIn(project('none'), ['validate'])).toMatchObject({
      code: 2,
      out: '',
      error: expect.stringMatching(
        /uno\.config\.ts cannot be compiled: TypeScript files with decorators need a compiler, and none is installed here\. Install @swc\/core, or typescript before version 7/,
      ),
    });
  });

  it.each([
    ['js', '{ "type": "module" }'],
    ['mjs', '{ "type": "commonjs" }'],
  ])('validates the .%s that init writes', async (ending, manifest) => {
    const folder = await projectWith({ 'package.json': manifest });
    folders[ending] = folder;
    expect((await run(folder, ['init', '--js'])).out).toContain(`wrote uno.config.${ending}\n`);
    expect(await runIn(folder, ['validate', '--env', 'production'])).toEqual({
      code: 0,
      error: '',
      out: 'production: all 3 settings are valid.\n',
    });
  });
});

describe('the program', () => {
  it('runs through the link that npm makes, and gives the words behind -- to the sources of the user', async () => {
    const folder = project('@swc/core');
    const link = join(folder, 'node_modules/.bin/uno-config');
    await mkdir(join(folder, 'node_modules/.bin'), { recursive: true });
    await symlink(programIn(folder), link);
    const words = ['print', '-e', 'dev', '--format', 'json', '--', '--http.port=7', '--no-http.open'];
    const { code, out } = await runIn(folder, words, link);
    expect([code, JSON.parse(out)]).toEqual([
      0,
      { http: { port: 7, host: 'shop', open: false, timeout: '5s' }, log: { targets: ['stdout'] } },
    ]);
  });

  it('validates what init writes', async () => {
    expect(await run(project('@swc/core'), ['init', '--dir', 'fresh'])).toMatchObject({ code: 0, error: '' });
    expect(await runIn(project('@swc/core'), ['validate', '--cwd', 'fresh'])).toEqual({
      code: 0,
      error: '',
      out: ['development', 'test', 'production'].map((at) => `${at}: all 3 settings are valid.\n`).join(''),
    });
  });

  it('hands over to the copy that the configuration file imports', async () => {
    const [ours, theirs] = [project('none'), project('@swc/core')];
    expect(await runIn(ours, ['explain', 'http.port', '-e', 'test', '--cwd', theirs])).toEqual({
      code: 0,
      error: '',
      out: `http.port = 80\n  Port.\n  from http.port (${join('config', 'app.yaml')}:2:9)\n  over http.port (default): 1\n`,
    });
    expect((await runIn(ours, ['--version'])).out).toBe('2.0.0\n');
    expect((await runIn(ours, ['--version', '--cwd', theirs])).out).toBe('1.0.0\n');
  });

  it('ends quietly when nobody reads what it writes', async () => {
    const folder = project('@swc/core');
    const child = spawn(process.execPath, [programIn(folder), 'print', '-e', 'test'], { cwd: folder });
    child.stdout.destroy();
    let error = '';
    child.stderr.on('data', (text) => (error += String(text)));
    const [code] = (await once(child, 'close')) as unknown[];
    expect([code, error]).toEqual([0, '']);
  });

  it('says in one line that the disk is full', async () => {
    const folder = project('@swc/core');
    const full = await open('/dev/full', 'w').catch(() => undefined);
    // Not every system has a disk that is always full.
    if (full === undefined) return;
    const argv = [programIn(folder), 'print', '-e', 'test'];
    const child = spawn(process.execPath, argv, { cwd: folder, stdio: ['ignore', full.fd, 'pipe'] });
    let error = '';
    child.stderr?.on('data', (text) => (error += String(text)));
    const [code] = (await once(child, 'close')) as unknown[];
    await full.close();
    expect([code, error]).toEqual([2, 'uno-config: The output cannot be written: ENOSPC.\n']);
  });

  it('watches, alive without anything else to do, until it is interrupted', async () => {
    const folder = project('@swc/core');
    await writeFile(
      join(folder, 'watched.mjs'),
      `import { HttpSettings } from './src/http.js';
const source = { load: () => ({ http: { host: 'h' } }), watch: () => undefined };
export default { sections: [HttpSettings], sources: [source] };
`,
    );
    const child = spawn(process.execPath, [programIn(folder), 'watch', '-e', 'dev', '-c', 'watched.mjs'], {
      cwd: folder,
    });
    const ended = once(child, 'close');
    const [headline] = (await once(child.stdout, 'data')) as unknown[];
    child.kill('SIGINT');
    expect([String(headline), await ended]).toEqual([
      'Watching the one source (development), 4 settings. Ctrl-C ends it.\n',
      [0, null],
    ]);
  });

  it('ends watching when nobody reads what it writes', async () => {
    const folder = project('@swc/core');
    await writeFile(
      join(folder, 'busy.mjs'),
      `import { HttpSettings } from './src/http.js';
let port = 1;
const watch = ({ changed }) => void setInterval(changed, 20);
export default { sections: [HttpSettings], sources: [{ load: () => ({ http: { port: port++, host: 'h' } }), watch }] };
`,
    );
    const child = spawn(process.execPath, [programIn(folder), 'watch', '-c', 'busy.mjs'], { cwd: folder });
    const ended = once(child, 'close');
    await once(child.stdout, 'data');
    child.stdout.destroy();
    expect(await ended).toEqual([0, null]);
  });

  it('says what to install where the configuration file finds no uno-config', async () => {
    const lost = await folderWith({ 'uno.config.mjs': `import 'uno-config';` });
    folders['lost'] = lost;
    expect(await runIn(project('none'), ['validate', '--cwd', lost])).toMatchObject({
      code: 2,
      error: expect.stringMatching(/Cannot find package 'uno-config' [^]*\nInstall it: npm install uno-config\.\n$/),
    });
  });
});
