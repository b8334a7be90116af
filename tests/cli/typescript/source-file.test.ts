import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { Compiler } from '../../../src/cli/typescript/compiler.js';
import { isTypeScript, sourceFile } from '../../../src/cli/typescript/source-file.js';
import { folderWith, removeFolder } from '../fake-io.js';

let folder: string;

beforeAll(async () => {
  const names = [
    'a.ts',
    'b.mts',
    'c.cts',
    'd.js',
    'both.ts',
    'both.js',
    'http.settings.ts',
    'dir/index.ts',
    'data.json',
  ];
  folder = await folderWith(Object.fromEntries(names.map((name) => [name, ''])));
});

afterAll(() => removeFolder(folder));

const urlOf = (name: string): string => pathToFileURL(join(folder, name)).href;

const compiler: Compiler = { compile: () => '' };

const find = (specifier: string): string | undefined => sourceFile(specifier, urlOf('main.ts'), compiler);

describe('sourceFile', () => {
  it.each([
    ['./a.js', 'a.ts'],
    ['./a', 'a.ts'],
    ['./b.mjs', 'b.mts'],
    ['./b', 'b.mts'],
    ['./c.cjs', 'c.cts'],
    ['./d', 'd.js'],
    ['./both.js', 'both.ts'],
    ['./http.settings', 'http.settings.ts'],
    ['./http.settings.js', 'http.settings.ts'],
    ['./dir', 'dir/index.ts'],
    ['./dir/', 'dir/index.ts'],
    ['./dir/../a.js', 'a.ts'],
    ['./a.js?x=1#y', 'a.ts?x=1#y'],
  ])('finds %s at %s', (specifier, name) => {
    expect(find(specifier)).toBe(new URL(name, urlOf('main.ts')).href);
  });

  it('finds the absolute and the file URL, too', () => {
    expect(find(urlOf('a.js'))).toBe(urlOf('a.ts'));
    expect(find(new URL(urlOf('a')).pathname)).toBe(urlOf('a.ts'));
  });

  it.each(['./d.js', './a.ts', './data.json', './missing.js', './missing', 'node:fs', 'data:text/javascript,1'])(
    'leaves %s to Node',
    (specifier) => {
      expect(find(specifier)).toBeUndefined();
    },
  );

  it('asks the compiler for other names', () => {
    const resolve = jest.fn<Required<Compiler>['resolve']>(() => join(folder, 'a.ts'));
    expect(sourceFile('@app/a', urlOf('main.ts'), { ...compiler, resolve })).toBe(urlOf('a.ts'));
    expect(resolve).toHaveBeenCalledWith('@app/a', join(folder, 'main.ts'));
    expect(find('@app/a')).toBeUndefined();
  });

  it('knows nothing of importers that are no files', () => {
    expect(sourceFile('./a.js', undefined, compiler)).toBeUndefined();
    expect(sourceFile('./a.js', 'data:text/javascript,1', compiler)).toBeUndefined();
  });
});

describe('isTypeScript', () => {
  it.each(['file:///a.ts', 'file:///a.mts', 'file:///a.cts?x', 'file:///a.ts#x', 'file:///d.ts'])('takes %s', (url) => {
    expect(isTypeScript(url)).toBe(true);
  });

  it.each([
    undefined,
    'file:///a.d.ts',
    'file:///a.js',
    'file:///node_modules/a/b.ts',
    'https://a/b.ts',
    'file:///a.tsx',
  ])('leaves %s', (url) => {
    expect(isTypeScript(url)).toBe(false);
  });
});
