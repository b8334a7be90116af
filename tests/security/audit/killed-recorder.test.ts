import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { verifyAudit } from '../../../src/security/index.js';
import { PROOF_RUNS } from '../../proof-runs.js';
import { temporaryFolder } from '../../sources/file-fixtures.js';
import { keys, linesOf, writeLog } from './audit-folder.js';
import { USE } from './record-in-a-loop.js';

const KILLS = Math.ceil(PROOF_RUNS / 5);
const SCRIPT = join(process.cwd(), '.build/programs/security/audit/record-in-a-loop.js');

/** Lets a process record, kills it at a random moment after its first events, and gives how many it had on record. */
async function recordUntilKilled(folder: string, keyFile: string): Promise<number> {
  const child = spawn(process.execPath, [SCRIPT, folder, keyFile], { stdio: ['ignore', 'pipe', 'inherit'] });
  // With all that it has said.
  const exited = once(child, 'close');
  let told = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    if (told === '') setTimeout(() => child.kill('SIGKILL'), Math.random() * 50);
    told += text;
  });
  await exited;
  expect(child.signalCode).toBe('SIGKILL');
  return Number(told.split('\n').at(-2));
}

describe('a process that is killed while it records', () => {
  it(
    `leaves a log that has all it had told of, and that the next one goes on with: ${String(KILLS)} times`,
    async () => {
      const folder = join(await temporaryFolder(), 'audit');
      const keyFile = join(await temporaryFolder(), 'key.pem');
      await writeFile(keyFile, keys.privateKey.export({ format: 'pem', type: 'pkcs8' }));
      let before = 0;
      let untold = 0;
      let vouched = 0;
      // One kill has to come in the middle of a record, and one after a checkpoint, or nothing is shown: the luckless go on.
      for (let kill = 0; kill < KILLS || ((untold === 0 || vouched === 0) && kill < KILLS * 20); kill++) {
        const told = await recordUntilKilled(folder, keyFile);
        const { ok, lines, findings, checkpoints } = await verifyAudit(folder, { publicKey: keys.publicKey });
        expect([ok, findings]).toEqual([true, []]);
        vouched = checkpoints.vouchedSeq;
        expect(lines).toBeGreaterThanOrEqual(before + told);
        untold += lines - before - told;
        before = lines;
      }
      expect(untold).toBeGreaterThan(0);
      expect(JSON.parse((await linesOf(folder)).at(-1) ?? '')).toMatchObject(USE);
      await writeLog(folder, 1);
      const { ok, lines, checkpoints } = await verifyAudit(folder, { publicKey: keys.publicKey });
      expect([ok, lines]).toEqual([true, before + 1]);
      expect(vouched).toBeGreaterThan(0);
      expect(checkpoints.vouchedSeq).toBe(vouched);
    },
    300_000 + KILLS * 40_000,
  );
});
