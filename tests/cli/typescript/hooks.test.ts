import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { TypeScriptHooks, type Resolved } from '../../../src/cli/typescript/hooks.js';
import { folderWith, removeFolder } from '../fake-io.js';

const entry = createRequire(import.meta.url).resolve('@swc/core');

let folder: string;
let hooks: TypeScriptHooks;

beforeAll(async () => {
  folder = await folderWith({
    'a.ts': 'export const a: number = 1;',
    'b.cts': 'export const b: number = 1;',
    'c.js': '',
  });
  hooks = new TypeScriptHooks({ kind: 'swc', entry });
});

afterAll(() => removeFolder(folder));

const urlOf = (name: string): string => pathToFileURL(join(folder, name)).href;

const missing = new Error('not found');

describe('TypeScriptHooks', () => {
  it('goes before Node for importers in TypeScript', async () => {
    const next = jest.fn<() => never>();
    const found = { url: urlOf('a.ts'), shortCircuit: true };
    expect(hooks.resolve('./a.js', { parentURL: urlOf('main.ts') }, next)).toEqual(found);
    expect(await hooks.resolveAsync('./a.js', { parentURL: urlOf('main.ts') }, next)).toEqual(found);
    expect(next).not.toHaveBeenCalled();
  });

  it('comes after Node for others', async () => {
    const context = { parentURL: urlOf('main.js') };
    const fail = (): never => {
      throw missing;
    };
    const found = { url: urlOf('a.ts'), shortCircuit: true };
    expect(hooks.resolve('./a.js', context, fail)).toEqual(found);
    expect(await hooks.resolveAsync('./a.js', context, () => Promise.reject(missing))).toEqual(found);
    const nodes: Resolved = { url: 'node:fs' };
    expect(hooks.resolve('./a.js', context, () => nodes)).toBe(nodes);
    expect(await hooks.resolveAsync('./a.js', context, () => Promise.resolve(nodes))).toBe(nodes);
  });

  it('passes on what Node says when there is no TypeScript either', async () => {
    const context = { parentURL: urlOf('main.ts') };
    const fail = (): never => {
      throw missing;
    };
    expect(() => hooks.resolve('./nope.js', context, fail)).toThrow(missing);
    await expect(hooks.resolveAsync('./nope.js', context, () => Promise.reject(missing))).rejects.toBe(missing);
    expect(() => hooks.resolve('./a.js', { parentURL: urlOf('node_modules/x/main.js') }, fail)).toThrow(missing);
  });

  it('loads TypeScript as JavaScript', () => {
    const next = jest.fn<() => never>();
    const loaded = { format: 'module', shortCircuit: true, source: expect.stringMatching(/^export const a = 1;/) };
    expect(hooks.load(urlOf('a.ts'), {}, next)).toEqual(loaded);
    expect(hooks.load(urlOf('b.cts'), {}, next)).toMatchObject({ format: 'commonjs' });
  });

  it('leaves other files to Node', () => {
    const nodes = { format: 'module' };
    const next = jest.fn<(url: string, context: object) => typeof nodes>(() => nodes);
    expect(hooks.load(urlOf('c.js'), {}, next)).toBe(nodes);
    expect(next).toHaveBeenCalledWith(urlOf('c.js'), {});
  });
});
