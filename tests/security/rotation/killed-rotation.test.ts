import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { generateKeyset, Keyset, rotateKey, scopeHash, type KeysetDocument } from '../../../src/keys.js';
import { PROOF_RUNS } from '../../proof-runs.js';
import { temporaryFolder } from '../../sources/file-fixtures.js';
import { tokensIn } from './rotating.js';

const KILLS = Math.ceil(PROOF_RUNS / 10);
// All of them in the proof; fewer are as good to be killed among.
const VALUES = PROOF_RUNS > 20 ? 10_000 : 1_000;
const FILES = 4;
const SCRIPT = join(process.cwd(), '.build/programs/security/rotation/rotate-until-killed.js');

const scopes = Array.from({ length: VALUES }, (_, index) =>
  scopeHash({ app: 'orders', path: `values.v${String(index)}` }),
);

interface World {
  readonly folder: string;
  readonly keys: string;
  readonly files: readonly string[];
}

async function newWorld(document: KeysetDocument): Promise<World> {
  const folder = await temporaryFolder();
  const keyset = Keyset.of(document);
  const lines = scopes.map((scope, index) => {
    return `  v${String(index)}: '${keyset.encrypt(Buffer.from(`value ${String(index)}`), scope)}' # keep me\n`;
  });
  const files = Array.from({ length: FILES }, (_, part) => join(folder, `app${String(part)}.yaml`));
  for (const [part, file] of files.entries()) {
    await writeFile(file, `values:\n${lines.slice((part * VALUES) / FILES, ((part + 1) * VALUES) / FILES).join('')}`);
  }
  const keys = join(folder, 'keys.json');
  await writeFile(keys, document.toText(), { mode: 0o600 });
  return { folder, keys, files };
}

/** Rotates in a process of its own, which is killed after some milliseconds unless it is done before; what it said last. */
async function rotate({ keys, files }: World, killAfter?: number): Promise<string> {
  const child = spawn(process.execPath, [SCRIPT, keys, ...files], { stdio: ['ignore', 'pipe', 'inherit'] });
  // With all that it has said.
  const exited = once(child, 'close');
  let told = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    if (told === '' && killAfter !== undefined) setTimeout(() => child.kill('SIGKILL'), killAfter);
    told += text;
  });
  await exited;
  return child.signalCode === 'SIGKILL' ? 'killed' : (told.trimEnd().split('\n').at(-1) ?? '');
}

/** Opens every value in the files; fails unless all are there, each in its place. Gives the keys that they are under. */
async function readEverything({ files }: World, keyset: Keyset): Promise<ReadonlyMap<string, number>> {
  const used = new Map<string, number>();
  let index = 0;
  for (const file of files) {
    const text = await readFile(file, 'utf8');
    const kids = new Set<string>();
    for (const token of tokensIn(text)) {
      const { bytes, kid } = keyset.open(token, [scopes[index] ?? '']);
      if (bytes.toString('utf8') !== `value ${String(index)}`) throw new Error(`value ${String(index)} is another one`);
      kids.add(kid);
      used.set(kid, (used.get(kid) ?? 0) + 1);
      index++;
    }
    // A file is the old one or the new one.
    expect(kids.size).toBe(1);
    expect(text.split('# keep me\n')).toHaveLength(VALUES / FILES + 1);
  }
  expect(index).toBe(VALUES);
  return used;
}

/** The names in the folder; a lock whose process was killed stays until somebody wants it. */
async function leftIn({ folder }: World): Promise<readonly string[]> {
  return (await readdir(folder)).filter((name) => !name.endsWith('.lock')).sort();
}

describe('two rotations of the same files at once', () => {
  it(
    `lose nothing when one of them is killed, and the next one ends them: ${String(KILLS)} times`,
    async () => {
      let document = generateKeyset('orders', { uses: ['encrypt'] });
      const world = await newWorld(document);
      let killed = 0;
      for (let round = 0; killed < KILLS && round < KILLS * 20; round++) {
        document = rotateKey(document, 'encrypt');
        await writeFile(world.keys, document.toText());
        const keyset = Keyset.of(document);
        const ends = await Promise.all([rotate(world), rotate(world, Math.random() * (VALUES / 40))]);
        if (ends.includes('killed')) killed++;
        await readEverything(world, keyset);
        expect(await rotate(world)).toBe('complete');
        const primary = keyset.keys.find(({ state }) => state === 'primary')?.kid ?? '';
        expect([...(await readEverything(world, keyset))]).toEqual([[primary, VALUES]]);
        expect(await leftIn(world)).toEqual(['app0.yaml', 'app1.yaml', 'app2.yaml', 'app3.yaml', 'keys.json']);
      }
      expect(killed).toBeGreaterThan(0);
    },
    300_000 + KILLS * 20_000,
  );
});

describe(`a rotation of ${String(VALUES)} values that is killed`, () => {
  it(
    `loses nothing, keeps every value readable, and is resumed to the end: ${String(KILLS)} times`,
    async () => {
      let document = generateKeyset('orders', { uses: ['encrypt'] });
      const world = await newWorld(document);
      // How long it takes on this machine, so that the kills fall into the whole of it.
      document = rotateKey(document, 'encrypt');
      await writeFile(world.keys, document.toText());
      const began = performance.now();
      expect(await rotate(world)).toBe('complete');
      const whole = performance.now() - began;

      let [killed, between, torn] = [0, 0, 0];
      // At least one has to fall into the middle of a rotation, or nothing is shown: the luckless go on.
      const isWanted = (): boolean => killed < KILLS || (between + torn === 0 && killed < KILLS * 20);
      while (isWanted()) {
        document = rotateKey(document, 'encrypt');
        await writeFile(world.keys, document.toText());
        const keyset = Keyset.of(document);
        const primary = keyset.keys.find(({ state }) => state === 'primary')?.kid ?? '';
        for (;;) {
          const reading = { on: true };
          const reader = (async (): Promise<void> => {
            while (reading.on) await readEverything(world, keyset);
          })();
          const end = await rotate(world, Math.random() * whole * 0.6);
          reading.on = false;
          await reader;
          const used = await readEverything(world, keyset);
          if (used.size > 1) between++;
          if ((await readdir(world.folder)).some((name) => name.endsWith('.tmp'))) torn++;
          if (end === 'killed' && isWanted()) killed++;
          else break;
        }
        expect(await rotate(world)).toBe('complete');
        expect([...(await readEverything(world, keyset))]).toEqual([[primary, VALUES]]);
        expect(await leftIn(world)).toEqual(['app0.yaml', 'app1.yaml', 'app2.yaml', 'app3.yaml', 'keys.json']);
      }
      expect(between + torn).toBeGreaterThan(0);
    },
    300_000 + KILLS * 20_000,
  );
});
