import { once } from 'node:events';
import { spawn } from 'node:child_process';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { removeLeftovers, whileLocked } from '../../src/security/files/index.js';
import { caught } from '../sources/caught.js';
import { temporaryFolder } from '../sources/file-fixtures.js';

/** The number of a process that has ended. */
async function endedProcess(): Promise<number> {
  const child = spawn(process.execPath, ['-e', ''], { stdio: 'ignore' });
  await once(child, 'exit');
  return child.pid ?? 0;
}

const done = (): Promise<string> => Promise.resolve('done');
const NONCE = '0123456789abcdef';

describe('whileLocked', () => {
  it('lets one at a time work on a file, and leaves nothing behind', async () => {
    const folder = await temporaryFolder();
    let [inside, most] = [0, 0];
    const turns = Array.from({ length: 20 }, async () =>
      whileLocked(join(folder, 'keys.json'), async () => {
        most = Math.max(most, ++inside);
        await readdir(folder);
        inside--;
      }),
    );
    await Promise.all(turns);
    expect([most, await readdir(folder)]).toEqual([1, []]);
  });

  it('releases the lock when the work fails', async () => {
    const file = join(await temporaryFolder(), 'keys.json');
    await expect(whileLocked(file, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(await whileLocked(file, done, { patience: 0 })).toBe('done');
  });

  it('removes the lock of a process that was killed, however many find it at once', async () => {
    const folder = await temporaryFolder();
    const gone = `${String(await endedProcess())}-0 ${NONCE} ${hostname()}`;
    await writeFile(join(folder, '.keys.json.lock'), gone);
    // Killed while it removed such a lock.
    await writeFile(join(folder, '.keys.json.lock.lock'), gone);
    let [inside, most] = [0, 0];
    const turns = Array.from({ length: 20 }, async () =>
      whileLocked(join(folder, 'keys.json'), async () => {
        most = Math.max(most, ++inside);
        await readdir(folder);
        inside--;
      }),
    );
    await Promise.all(turns);
    expect([most, await readdir(folder)]).toEqual([1, []]);
  });

  it('removes the lock of a process of the same number that ran before this one', async () => {
    const folder = await temporaryFolder();
    const before = `${String(process.pid)}-0 ${NONCE} ${hostname()}`;
    await writeFile(join(folder, '.keys.json.lock'), before);
    expect(await whileLocked(join(folder, 'keys.json'), done, { patience: 0 })).toBe('done');
  });

  it.each([
    [
      'that runs',
      () => `${String(process.ppid)}-0 ${NONCE} ${hostname()}`,
      `process ${String(process.ppid)} on ${hostname()}`,
    ],
    ['of another machine', () => `4711-0 ${NONCE} build-7`, 'process 4711 on build-7'],
    ['that nobody can tell', () => 'garbage\u001b[31m', 'process ? on ?'],
  ])('keeps the lock of a process %s, and says whose it is', async (_, holder, name) => {
    const folder = await temporaryFolder();
    const [file, lock] = [join(folder, 'keys.json'), join(folder, '.keys.json.lock')];
    await writeFile(lock, holder());
    expect(await caught(() => whileLocked(file, done, { patience: 0 }))).toMatchObject({
      code: 'file-locked',
      message:
        `${file} is locked: ${name} is changing it.\n` +
        `Wait for that process, or end it. If it no longer runs there, remove ${lock}.`,
    });
    expect([await readdir(folder), await readFile(lock, 'utf8')]).toEqual([['.keys.json.lock'], holder()]);
  });

  it('waits as long as it is told to, by its clock', async () => {
    const folder = await temporaryFolder({ '.keys.json.lock': `4711-0 ${NONCE} build-7` });
    let [time, waits] = [0, 0];
    const clock = {
      now: () => time,
      monotonic: () => time,
      after: (milliseconds: number, callback: () => void) => {
        time += milliseconds;
        waits++;
        setImmediate(callback);
        return () => undefined;
      },
    };
    const attempt = whileLocked(join(folder, 'keys.json'), done, { patience: 100, clock });
    expect(await caught(() => attempt)).toMatchObject({ code: 'file-locked' });
    expect([time, waits]).toEqual([100, 5]);
  });
});

describe('removeLeftovers', () => {
  it('removes what processes left that have ended, locks in the making included', async () => {
    const ended = String(await endedProcess());
    const gone = [
      `.keys.json.${ended}-0-${NONCE}.uno-config.tmp`,
      `.keys.json.lock.${ended}-0-${NONCE}.uno-config.tmp`,
      `.keys.json.lock.lock.${ended}-0-${NONCE}.uno-config.tmp`,
    ];
    const others = [
      `.keys.json.${String(process.ppid)}-0-${NONCE}.uno-config.tmp`,
      `.keys.json.mine.uno-config.tmp`,
      `.other.json.${ended}-0-${NONCE}.uno-config.tmp`,
      'keys.json',
    ];
    const folder = await temporaryFolder(Object.fromEntries([...gone, ...others].map((name) => [name, ''])));
    await removeLeftovers(join(folder, 'keys.json'));
    expect((await readdir(folder)).sort()).toEqual(others.sort());
  });
});
