import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterEach, beforeAll, describe, expect, it } from '@jest/globals';

const script = resolve(import.meta.dirname, '../../scripts/docs/check.js');
const fence = '```';
const folders: string[] = [];

afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** Checks the pages of a package that exports `port: number` and `double(value: number): number`. */
function check(pages: Record<string, string>): { status: number | null; stdout: string; stderr: string } {
  const folder = mkdtempSync(join(tmpdir(), 'uno-docs-'));
  folders.push(folder);
  const files: Record<string, string> = {
    'package.json': JSON.stringify({
      name: 'uno-config',
      type: 'module',
      exports: { '.': { types: './dist/index.d.ts', default: './dist/index.js' } },
    }),
    'dist/index.d.ts': 'export declare const port: number; export declare function double(value: number): number;',
    'dist/index.js': 'export const port = 5432; export const double = (value) => value * 2;',
    ...pages,
  };
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, folder], { encoding: 'utf8' });
  return { status, stdout: stdout.trim(), stderr: stderr.trim() };
}

const printing = ["console.log(readFileSync('config/app.yaml', 'utf8').trim());", 'console.log(double(limit));'];

const block = (info: string, ...lines: string[]): string => [fence + info, ...lines, fence, ''].join('\n');

describe('the check of examples', () => {
  describe('of a package with several mistakes', () => {
    let result: ReturnType<typeof check>;

    // They are all reported at once, and each check loads the compiler.
    beforeAll(() => {
      const comment = ['/**', ' * Half.', ' * @example', ' * ```ts', ' * half(4);', ' * ```', ' */', 'export {};'];
      const links = '[a](page.md#the-run-word), [b](page.md#nowhere), [c](none.md), [d](https://x.example)';
      result = check({
        'README.md': `# Title\n\n${block('ts', 'double(1);', "double('two');")}`,
        'src/half.ts': comment.join('\n'),
        'docs/index.md': links,
        'docs/page.md': '# Page\n\n## The `run` word\n\n[up](../README.md), [here](#page)\n',
        'docs/lost.md': '# Lost',
      });
    });

    const problems = (part: RegExp): readonly string[] => result.stderr.split('\n').filter((line) => part.test(line));

    it('fails', () => {
      expect(result).toMatchObject({ status: 1, stdout: '' });
      expect(problems(/./)).toHaveLength(5);
    });

    it('refuses examples that do not compile, on a page or in a doc comment, and says where they are', () => {
      expect(problems(/ TS\d+: /)).toEqual([
        "README.md:5 TS2345: Argument of type 'string' is not assignable to parameter of type 'number'.",
        "src/half.ts:5 TS2304: Cannot find name 'half'.",
      ]);
    });

    it('refuses a link to a page or a heading that is not there, and takes one to a heading in code letters', () => {
      expect(problems(/ links to /)).toEqual([
        'docs/index.md links to page.md#nowhere, and there is no such heading',
        'docs/index.md links to none.md, and there is no such file',
      ]);
    });

    it('refuses a page that the index beside it does not list', () => {
      expect(problems(/does not list/)).toEqual(['docs/index.md does not list docs/lost.md']);
    });
  });

  it('refuses an @example without a block, which nothing could check', () => {
    const result = check({ 'src/half.ts': '/**\n * @example half(4)\n */\nexport {};' });

    expect(result).toMatchObject({
      status: 1,
      stderr: 'src/half.ts:1 the @example has no ```ts block, so nothing checks it',
    });
  });

  it('lets a block use and read the files of its page, and compares what it prints', () => {
    const page = [
      block('yaml file=config/app.yaml', 'port: 1'),
      block('ts file=settings.ts', 'export const limit = 3;'),
      block('ts run', "import { readFileSync } from 'node:fs';", ...printing),
      block('text output', 'port: 1', '6'),
    ];

    const result = check({ 'docs/page.md': page.join('') });

    expect(result).toEqual({ status: 0, stdout: '2 examples compile, 1 of them ran', stderr: '' });
  });

  it('refuses a block that stops with an error, or prints something else', () => {
    const result = check({
      'README.md': block('ts run', 'console.log(double(port));') + block('text output', '7'),
      'docs/page.md': block('ts run', "throw new Error('no way');"),
    });

    expect(result.status).toBe(1);
    expect(result.stderr).toMatch(/^README[.]md:2 prints something else than the page says:\n10864\n/);
    expect(result.stderr).toMatch(/^docs\/page[.]md:2 does not run: [\s\S]*Error: no way/m);
  });
});
