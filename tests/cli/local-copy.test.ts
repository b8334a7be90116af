import { realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { localCopy } from '../../src/cli/local-copy.js';
import { folderWith, removeFolder } from './fake-io.js';

const manifest = JSON.stringify({ name: 'uno-config', bin: { 'uno-config': './cli.js' } });

let folder: string;

beforeAll(async () => {
  folder = await realpath(
    await folderWith({
      'a/node_modules/uno-config/package.json': manifest,
      'a/node_modules/uno-config/cli.js': '',
      'b/node_modules/uno-config/package.json': manifest,
      'b/node_modules/uno-config/cli.js': '',
      'old/node_modules/uno-config/package.json': '{ "name": "uno-config" }',
      'none/x': '',
    }),
  );
});

afterAll(() => removeFolder(folder));

const program = (name: string): string => pathToFileURL(join(folder, name, 'node_modules/uno-config/cli.js')).href;

const copy = (...argv: string[]): string | undefined => localCopy(argv, join(folder, 'a'), program('a'));

describe('localCopy', () => {
  it('is nothing where ours is the one that is installed', () => {
    expect(copy('validate')).toBeUndefined();
  });

  it.each([
    [['validate', '--cwd', '../b']],
    [['validate', '--cwd=../b', '--unknown']],
    [['validate', '-c', '../b/uno.config.ts']],
    [['validate', '--cwd', '..', '--config', 'b/uno.config.ts', '--', '--cwd', 'a']],
  ])('is the one installed where %j leads', (argv) => {
    expect(copy(...argv)).toBe(`${program('b')}?handed-over`);
  });

  it('does not look at the words for the program', () => {
    expect(copy('validate', '--', '--cwd', '../b')).toBeUndefined();
  });

  it('is nothing where none is installed, or one without a command line', () => {
    expect(copy('validate', '--cwd', '../none')).toBeUndefined();
    expect(copy('validate', '--cwd', '../old')).toBeUndefined();
  });

  it('hands over only once', () => {
    expect(localCopy(['validate', '--cwd', '../b'], join(folder, 'a'), `${program('a')}?handed-over`)).toBeUndefined();
  });
});
