// What happens inside a process that measures tenants over sections of the content.
import { AsyncLocalStorage } from 'node:async_hooks';
import { describeSections } from '../content/sections.js';
import { startCpuClock } from '../cpu-clock.js';
import { importBuilt, importOurs } from '../packages.js';
import { settledBytes } from '../settled-bytes.js';
import { median } from '../statistics.js';
import { declareOurs, sourcesOf } from '../subjects/uno-config.js';
import { timeLoops } from '../tight-loop.js';

const OVERRIDES = 5;

async function open(content, count, bytes = async () => 0) {
  const { library, classes } = await declareOurs(content);
  const { defineTenants, TenantContainers } = await importBuilt('tenants/index.js');
  const { Container } = await importOurs('inversify');
  const [{ name, fields }] = describeSections(content);
  const integers = fields.filter(({ kind }) => kind === 'integer').slice(1, 1 + OVERRIDES);
  const overridden = (value) => ({ [name]: Object.fromEntries(integers.map((field) => [field.name, value])) });
  const trees = Array.from({ length: count }, (_, at) => [`t${at}`, overridden((at % 5) + 1)]);
  const floor = new Map(trees);
  const floorBytes = await bytes();
  const container = new Container();
  container.register(library.ConfigPlugin);
  const layers = { name: 'documents', load: () => floor };
  const tenants = defineTenants({ layers, limit: { tenants: count, containers: count, bytes: '4GiB' } });
  await container.loadAsync(
    library.ConfigModule.fromOptions({ sections: classes, sources: sourcesOf(content, library), tenants }),
  );
  const idleBytes = ((await bytes()) - floorBytes) / count;
  return {
    library,
    classes,
    container,
    Container,
    tenants: container.get(TenantContainers),
    field: integers[0].name,
    idleBytes,
  };
}

/** Nanoseconds of a call for a tenant with one read, and of AsyncLocalStorage alone. */
export async function timeRuns(content) {
  const { library, classes, container, tenants, field } = await open(content, 100);
  await tenants.ready('t1');
  const live = container.get(library.monitorIdentifier(classes[0]));
  const expected = tenants.settings('t1', classes[0])[field];
  if (tenants.run('t1', () => live.current[field]) !== expected) throw new Error('run reads something else');
  const storage = new AsyncLocalStorage();
  const bare = { value: expected };
  const read = () => live.current[field];
  const readBare = () => storage.getStore().value;
  return timeLoops({
    ours: (turns) => {
      let sum = 0;
      for (let turn = 0; turn < turns; turn += 1) sum += tenants.run('t1', read);
      return sum;
    },
    storage: (turns) => {
      let sum = 0;
      for (let turn = 0; turn < turns; turn += 1) sum += storage.run(bare, readBare);
      return sum;
    },
  });
}

/** CPU microseconds of a lease: of a container that is there, of a new one, and of a bare child with one constant. */
export async function timeContainers(content) {
  const { container, Container, tenants } = await open(content, 3_000);
  for (let at = 0; at < 3_000; at += 1) await tenants.ready(`t${at}`);
  const each = async (count, work) => {
    const spent = startCpuClock();
    for (let at = 0; at < count; at += 1) await work(at);
    return (spent() * 1_000) / count;
  };
  const lease = async (at) => (await tenants.for(`t${at}`)).dispose();
  const leases = async (count) => {
    for (let turn = 0; turn < count; turn += 1) await (await tenants.for('t0')).dispose();
  };
  const kept = [];
  const child = (at) => {
    const made = new Container({ parent: container });
    made.bind('tenant').toConstantValue(at);
    kept.push(made);
  };
  await each(2_000, child);
  await each(2_000, lease);
  const samples = { cold: [], bare: [] };
  for (let at = 2_000; at < 3_000; at += 50) {
    samples.cold.push(await each(50, async (next) => lease(at + next)));
    samples.bare.push(await each(50, child));
  }
  await leases(20_000);
  const spent = startCpuClock();
  await leases(20_000);
  const warm = (spent() * 1_000) / 20_000;
  return { cold: median(samples.cold), bare: median(samples.bare), warm };
}

/** Started with --expose-gc. Many known tenants, and some live ones: their bytes, their first settings, and a reload of the base below them. */
export async function measureMany(content, known, liveCount) {
  const { library, container, Container, tenants, classes, idleBytes } = await open(content, known, settledBytes);
  const first = [];
  for (let at = 0; at < liveCount; at += 1) {
    const spent = startCpuClock();
    await tenants.ready(`t${at}`);
    tenants.settings(`t${at}`, classes[0]);
    first.push(spent() * 1_000);
  }
  first.sort((one, other) => one - other);
  const store = container.get(library.ConfigStore);
  const reloads = container.get(library.ReloadService);
  const alone = new Container();
  await alone.loadAsync(library.ConfigModule.fromOptions({ sections: classes, sources: sourcesOf(content, library) }));
  const aloneStore = alone.get(library.ConfigStore);
  const late = { tenants: [], alone: [] };
  const follows = [];
  // A commit by itself: the generation in use once more, as another one.
  const commit = (on) => {
    const began = process.hrtime.bigint();
    on.commit(on.current);
    return Number(process.hrtime.bigint() - began) / 1_000;
  };
  for (let round = 0; round < 9; round += 1) {
    late.alone.push(commit(aloneStore));
    late.tenants.push(commit(store));
    const spent = startCpuClock();
    await tenants.refresh();
    await tenants.ready('t0');
    follows.push((spent() * 1_000) / liveCount);
  }
  const commits = [];
  for (let round = 0; round < 2_000; round += 1) commits.push(commit(store));
  await reloads.close();
  return {
    idleBytes,
    firstMedian: median(first),
    firstLate: first[Math.floor(first.length * 0.99)],
    commit: median(commits),
    lateCommit: median(late.tenants),
    lateCommitAlone: median(late.alone),
    follow: median(follows),
  };
}
