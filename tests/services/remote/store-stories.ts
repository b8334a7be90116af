import { expect } from '@jest/globals';
import { IsInt, IsString } from 'class-validator';
import { ConfigError } from '../../../src/core/index.js';
import { planLoad, startReloads } from '../../../src/runtime/index.js';
import { ConfigSection } from '../../../src/sections/index.js';
import type { StoreSource } from '../../../src/sources/remote/postgres/index.js';
import { folderWith, module, removeFolder, run } from '../../cli/fake-io.js';
import { PROOF_RUNS } from '../../proof-runs.js';
import { freshNamespace, type StoreKind } from './store-world.js';

type Story = (kind: StoreKind) => Promise<void>;

/** What every store does, told on a real server. */
export const storeStories: readonly (readonly [string, Story])[] = [
  ['keeps releases with author and comment, and gives back an earlier one', keepsReleases],
  [
    'lets one of many writers through: no update is lost, and every reader sees all in order and ends at the last',
    losesNoUpdate,
  ],
  ['holds a document for each tenant, changes several as one release, and gives back each', holdsMany],
  ['lists the programs that read it', listsPrograms],
  ['lets migrate publish its document as the classes of now have it', isMigrated],
];

@ConfigSection('database', { version: 2, migrations: { 2: [{ rename: 'hostname', to: 'host' }] } })
class DatabaseSettings {
  @IsString() host = 'localhost';
}

async function isMigrated(kind: StoreKind): Promise<void> {
  const namespace = freshNamespace();
  const store = kind.direct({ namespace });
  await store.write({ database: { hostname: 'a' } }, { expected: undefined });
  const folder = await folderWith({ 'uno.config.mjs': '' });
  // The command closes the sources that it is given.
  const migrate = async (option: string): Promise<number> => {
    const sources = [kind.direct({ namespace })];
    const definition = module({ sections: [DatabaseSettings], sources, environment: 'test' });
    return (await run(folder, ['migrate', option], definition)).code;
  };
  expect(await migrate('--check')).toBe(1);
  expect(await migrate('--write')).toBe(0);
  expect((await store.store.read()).documents.get('')).toEqual({ database: { $version: 2, host: 'a' } });
  expect(await store.store.history(1)).toMatchObject([{ comment: 'migrated' }]);
  expect(await migrate('--check')).toBe(0);
  await store.close?.();
  await removeFolder(folder);
  await kind.forget(namespace);
}

async function keepsReleases(kind: StoreKind): Promise<void> {
  const namespace = freshNamespace();
  const source = kind.direct({ namespace });
  expect(await source.store.history(5)).toEqual([]);
  const first = await source.write({ a: { b: 1 } }, { expected: undefined, author: 'alice', comment: 'erste – ü' });
  const second = await source.write({ a: { b: 2 } }, { expected: first, author: 'bob' });
  expect(await source.store.history(5)).toMatchObject([
    { revision: second, author: 'bob', documents: [''] },
    { revision: first, author: 'alice', comment: 'erste – ü', documents: [''] },
  ]);
  expect((await source.store.read(Number(first))).documents.get('')).toEqual({ a: { b: 1 } });
  expect((await source.store.read()).documents.get('')).toEqual({ a: { b: 2 } });
  await expect(source.store.read(4_711_000)).rejects.toMatchObject({ code: 'revision-gone' });
  await source.close?.();
  await kind.forget(namespace);
}

async function losesNoUpdate(kind: StoreKind): Promise<void> {
  const namespace = freshNamespace();
  const writers = Array.from({ length: 3 }, () => kind.direct({ namespace }));
  await writers[0]?.write({ count: { n: 0 } }, { expected: undefined });
  const readers = await Promise.all(
    Array.from({ length: 5 }, async () => readerOf(kind.direct({ namespace, poll: '200ms', jitter: '0ms' }))),
  );
  const last = 3 * WRITES_OF_EACH;
  const add = async (writer: StoreSource): Promise<void> => {
    for (let left = WRITES_OF_EACH; left > 0;) {
      const { revision, documents: held } = await writer.store.read();
      const { count } = held.get('') as { count: { n: number } };
      try {
        await writer.write({ count: { n: count.n + 1 } }, { expected: revision });
        left--;
      } catch (error) {
        // Another writer was first.
        if (!ConfigError.is(error) || error.code !== 'revision-conflict') throw error;
      }
    }
  };
  await Promise.all(writers.map(add));
  expect((await writers[0]?.store.read())?.documents.get('')).toEqual({ count: { n: last } });
  for (const { seen, reaches, close } of readers) {
    await reaches(last);
    expect(seen).toEqual(seen.toSorted((one, other) => one - other));
    await close();
  }
  await Promise.all(writers.map(async (writer) => writer.close?.()));
  await kind.forget(namespace);
}

