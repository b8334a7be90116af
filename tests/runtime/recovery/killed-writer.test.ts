import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { lastKnownGood } from '../../../src/runtime/index.js';
import { PROOF_RUNS } from '../../proof-runs.js';
import { temporaryFolder } from '../../sources/file-fixtures.js';
import { expectedSnapshot } from './save-in-a-loop.js';

const KILLS = Math.ceil(PROOF_RUNS / 5);
const SCRIPT = join(process.cwd(), '.build/programs/runtime/recovery/save-in-a-loop.js');

/** Lets a process save, kills it at a random moment after its first save, and gives the last one that it had done. */
async function saveUntilKilled(folder: string, first: number): Promise<number> {
  const child = spawn(process.execPath, [SCRIPT, folder, String(first)], { stdio: ['ignore', 'pipe', 'inherit'] });
  // With all that it has said.
  const exited = once(child, 'close');
  let told = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    if (told === '') setTimeout(() => child.kill('SIGKILL'), Math.random() * 25);
    told += text;
  });
  await exited;
  expect(child.signalCode).toBe('SIGKILL');
  return Number(told.split('\n').at(-2));
}

describe('a process that is killed while it saves', () => {
  it(
    `leaves a whole snapshot behind, never a mix: ${String(KILLS)} times`,
    async () => {
      const folder = await temporaryFolder();
      let last = 0;
      let torn = 0;
      // At least one has to fall into the middle of a write, or nothing is shown: the luckless go on.
      for (let kill = 0; kill < KILLS || (torn === 0 && kill < KILLS * 20); kill++) {
        last = await saveUntilKilled(folder, last + 1);
        const loaded = await lastKnownGood({ folder }).load();
        if (loaded === undefined) throw new Error('nothing could be loaded');
        expect(loaded.snapshot).toEqual(expectedSnapshot(loaded.savedAt));
        // What was reported as saved is on the disk; one more may be, of which the process could not tell any more.
        expect([last, last + 1]).toContain(loaded.savedAt);
        expect(loaded.skipped).toEqual([]);
        const names = await readdir(folder);
        torn += names.filter((name) => name.endsWith('.tmp')).length;
        expect(names.filter((name) => name.endsWith('.json')).length).toBeLessThanOrEqual(4);
        last = loaded.savedAt;
      }
      expect(torn).toBeGreaterThan(0);
    },
    300_000 + KILLS * 20_000,
  );
});
