import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';

const scripts = resolve(import.meta.dirname, '../../scripts/docs');
const fence = '```';

const block = (info: string, ...lines: string[]): string => [fence + info, ...lines, fence, ''].join('\n');

interface Followed {
  readonly problems: readonly string[];
  readonly counts: Readonly<Record<string, number>>;
  readonly skipped: readonly string[];
}

let folder: string;
let follower: ChildProcess;

/** Follows pages without TypeScript; the scripts are JavaScript, so they run in a process of their own. */
const program = `
  import { markdownBlocks } from ${JSON.stringify(join(scripts, 'blocks.js'))};
  import { followPage } from ${JSON.stringify(join(scripts, 'follow-page.js'))};
  process.on('message', async ({ text, folder }) => {
    const follow = async () => followPage(markdownBlocks(text, 'page.md'), new Map(), { folder, commands: true });
    process.send(await follow().catch(({ message }) => message));
  });`;

beforeAll(() => {
  const words = ['--input-type=module', '-e', program];
  follower = spawn(process.execPath, words, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
});

afterAll(async () => {
  const ended = once(follower, 'exit');
  follower.disconnect();
  await ended;
});

beforeEach(() => {
  folder = join(mkdtempSync(join(tmpdir(), 'uno-page-')), 'page');
});

afterEach(() => {
  rmSync(resolve(folder, '..'), { recursive: true, force: true });
});

async function follow(...page: string[]): Promise<Followed> {
  const answer = once(follower, 'message');
  follower.send({ text: page.join('\n'), folder });
  // What the program above has sent.
  const [result] = (await answer) as [Followed | string];
  if (typeof result === 'string') throw new Error(result);
  return result;
}

describe('following a page', () => {
  it('writes files and runs commands in order, each in the folder and with the variables that the ones before left', async () => {
    const result = await follow(
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

  it('stops at a command that fails or prints something else, and says where it is', async () => {
    const fails = await follow(block('sh', 'echo before', 'false', 'touch after'), block('sh', 'touch later'));
    expect(fails.problems).toEqual(['page.md:2 does not run: before']);
    expect(existsSync(join(folder, 'after'))).toBe(false);
    expect(existsSync(join(folder, 'later'))).toBe(false);

    const differs = await follow(block('console', '$ echo one', 'one', '$ echo two', 'three'));
    expect(differs.problems).toEqual(['page.md:4 prints something else than the page says:\ntwo']);
  });

  it('lets a transcript show a command that fails', async () => {
    const { problems } = await follow(block('console', '$ ls missing || echo sorry >&2; false', '…', 'sorry'));
    expect(problems).toEqual([]);
  });

  it('knows that times and key ids are those of the run, and uses these ids in later commands', async () => {
    const result = await follow(
      block('sh', "echo 'orders/AAAAaaaa11112222 2026-11-25T08:30:00.120Z' > key"),
      block('console', '$ cat key', 'orders/mPq0vKx3Zt7cRb1D 2026-01-01T00:00:00Z'),
      block('console', '$ grep -c orders/mPq0vKx3Zt7cRb1D key', '1'),
      block('console', '$ cat key', 'orders/mPq0vKx3Zt7cRb1D …'),
      block('console', '$ sed s/1/3/ key', 'orders/mPq0vKx3Zt7cRb1D …'),
    );

    expect(result.problems).toEqual([expect.stringMatching(/^page[.]md:21 prints something else/)]);
  });

  it('keeps a server until the page ends, and goes on when it has printed what the page shows', async () => {
    const serve = `require('node:http').createServer().listen(0, () => console.log('ready'))`;
    const result = await follow(
      block('sh serves', `echo $$ > pid; exec node -e "${serve}"`),
      block('text output', 'ready'),
      block('console', '$ kill -0 $(cat pid) && echo alive', 'alive'),
    );

    expect(result.problems).toEqual([]);
    const pid = Number(readFileSync(join(folder, 'pid'), 'utf8'));
    expect(() => process.kill(pid, 0)).toThrow(/ESRCH/);
  });

  it('lists what it skips, with what that would need', async () => {
    const result = await follow(block('sh skip="a Vault server"', 'exit 1'));

    expect(result).toMatchObject({ problems: [], skipped: ['page.md:1 needs a Vault server'] });
  });

  it('refuses words after a language that it does not know', async () => {
    await expect(follow(block('sh skipp="a server"'))).rejects.toThrow('page.md:1 ```sh knows serves, skip, not skipp');
  });
});
