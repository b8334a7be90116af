import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { PROOF_RUNS } from '../../proof-runs.js';
import { folderWith, removeFolder } from '../fake-io.js';
import { documentOf } from './migrate-in-a-loop.js';

const KILLS = Math.ceil(PROOF_RUNS / 10);
const COUNT = 12;
const SCRIPT = join(process.cwd(), '.build/programs/cli/migrate/migrate-in-a-loop.js');

/** Lets a process migrate a folder; kills it at a random moment after its first file, when it is told to. */
async function migrate(folder: string, isKilled: boolean): Promise<NodeJS.Signals | null> {
  const child = spawn(process.execPath, [SCRIPT, folder, String(COUNT)], { stdio: ['ignore', 'pipe', 'inherit'] });
  const exited = once(child, 'exit');
  child.stdout.once('data', () => {
    if (isKilled) setTimeout(() => child.kill('SIGKILL'), Math.random() * 60);
  });
  child.stdout.resume();
  await exited;
  return child.signalCode;
}

describe('a migration that is killed with SIGKILL', () => {
  it(
    `leaves each file as it was or as it will be, and goes on where it stopped: ${String(KILLS)} times`,
    async () => {
      const [before, after] = [documentOf(1), documentOf(2)];
      const files = Object.fromEntries(Array.from({ length: COUNT }, (_, at) => [`${String(at)}.yaml`, before]));
      for (let kill = 0; kill < KILLS; kill++) {
        const folder = await folderWith(files);
        await migrate(folder, true);
        for (const name of Object.keys(files)) {
          const text = await readFile(join(folder, name), 'utf8');
          expect(text === before || text === after).toBe(true);
        }
        expect(await migrate(folder, false)).toBeNull();
        for (const name of Object.keys(files)) expect(await readFile(join(folder, name), 'utf8')).toBe(after);
        // What the killed process left beside a file goes with the next replacement of that file.
        expect((await readdir(folder)).filter((name) => name.endsWith('.yaml'))).toHaveLength(COUNT);
        await removeFolder(folder);
      }
    },
    300_000 + KILLS * 20_000,
  );
});
