import { describe, expect, it } from '@jest/globals';
import { Container, ContainerModule } from 'inversify';
// Deep, because a test that puts a torn store beneath the bindings is the only other one who makes them.
import { bindScope } from '../../src/container/bind-scope.js';
import { ConfigScope } from '../../src/container/config-scope.js';
import { ConfigStore, factsOf, loadGeneration, ReloadService, type Generation } from '../../src/runtime/index.js';
import { PROOF_RUNS } from '../proof-runs.js';
import { looksOf, Reader, SECTIONS_PER_LOOK } from './readers.js';
import { TornStore } from './torn-store.js';
import { TWINS, TwinSources } from './twin-sections.js';

const COMMITS = PROOF_RUNS * 5;
const READS = COMMITS * 1_000;
const LOOKS_PER_TURN = 4;

type Readers = Readonly<Record<string, Reader>>;

/**
 * Commits while readers look, all of them interleaved at every await: of the reload itself, of its sources, and of the
 * readers. A commit waits until its share of the reads has been made.
 */
async function readWhileCommitting(
  makeStore: (first: Generation) => ConfigStore,
  { reads, commits }: { readonly reads: number; readonly commits: number },
): Promise<Readers> {
  const twins = new TwinSources();
  const options = { sections: TWINS, sources: twins.sources, environment: 'test', env: {} } as const;
  const first = await loadGeneration(options);
  const store = makeStore(first);
  const reloads = new ReloadService(store, options);
  const container = new Container();
  await container.loadAsync(
    new ContainerModule((module) => {
      bindScope(module, new ConfigScope({ plan: factsOf(first).plan, store, reloads }));
    }),
  );
  const readers = Object.fromEntries(
    Object.entries(looksOf(container)).map(([name, look]) => [name, new Reader(look)]),
  );
  const all = Object.values(readers);
  // A listener of the commit is the first who could see half of it.
  const within = (readers['within the commit'] = new Reader(Object.values(looksOf(child(container)))[0] ?? (() => [])));
  store.onCommit(() => {
    within.look(true);
  });

  let reloading = false;
  let committing = true;
  const total = (): number => all.reduce((sum, reader) => sum + reader.reads, 0);
  const reading = all.map(async (reader) => {
    while (committing) {
      for (let look = 0; look < LOOKS_PER_TURN; look++) reader.look(reloading);
      await Promise.resolve();
    }
  });
  for (let commit = 1; commit <= commits; commit++) {
    twins.serial = commit;
    reloading = true;
    const outcome = await reloads.reload('next');
    reloading = false;
    expect(outcome.status).toBe('committed');
    while (total() < (reads * commit) / commits) await Promise.resolve();
  }
  committing = false;
  await Promise.all(reading);
  await reloads.close();
  return readers;
}

/** Bindings of its own, so that readers can be made of one set of sections twice. */
function child(parent: Container): Container {
  return new Container({ parent });
}

describe('torn reads', () => {
  it(`sees no half of a change in ${String(READS)} reads against ${String(COMMITS)} commits, whichever way it reads`, async () => {
    const readers = await readWhileCommitting((first) => new ConfigStore(first), { reads: READS, commits: COMMITS });
    const found = Object.entries(readers).map(([name, { violations }]) => `${name}: ${String(violations)}`);
    expect(found).toEqual(['container.get: 0', 'monitor: 0', 'constructor injection: 0', 'within the commit: 0']);
    const { 'within the commit': within, ...others } = readers;
    expect(within?.reads).toBe(COMMITS * SECTIONS_PER_LOOK);
    const sum = (of: 'reads' | 'amid'): number =>
      Object.values(others).reduce((total, reader) => total + reader[of], 0);
    expect(sum('reads')).toBeGreaterThanOrEqual(READS);
    // Enough of them fell between the beginning and the end of a reload to have met a half-made one.
    expect(sum('amid') / COMMITS).toBeGreaterThan(50);
  }, 1_200_000);

  it('would be seen by every kind of reader: a store that moves section by section does not pass', async () => {
    const readers = await readWhileCommitting((first) => new TornStore(first), { reads: 20_000, commits: 50 });
    const caught = Object.entries(readers).flatMap(([name, { violations }]) => (violations >= 50 ? [name] : []));
    expect(caught).toEqual(expect.arrayContaining(['container.get', 'monitor', 'constructor injection']));
  });
});
