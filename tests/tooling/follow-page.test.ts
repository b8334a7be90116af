import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

const scripts = resolve(import.meta.dirname, '../../scripts/docs');
const fence = '```';

const block = (info: string, ...lines: string[]): string => [fence + info, ...lines, fence, ''].join('\n');

interface Followed {
  readonly problems: readonly string[];
  readonly counts: Readonly<Record<string, number>>;
  readonly skipped: readonly string[];
}

let folder: string;

beforeEach(() => {
  folder = join(mkdtempSync(join(tmpdir(), 'uno-page-')), 'page');
});

afterEach(() => {
  rmSync(resolve(folder, '..'), { recursive: true, force: true });
});

/** Follows a page without TypeScript; the scripts are JavaScript, so they run in a process of their own. */
function follow(...page: string[]): Followed {
  const program = `
    import { markdownBlocks } from ${JSON.stringify(join(scripts, 'blocks.js'))};
    import { followPage } from ${JSON.stringify(join(scripts, 'follow-page.js'))};
    const [text, folder] = process.argv.slice(1);
    const result = await followPage(markdownBlocks(text, 'page.md'), new Map(), { folder, commands: true });
    console.log(JSON.stringify(result));`;
  const words = ['--input-type=module', '-e', program, page.join('\n'), folder];
  const { stdout, stderr } = spawnSync(process.execPath, words, { encoding: 'utf8' });
  if (stdout === '') throw new Error(stderr);
  // What the program above has printed.
  return JSON.parse(stdout) as Followed;
}

describe('following a page', () => {
  it('writes files and runs commands in order, each in the folder and with the variables that the ones before left', () => {
    const result = follow(
      block('yaml file=app.yaml', 'port: 1'),
      block('sh', 'mkdir service && cd service', 'export GREETING=hello'),
      block('yaml file=app.yaml', 'port: 2'),
      block('console', '$ cat app.yaml ../app.yaml', 'port: 2', 'port: 1', '$ echo $GREETING', 'hello'),
      block('yaml file=app.yaml', 'host: db'),
      block('sh', 'cat app.yaml'),
      block('text output', 'port: 2', 'host: db'),
      block('yaml file=app.yaml replace', 'port: 3'),
    );

    expect(result.problems).toEqual([]);
    expect(result.counts).toMatchObject({ files: 3, commands: 4, compared: 3 });
    expect(readFileSync(join(folder, 'service/app.yaml'), 'utf8')).toBe('port: 3\n');
  });

  it('stops at a command that fails or prints something else, and says where it is', () => {
    const fails = follow(block('sh', 'echo before', 'false', 'touch after'), block('sh', 'touch later'));
    expect(fails.problems).toEqual(['page.md:2 does not run: before']);
    expect(existsSync(join(folder, 'after'))).toBe(false);
    expect(existsSync(join(folder, 'later'))).toBe(false);

    const differs = follow(block('console', '$ echo one', 'one', '$ echo two', 'three'));
    expect(differs.problems).toEqual(['page.md:4 prints something else than the page says:\ntwo']);
  });

  it('lets a transcript show a command that fails', () => {
    expect(follow(block('console', '$ ls missing || echo sorry >&2; false', '…', 'sorry')).problems).toEqual([]);
  });

  it('knows that times and key ids are those of the run, and uses these ids in later commands', () => {
    const result = follow(
      block('sh', "echo 'orders/AAAAaaaa11112222 2026-11-25T08:30:00.120Z' > key"),
      block('console', '$ cat key', 'orders/mPq0vKx3Zt7cRb1D 2026-01-01T00:00:00Z'),
      block('console', '$ grep -c orders/mPq0vKx3Zt7cRb1D key', '1'),
      block('console', '$ cat key', 'orders/mPq0vKx3Zt7cRb1D …'),
      block('console', '$ sed s/1/3/ key', 'orders/mPq0vKx3Zt7cRb1D …'),
    );

    expect(result.problems).toEqual([expect.stringMatching(/^page[.]md:21 prints something else/)]);
  });

  it('keeps a server until the page ends, and goes on when it has printed what the page shows', () => {
    const serve = `require('node:http').createServer().listen(0, () => console.log('ready'))`;
    const result = follow(
      block('sh serves', `echo $$ > pid; exec node -e "${serve}"`),
      block('text output', 'ready'),
      block('console', '$ kill -0 $(cat pid) && echo alive', 'alive'),
    );

    expect(result.problems).toEqual([]);
    const pid = Number(readFileSync(join(folder, 'pid'), 'utf8'));
    expect(() => process.kill(pid, 0)).toThrow(/ESRCH/);
  });

  it('lists what it skips, with what that would need', () => {
    const result = follow(block('sh skip="a Vault server"', 'exit 1'));

    expect(result).toMatchObject({ problems: [], skipped: ['page.md:1 needs a Vault server'] });
  });

  it('refuses words after a language that it does not know', () => {
    expect(() => follow(block('sh skipp="a server"'))).toThrow('page.md:1 ```sh knows serves, skip, not skipp');
  });
});
