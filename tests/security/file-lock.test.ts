import { once } from 'node:events';
import { spawn } from 'node:child_process';
import { readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { lockFile, removeLeftovers, whileLocked } from '../../src/security/files/index.js';
import { FakeClock } from '../runtime/fake-clock.js';
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
        `${file} is locked: ${name} is writing it.\n` +
        'Wait for that process, or end it. The lock of one that was killed is removed, on another machine after a minute.',
    });
    expect([await readdir(folder), await readFile(lock, 'utf8')]).toEqual([['.keys.json.lock'], holder()]);
  });

  it('removes the lock of another machine that has not been written to for a minute', async () => {
    const folder = await temporaryFolder({ '.keys.json.lock': `4711-0 ${NONCE} build-7` });
    const [file, lock] = [join(folder, 'keys.json'), join(folder, '.keys.json.lock')];
    const ago = (seconds: number): Date => new Date(Date.now() - seconds * 1000);
    await utimes(lock, ago(30), ago(30));
    expect(await caught(() => whileLocked(file, done, { patience: 0 }))).toMatchObject({ code: 'file-locked' });
    await utimes(lock, ago(61), ago(61));
    expect(await whileLocked(file, done, { patience: 0 })).toBe('done');
    expect(await readdir(folder)).toEqual([]);
  });

  it('writes to its lock as long as it holds it', async () => {
    const folder = await temporaryFolder();
    const path = join(folder, '.keys.json.lock');
    const clock = new FakeClock();
    const lock = await lockFile(join(folder, 'keys.json'), { clock });
    const past = new Date(Date.now() - 50_000);
    for (let beat = 0; beat < 3; beat++) {
      await utimes(path, past, past);
      clock.advance(10_000);
      while ((await stat(path)).mtimeMs <= past.getTime() + 1000) await nextTurn();
      while (clock.waiting === 0) await nextTurn();
    }
    expect(await lock.isHeld()).toBe(true);
    await lock.release();
    expect([await readdir(folder), clock.waiting]).toEqual([[], 0]);
  });

  it('knows when its lock has been taken away, and leaves the other one alone', async () => {
    const folder = await temporaryFolder();
    const path = join(folder, '.keys.json.lock');
    const lock = await lockFile(join(folder, 'keys.json'));
    await rm(path);
    expect(await lock.isHeld()).toBe(false);
    await writeFile(path, `4711-0 ${NONCE} build-7`);
    expect(await lock.isHeld()).toBe(false);
    await lock.release();
    expect(await readdir(folder)).toEqual(['.keys.json.lock']);
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
