import { execFileSync } from 'node:child_process';
import { chmod, mkdir, readdir, readFile, rm, stat, symlink, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { lastKnownGood } from '../../../src/runtime/index.js';
import { caught } from '../../sources/caught.js';
import { temporaryFolder } from '../../sources/file-fixtures.js';
import { FakeClock } from '../fake-clock.js';
import { someSnapshot } from './snapshots.js';

const file = (folder: string, number: number): string => join(folder, `last-known-good.${String(number)}.json`);
const saved = async (folder: string, count: number): Promise<void> => {
  for (let savedAt = 1; savedAt <= count; savedAt++) await lastKnownGood({ folder }).save(someSnapshot({ savedAt }));
};

describe('lastKnownGood', () => {
  it.each([
    [{ folder: '' }, 'lastKnownGood: folder must be the path of a file or folder; got an empty string.'],
    [{ folder: 'x', keep: 0 }, 'lastKnownGood: keep must be a whole number from 1 on; got 0.'],
    [{ folder: 'x', keep: 1.5 }, 'lastKnownGood: keep must be a whole number from 1 on; got 1.5.'],
  ])('refuses %j', (options, message) => {
    expect(() => lastKnownGood(options)).toThrow(new TypeError(message));
  });

  it('refuses a size that is none', () => {
    expect(() => lastKnownGood({ folder: 'x', maxSize: 'big' })).toThrow(
      /^lastKnownGood: maxSize must be a size with a unit, /,
    );
  });

  it('loads what was saved last, and says how old it is', async () => {
    const clock = new FakeClock();
    const cache = lastKnownGood({ folder: await temporaryFolder(), clock });
    await cache.save(someSnapshot({ savedAt: clock.now() - 10 }));
    const snapshot = someSnapshot({ savedAt: clock.now() });
    await cache.save(snapshot);
    clock.advance(5000);
    expect(await cache.load()).toEqual({ snapshot, savedAt: snapshot.savedAt, age: 5000, skipped: [] });
  });

  it('has nothing before anything was saved', async () => {
    expect(await lastKnownGood({ folder: join(await temporaryFolder(), 'absent') }).load()).toBeUndefined();
  });

  it('makes a folder that nobody else may enter, and files that nobody else may read', async () => {
    const folder = join(await temporaryFolder(), 'made');
    await saved(folder, 1);
    expect((await stat(folder)).mode & 0o777).toBe(0o700);
    expect((await stat(file(folder, 1))).mode & 0o777).toBe(0o600);
  });

  it('keeps three, the newest', async () => {
    const folder = await temporaryFolder();
    await saved(folder, 5);
    expect((await readdir(folder)).sort()).toEqual([3, 4, 5].map((number) => `last-known-good.${String(number)}.json`));
  });

  it('counts on past nine', async () => {
    const folder = await temporaryFolder();
    await saved(folder, 11);
    expect((await lastKnownGood({ folder }).load())?.savedAt).toBe(11);
  });

  it.each([
    ['cut off', (text: string) => text.slice(0, text.length / 2)],
    ['empty', () => ''],
    ['changed', (text: string) => text.replace('"a":1', '"a":2')],
  ])('passes over a file that is %s', async (_, damage) => {
    const folder = await temporaryFolder();
    await saved(folder, 3);
    await writeFile(file(folder, 3), damage(await readFile(file(folder, 3), 'utf8')));
    expect(await lastKnownGood({ folder }).load()).toMatchObject({ savedAt: 2, skipped: [file(folder, 3)] });
  });

  it('has nothing when all are damaged', async () => {
    const folder = await temporaryFolder();
    await saved(folder, 2);
    for (const number of [1, 2]) await writeFile(file(folder, number), '{}');
    expect(await lastKnownGood({ folder }).load()).toBeUndefined();
  });

  it('passes over what is no file of its own: a folder, a link, a pipe', async () => {
    const folder = await temporaryFolder();
    await saved(folder, 1);
    await mkdir(file(folder, 2));
    await symlink(file(folder, 1), file(folder, 3));
    execFileSync('mkfifo', [file(folder, 4)]);
    expect(await lastKnownGood({ folder }).load()).toMatchObject({
      savedAt: 1,
      skipped: [4, 3, 2].map((number) => file(folder, number)),
    });
  });

  it('passes over snapshots for other selectors', async () => {
    const folder = await temporaryFolder();
    const cache = lastKnownGood({ folder });
    await cache.save(someSnapshot({ savedAt: 1 }));
    await cache.save(someSnapshot({ savedAt: 2, selectors: { environment: 'test', region: 'eu' } }));
    await cache.save(someSnapshot({ savedAt: 3, selectors: { environment: 'production' } }));
    expect((await cache.load({ environment: 'test' }))?.savedAt).toBe(1);
    expect((await cache.load({ environment: 'test', region: 'eu' }))?.savedAt).toBe(2);
    expect(await cache.load({ environment: 'development' })).toBeUndefined();
  });

  it('writes one after the other', async () => {
    const folder = await temporaryFolder();
    const cache = lastKnownGood({ folder, keep: 20 });
    const times = Array.from({ length: 10 }, (_, index) => index + 1);
    await Promise.all(times.map(async (savedAt) => cache.save(someSnapshot({ savedAt }))));
    expect(await readdir(folder)).toHaveLength(10);
    expect((await cache.load())?.savedAt).toBe(10);
  });

  it('refuses a snapshot that is too large, and keeps the one before', async () => {
    const cache = lastKnownGood({ folder: await temporaryFolder(), maxSize: '2KiB' });
    await cache.save(someSnapshot());
    const error = await caught(async () => cache.save(someSnapshot({}, { a: 'x'.repeat(3000) })));
    expect(error.code).toBe('last-known-good-too-large');
    expect(error.message).toMatch(
      /^The snapshot of 3\d{3} bytes is larger than the 2048 bytes allowed\.\nRaise the option/,
    );
    expect((await cache.load())?.savedAt).toBe(1000);
  });

  it('does not read a file that is too large', async () => {
    const folder = await temporaryFolder();
    await lastKnownGood({ folder }).save(someSnapshot({}, { a: 'x'.repeat(3000) }));
    expect(await lastKnownGood({ folder, maxSize: '2KiB' }).load()).toBeUndefined();
  });

  it('says why it cannot write, leaves nothing behind, and can write later', async () => {
    const folder = join(await temporaryFolder(), 'blocked');
    await writeFile(folder, '');
    const cache = lastKnownGood({ folder });
    const error = await caught(async () => cache.save(someSnapshot()));
    expect(error.code).toBe('last-known-good-not-saved');
    expect(error.message).toContain(`No snapshot can be written to ${folder}: the operating system answers EEXIST.`);
    await rm(folder);
    await cache.save(someSnapshot());
    expect((await cache.load())?.savedAt).toBe(1000);
  });

  it('says why it cannot read', async () => {
    const folder = join(await temporaryFolder(), 'file');
    await writeFile(folder, '');
    const error = await caught(async () => lastKnownGood({ folder }).load());
    expect(error.code).toBe('last-known-good-unreadable');
    expect(error.message).toContain(`The folder ${folder} cannot be read: the operating system answers ENOTDIR.`);
  });

  it('removes what a killed process has left, and nothing that may still be written or is not its own', async () => {
    const folder = await temporaryFolder({
      '.last-known-good.0a.tmp': 'old',
      '.last-known-good.0b.tmp': 'new',
      '.other.tmp': 'old',
    });
    const old = new Date(Date.now() - 120_000);
    for (const name of ['.last-known-good.0a.tmp', '.other.tmp']) await utimes(join(folder, name), old, old);
    await saved(folder, 1);
    expect((await readdir(folder)).sort()).toEqual(['.last-known-good.0b.tmp', '.other.tmp', 'last-known-good.1.json']);
  });

  it('leaves the mode of a folder that was there alone', async () => {
    const folder = await temporaryFolder();
    await chmod(folder, 0o750);
    await saved(folder, 1);
    expect((await stat(folder)).mode & 0o777).toBe(0o750);
  });
});
