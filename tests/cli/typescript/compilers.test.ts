import { createRequire } from 'node:module';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { loadCompiler } from '../../../src/cli/typescript/load-compiler.js';
import { folderWith, removeFolder } from '../fake-io.js';

const require = createRequire(import.meta.url);
const typescript = loadCompiler({ kind: 'typescript', entry: require.resolve('typescript') });
const swc = loadCompiler({ kind: 'swc', entry: require.resolve('@swc/core') });

const source = `import { A } from './other.js';
import type { Shape } from './shape.js';
export class Service {
  @field port: number = 1;
  constructor(@field readonly a: A, @field b: Shape) {}
}
declare function field(...words: unknown[]): void;
`;

let folder: string;

beforeAll(async () => {
  folder = await folderWith({
    'plain/x': '',
    'old/tsconfig.json': '{ "extends": "../base.json", "compilerOptions": { "importHelpers": true } }',
    'base.json':
      '{ "compilerOptions": { "target": "ES2017", "sourceMap": true, "outDir": "out", "declaration": true } }',
    'paths/tsconfig.json': '{ "compilerOptions": { "paths": { "@app/*": ["./src/*"], "@types/*": ["./src/*"] } } }',
    'paths/src/a.ts': '',
    'paths/src/b.d.ts': '',
    'broken/tsconfig.json': '{ "compilerOptions": ',
    'lost/tsconfig.json': '{ "extends": "./nowhere.json" }',
  });
});

afterAll(() => removeFolder(folder));

const at = (name: string): string => join(folder, name);

describe.each([
  ['typescript', typescript],
  ['@swc/core', swc],
])('the compiler of %s', (_, compiler) => {
  const compile = (text: string, module: 'esm' | 'commonjs' = 'esm'): string =>
    compiler.compile(at('plain/a.ts'), text, module);

  it('writes down the types of fields and of constructor parameters', () => {
    const code = compile(source);
    expect(code).toMatch(/"design:type", Number/);
    expect(code).toMatch(/"design:paramtypes", \[\s*typeof .*A\b/);
    expect(code).toContain('other.js');
    expect(code).not.toContain('shape.js');
  });

  it('brings the source map along', () => {
    const [, map = ''] =
      /sourceMappingURL=data:application\/json;(?:charset=utf-8;)?base64,(.+)$/m.exec(compile(source)) ?? [];
    expect(JSON.parse(Buffer.from(map, 'base64').toString())).toMatchObject({ sourcesContent: [source] });
  });

  it('writes CommonJS where it is asked to', () => {
    expect(compile('export const a: number = 1;', 'commonjs')).toContain('exports');
  });

  it('says where a file does not compile', () => {
    expect(() => compile('const a = ;\n')).toThrow(
      expect.objectContaining({ name: 'SyntaxError', message: expect.stringContaining(at('plain/a.ts')) }),
    );
  });
});

describe('the compiler of typescript', () => {
  it('names line and column', () => {
    expect(() => typescript.compile(at('plain/a.ts'), 'let a;\nconst b = ;', 'esm')).toThrow(
      `${at('plain/a.ts')}:2:11: Expression expected. (TS1109)`,
    );
  });

  it('keeps what the tsconfig says about class fields, without what keeps a file from running', () => {
    const old = typescript.compile(at('old/a.ts'), source, 'esm');
    expect(old).toContain('this.port = 1');
    expect(old).not.toContain('tslib');
    expect(typescript.compile(at('plain/a.ts'), 'class A { #a = 1; b = 2 }', 'esm')).toMatch(/^ {4}b = 2/m);
  });

  it('finds what the paths of the tsconfig mean', () => {
    const importer = at('paths/main.ts');
    expect(typescript.resolve?.('@app/a', importer)).toBe(at('paths/src/a.ts'));
    expect(typescript.resolve?.('@app/a.js', importer)).toBe(at('paths/src/a.ts'));
    expect(typescript.resolve?.('@types/b', importer)).toBeUndefined();
    expect(typescript.resolve?.('@app/missing', importer)).toBeUndefined();
    expect(typescript.resolve?.('@app/a', at('plain/main.ts'))).toBeUndefined();
  });

  it.each([
    ['broken', `tsconfig.json:1:21: Expression expected. (TS1109)`],
    ['lost', 'tsconfig.json cannot be used. '],
  ])('refuses a tsconfig that is %s', (name, message) => {
    expect(() => typescript.compile(at(`${name}/a.ts`), '', 'esm')).toThrow(message);
  });
});

describe('no compiler', () => {
  it('says what to install when there is something to compile', () => {
    const none = loadCompiler({ kind: 'none', reason: 'install one' });
    expect(() => none.compile('/a.ts', '', 'esm')).toThrow('/a.ts cannot be compiled: install one');
  });
});