async function holdsMany(kind: StoreKind): Promise<void> {
  const namespace = freshNamespace();
  const source = kind.direct({ namespace, documents: 'many' });
  const { store } = source;
  const changes = new Map([
    ['acme', { limits: { n: 1 } }],
    ['globex', { limits: { n: 2 } }],
    ['böse/ümläut', {}],
  ]);
  const first = await store.publish(changes, { expected: 0 });
  const second = await store.publish(
    new Map<string, object | undefined>([
      ['acme', undefined],
      ['initech', { limits: { n: 3 } }],
    ]),
    { expected: first },
  );
  expect([...(await store.read()).documents].toSorted()).toEqual([
    ['böse/ümläut', {}],
    ['globex', { limits: { n: 2 } }],
    ['initech', { limits: { n: 3 } }],
  ]);
  expect(new Map((await store.read(first)).documents)).toEqual(changes);
  expect([...((await store.history(1))[0]?.documents ?? [])].toSorted()).toEqual(['acme', 'initech']);
  await expect(store.publish(changes, { expected: first })).rejects.toMatchObject({
    code: 'revision-conflict',
    message: expect.stringContaining(
      `it starts from revision ${String(first)}, and revision ${String(second)} is there`,
    ) as unknown,
  });
  await source.close?.();
  await kind.forget(namespace);
}

async function listsPrograms(kind: StoreKind): Promise<void> {
  const namespace = freshNamespace();
  const source = kind.direct({ namespace });
  const { store } = source;
  await source.write({}, { expected: undefined });
  const report = { generation: 1, health: 'healthy', problems: [], started: 1, every: 15_000 } as const;
  await store.report({ ...report, instance: 'two 2' });
  await store.report({ ...report, instance: 'one', revision: '1' });
  await store.report({ ...report, instance: 'one', revision: '2' });
  const seen = await store.instances();
  expect(seen.map(({ instance, revision }) => [instance, revision]).toSorted()).toEqual([
    ['one', '2'],
    ['two 2', undefined],
  ]);
  expect(seen.every(({ age }) => age >= 0 && age < 60_000)).toBe(true);
  await store.leave('one');
  expect((await store.instances()).map(({ instance }) => instance)).toEqual(['two 2']);
  await store.leave('two 2');
  await source.close?.();
  await kind.forget(namespace);
}

/** Under `npm run proof`, 10,000 of three together. */
const WRITES_OF_EACH = Math.max(8, Math.min(3_334, Math.floor(PROOF_RUNS / 3)));

@ConfigSection('count')
class CountSettings {
  @IsInt() public readonly n: number = 0;
}

interface Reader {
  readonly seen: readonly number[];
  readonly reaches: (value: number) => Promise<void>;
  readonly close: () => Promise<void>;
}

/** A program that keeps its settings current from a store. */
async function readerOf(source: StoreSource): Promise<Reader> {
  const options = { sections: [CountSettings], sources: [source], environment: 'test', env: {} };
  const { store, reloads } = await startReloads(options, planLoad(options, false), { watch: true, debounce: '1ms' });
  const now = (): number => store.current.get(CountSettings).n;
  const seen = [now()];
  let moved: () => void = () => undefined;
  reloads.events.on('ConfigChanged', () => {
    seen.push(now());
    moved();
  });
  return {
    seen,
    reaches: async (value) => {
      while (now() !== value) await new Promise<void>((resolve) => (moved = resolve));
    },
    close: async () => reloads.close(),
  };
}
