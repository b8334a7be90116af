import { describe, expect, it } from '@jest/globals';
import type { Revision, WatchContext } from '../../src/core/index.js';
import { systemClock } from '../../src/core/index.js';
import { fakeRemoteSource, type FakeRemoteSource } from '../../src/testing/index.js';
import { failureOf, loadContext } from '../sources/file-fixtures.js';

async function read(remote: FakeRemoteSource, signal = new AbortController().signal): Promise<unknown> {
  return remote.load(loadContext({ signal }));
}

async function noticesOf(remote: FakeRemoteSource): Promise<(Revision | undefined)[]> {
  const notices: (Revision | undefined)[] = [];
  const context: WatchContext = {
    environment: 'development',
    signal: new AbortController().signal,
    changed: (revision) => notices.push(revision),
    pollInterval: 500,
    clock: systemClock,
    logger: { log: () => undefined },
  };
  await remote.watch?.(context);
  return notices;
}

describe('fakeRemoteSource', () => {
  it('answers what it holds, in its revision, and gives notice of a change', async () => {
    const remote = fakeRemoteSource({ a: 1 });
    const notices = await noticesOf(remote);
    expect(await read(remote)).toMatchObject({ revision: 1, value: { tree: { a: 1 }, kind: 'remote' } });
    expect(remote.publish({ a: 2 })).toBe(2);
    expect(await read(remote)).toMatchObject({ revision: 2, value: { tree: { a: 2 } } });
    expect([notices, remote.revision, remote.reads]).toEqual([[2], 2, 2]);
  });

  it.each([
    ['lose', []],
    ['double', [2, 2, 3, 3]],
    ['reorder', [3, 2]],
  ] as const)('can %s its notices', async (notices, heard) => {
    const remote = fakeRemoteSource({});
    const all = await noticesOf(remote);
    remote.behave({ notices });
    remote.publish({ a: 1 });
    remote.publish({ a: 2 });
    remote.behave({});
    expect(all).toEqual(heard);
  });

  it('can lie behind', async () => {
    const remote = fakeRemoteSource({ a: 1 });
    remote.publish({ a: 2 });
    remote.publish({ a: 3 });
    remote.behave({ reads: { stale: 1 } });
    expect(await read(remote)).toMatchObject({ revision: 2, value: { tree: { a: 2 } } });
    remote.behave({ reads: { stale: 9 } });
    expect(await read(remote)).toMatchObject({ revision: 1, value: { tree: { a: 1 } } });
  });

  it.each([
    ['cut', 'source-unreachable', 'fake remote source cannot be reached: the connection ended in the middle'],
    ['refuse', 'source-refused', 'fake remote source refuses the connection: it answers with status 401.'],
    ['garble', 'not-a-map', 'fake remote source answered something else than an object of settings.'],
  ] as const)('can %s', async (reads, code, message) => {
    const remote = fakeRemoteSource({});
    remote.behave({ reads });
    const error = await failureOf(read(remote));
    expect(error.code).toBe(code);
    expect(error.message).toContain(message);
  });

  it('can hang until nobody waits any more', async () => {
    const remote = fakeRemoteSource({});
    remote.behave({ reads: 'hang' });
    const stop = new AbortController();
    const reading = read(remote, stop.signal);
    stop.abort(new Error('given up'));
    await expect(reading).rejects.toThrow('given up');
  });

  it('can wait until it is let go on', async () => {
    const remote = fakeRemoteSource({ a: 1 });
    remote.behave({ reads: 'slow' });
    const reading = read(remote);
    remote.release();
    expect(await reading).toMatchObject({ value: { tree: { a: 1 } } });
  });

  it('takes a change only from who knows what it holds', async () => {
    const remote = fakeRemoteSource({ a: 1 });
    const notices = await noticesOf(remote);
    expect(await remote.write({ a: 2 }, { expected: 1 })).toBe(2);
    expect((await failureOf(remote.write({ a: 3 }, { expected: 1 }))).code).toBe('revision-conflict');
    expect(remote.revision).toBe(2);
    expect(new Set(notices)).toEqual(new Set([2]));
  });
});
