import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { createKeyset, generateKeyset, Keyset, KeysetDocument, scopeHash } from '../../../src/keys.js';
import { PROOF_RUNS } from '../../proof-runs.js';
import { programIn, projectWith } from '../installed-copy.js';

const ROUNDS = Math.ceil(PROOF_RUNS / 10);
const VALUES = 500;

const cfg = scopeHash({ app: 'orders' });

interface Ended {
  readonly code: number | null;
  readonly killed: boolean;
  readonly told: string;
}

/** Runs the command line in a process of its own; killed so many milliseconds after it was started, if at all. */
async function command(folder: string, words: readonly string[], killAfter?: number): Promise<Ended> {
  const child = spawn(process.execPath, [programIn(folder), ...words], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let told = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => (told += text));
  const timer = killAfter === undefined ? undefined : setTimeout(() => child.kill('SIGKILL'), killAfter);
  await once(child, 'close');
  clearTimeout(timer);
  return { code: child.exitCode, killed: child.signalCode === 'SIGKILL', told };
}

/** The keys that the values are under; fails unless every value opens with the keys that are on the disk. */
async function readEverything(folder: string): Promise<ReadonlySet<string>> {
  const keyset = Keyset.of(KeysetDocument.parse(await readFile(join(folder, 'keys.json'))));
  const kids = new Set<string>();
  for (const file of ['a.yaml', 'b.yaml']) {
    const tokens = (await readFile(join(folder, 'config', file), 'utf8')).match(/\{jwe\}[\w.-]+/g) ?? [];
    const opened = tokens.map((token) => {
      const { bytes, kid } = keyset.open(token, [cfg]);
      kids.add(kid);
      return bytes.toString('utf8');
    });
    expect(opened).toEqual(Array.from({ length: VALUES }, (_, index) => `${file} ${String(index)}`));
  }
  return kids;
}

async function newWorld(): Promise<string> {
  const folder = await projectWith({});
  const document = generateKeyset('orders', { uses: ['encrypt'] });
  await createKeyset(join(folder, 'keys.json'), document);
  await mkdir(join(folder, 'config'));
  const keyset = Keyset.of(document);
  for (const file of ['a.yaml', 'b.yaml']) {
    const lines = Array.from({ length: VALUES }, (_, index) => {
      return `v${String(index)}: '${keyset.encrypt(Buffer.from(`${file} ${String(index)}`), cfg)}'\n`;
    });
    await writeFile(join(folder, 'config', file), lines.join(''));
  }
  return folder;
}

const ROTATE = ['keys', 'rotate', 'keys.json', 'config'];

describe('keys rotate, twice at once', () => {
  it('does one after the other, and no key and no value is lost', async () => {
    const folder = await newWorld();
    const ended = await Promise.all([command(folder, ROTATE), command(folder, ROTATE)]);
    // The second waits for the first; on a busy machine it may be told that it waits in vain, and has changed nothing then.
    const inVain = ended.filter(({ code, told }) => code === 2 && told.includes('is locked: process'));
    const done = ended.filter(({ code }) => code === 0).length;
    expect(done + inVain.length).toBe(2);
    expect(done).toBeGreaterThan(0);
    const { keys } = KeysetDocument.parse(await readFile(join(folder, 'keys.json')));
    expect(keys.map(({ state }) => state)).toEqual([...Array.from({ length: done }, () => 'active'), 'primary']);
    expect([...(await readEverything(folder))]).toEqual([keys.at(-1)?.kid]);
    expect([await readdir(folder), await readdir(join(folder, 'config'))]).toEqual([
      ['config', 'keys.json', 'node_modules'],
      ['a.yaml', 'b.yaml'],
    ]);
  });

  it(
    `keeps every value readable with kill -9 in the middle: ${String(ROUNDS)} times`,
    async () => {
      const folder = await newWorld();
      const began = performance.now();
      await command(folder, ROTATE);
      let whole = performance.now() - began;
      let killed = 0;
      for (let round = 0; killed < ROUNDS && round < ROUNDS * 20; round++) {
        const ended = await Promise.all([
          command(folder, ROTATE, whole * (0.5 + Math.random())),
          command(folder, ROTATE),
        ]);
        const kills = ended.filter((each) => each.killed).length;
        // The machine may have had more to do when it was measured.
        if (kills === 0) whole *= 0.8;
        killed += kills;
        await readEverything(folder);
      }
      expect(killed).toBeGreaterThanOrEqual(ROUNDS);
      const { code, told } = await command(folder, [...ROTATE, '--continue']);
      expect([code, told]).toEqual([0, expect.stringContaining('No value is left under an older key.')]);
      expect((await readEverything(folder)).size).toBe(1);
      expect([await readdir(folder), await readdir(join(folder, 'config'))]).toEqual([
        ['config', 'keys.json', 'node_modules'],
        ['a.yaml', 'b.yaml'],
      ]);
    },
    300_000 + ROUNDS * 20_000,
  );
});
