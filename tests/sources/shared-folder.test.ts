import { type FSWatcher, watch } from 'node:fs';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import {
  joinFolder,
  type FolderMeans,
  type FolderPlace,
  type OpenWatcher,
} from '../../src/sources/watch/shared-folder.js';
import { FakeClock } from '../runtime/fake-clock.js';
import { temporaryFolder } from './file-fixtures.js';

const places: FolderPlace[] = [];

afterEach(() => {
  for (const place of places.splice(0)) place.leave();
});

const INTERVAL = 500;

/** The operating system's watchers, and how many of them there are. */
function counted() {
  const watchers: FSWatcher[] = [];
  let closed = 0;
  const open: OpenWatcher = (...args) => {
    const watcher = watch(...args);
    watchers.push(watcher);
    watcher.on('close', () => closed++);
    return watcher;
  };
  const clock = new FakeClock();
  const means: FolderMeans = { open, clock, pollInterval: INTERVAL };
  return { clock, means, opened: () => watchers.length, living: () => watchers.length - closed };
}

/** Somebody who listens to a folder. */
function listener(
  path: string,
  means: FolderMeans,
  names: readonly string[],
  tests: readonly ((name: string) => boolean)[] = [],
) {
  const heard = { hints: 0, ends: 0 };
  let wake: () => void = () => undefined;
  const place = joinFolder(
    path,
    means,
    { names: new Set(names), tests },
    {
      hint: () => {
        heard.hints++;
        wake();
      },
      ended: () => {
        heard.ends++;
        wake();
      },
    },
  );
  places.push(place);
  const called = async (): Promise<void> => new Promise((resolve) => (wake = resolve));
  return { heard, place, called };
}

const closing = async (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('joinFolder', () => {
  it('opens one watcher for all who watch a folder, and closes it with the last of them', async () => {
    const folder = await temporaryFolder();
    const { means, opened, living } = counted();
    const [first, second] = [listener(folder, means, ['a']), listener(folder, means, ['b'])];
    expect(opened()).toBe(1);
    first.place.leave();
    first.place.leave();
    await closing();
    expect(living()).toBe(1);
    second.place.leave();
    await closing();
    expect(living()).toBe(0);
    listener(folder, means, ['a']);
    expect(opened()).toBe(2);
  });

  it('calls those alone whom a name concerns', async () => {
    const folder = await temporaryFolder();
    const { means } = counted();
    const [a, b] = [listener(folder, means, ['a']), listener(folder, means, ['b'])];
    const called = b.called();
    for (const name of ['other', 'b']) await writeFile(join(folder, name), '');
    await called;
    expect(a.heard.hints).toBe(0);
    const moved = a.called();
    a.place.want({ names: new Set(['c']), tests: [] });
    for (const name of ['a', 'c']) await writeFile(join(folder, name), '');
    await moved;
  });

  it('asks about further names those who have a test for them', async () => {
    const folder = await temporaryFolder();
    const { means } = counted();
    const asked: string[] = [];
    const test = (name: string): boolean => {
      asked.push(name);
      return name.startsWith('visible');
    };
    const one = listener(folder, means, ['named'], [test]);
    const called = one.called();
    for (const name of ['hidden', 'visible']) await writeFile(join(folder, name), '');
    await called;
    expect(new Set(asked)).toEqual(new Set(['hidden', 'visible']));
    const again = one.called();
    await writeFile(join(folder, 'named'), '');
    await again;
    expect(asked).not.toContain('named');
  });

  it('tells everybody that the folder has been removed, and opens another watcher for who comes next', async () => {
    const folder = join(await temporaryFolder(), 'conf');
    await mkdir(folder);
    const { means, opened } = counted();
    const listeners = [listener(folder, means, ['a']), listener(folder, means, ['b'])];
    const told = Promise.all(listeners.map(async ({ called }) => called()));
    await rm(folder, { recursive: true });
    await told;
    expect(listeners.map(({ heard }) => heard.ends)).toEqual([1, 1]);
    await mkdir(folder);
    const late = listener(folder, means, ['a']);
    for (const { place } of listeners) place.leave();
    const called = late.called();
    await writeFile(join(folder, 'a'), '');
    await called;
    expect(opened()).toBe(2);
  });

  it('tells everybody at the next poll that the folder stands elsewhere, with one further above', async () => {
    const top = await temporaryFolder({ 'x/y/conf/a': '1' });
    const folder = join(top, 'x/y/conf');
    const { clock, means, opened } = counted();
    const listeners = [listener(folder, means, ['a']), listener(folder, means, ['a'])];
    expect(await Promise.all(listeners.map(async ({ place }) => place.dependable))).toEqual([true, true]);
    clock.advance(INTERVAL);
    expect(listeners.map(({ heard }) => heard.ends)).toEqual([0, 0]);
    await rename(join(top, 'x'), join(top, 'z'));
    await mkdir(folder, { recursive: true });
    clock.advance(INTERVAL);
    expect(listeners.map(({ heard }) => heard.ends)).toEqual([1, 1]);
    const late = listener(folder, means, ['a']);
    const called = late.called();
    await writeFile(join(folder, 'a'), '');
    await called;
    expect(opened()).toBe(2);
  });

  it('leaves no timer behind, however soon the last one leaves', async () => {
    const folder = await temporaryFolder();
    const { clock, means } = counted();
    const [soon, late] = [listener(folder, means, ['a']).place, listener(folder, means, ['a']).place];
    soon.leave();
    await late.dependable;
    expect(clock.waiting).toBe(1);
    late.leave();
    const { place } = listener(folder, means, ['a']);
    place.leave();
    await place.dependable;
    expect(clock.waiting).toBe(0);
  });

  it('keeps nobody where the operating system refuses', async () => {
    const folder = join(await temporaryFolder(), 'conf');
    const { means, opened } = counted();
    expect(() => listener(folder, means, ['a'])).toThrow('ENOENT');
    await mkdir(folder);
    listener(folder, means, ['a']);
    expect(opened()).toBe(1);
  });
});
