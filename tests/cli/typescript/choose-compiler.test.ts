import { realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { chooseCompiler } from '../../../src/cli/typescript/choose-compiler.js';
import { folderWith, removeFolder } from '../fake-io.js';

const installed = (name: string, version: string): Readonly<Record<string, string>> => ({
  [`node_modules/${name}/package.json`]: JSON.stringify({ name, version, main: 'lib/main.js' }),
  [`node_modules/${name}/lib/main.js`]: '',
});

const folders: string[] = [];

async function choiceWith(...packages: Readonly<Record<string, string>>[]): Promise<unknown> {
  const folder = await realpath(
    await folderWith(Object.fromEntries([['src/x', ''], ...packages.flatMap(Object.entries<string>)])),
  );
  folders.push(folder);
  const choice = chooseCompiler(join(folder, 'src/uno.config.ts'));
  return choice.kind === 'none' ? choice.reason : [choice.kind, choice.entry.slice(folder.length + 1)];
}

afterAll(() => Promise.all(folders.map(removeFolder)));

const swc = installed('@swc/core', '1.16.0');

describe('chooseCompiler', () => {
  it('takes typescript, even where @swc/core is installed as well', async () => {
    expect(await choiceWith(installed('typescript', '6.0.3'), swc)).toEqual([
      'typescript',
      join('node_modules/typescript/lib/main.js'),
    ]);
  });

  it('takes @swc/core where there is no typescript, or one that cannot be called', async () => {
    const expected = ['swc', join('node_modules/@swc/core/lib/main.js')];
    expect(await choiceWith(swc)).toEqual(expected);
    expect(await choiceWith(swc, installed('typescript', '7.0.2'))).toEqual(expected);
  });

  const wayOut =
    'Install @swc/core, or typescript before version 7 (npm install --save-dev typescript@6); ' +
    'or compile the files yourself and write --config <file>.js.';

  it('says what to install where there is none', async () => {
    expect(await choiceWith()).toBe(
      `TypeScript files with decorators need a compiler, and none is installed here. ${wayOut}`,
    );
  });

  it('says that a typescript offers none', async () => {
    expect(await choiceWith(installed('typescript', '7.0.2'))).toBe(
      `TypeScript files with decorators need a compiler, and typescript 7.0.2 offers none to call. ${wayOut}`,
    );
  });
});
