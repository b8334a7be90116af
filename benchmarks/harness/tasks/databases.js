// What happens inside a process that measures resources and transactions on the PostgreSQL and MySQL of this machine.
import { connect, createServer } from 'node:net';
import pg from 'pg';
import { importBuilt, importOurs } from '../packages.js';
import { settledBytes } from '../settled-bytes.js';
import { median, quantile } from '../statistics.js';

export const SERVER = {
  host: '127.0.0.1',
  port: 5432,
  user: 'postgres',
  database: 'postgres',
  applicationName: 'uno bench',
};
const PAIRS = 60;
const TURNS = 150;

/** Microseconds of a query: of a pool, and of the same pool handed out by `resource.use`. */
export async function timeQueries() {
  const { resource, close } = await open({ pool: { max: 1 } });
  const call = (pool) => pool.query('select 1');
  const pool = resource.current;
  const times = await timePairs(
    () => call(pool),
    () => resource.use(call),
  );
  await close();
  return times;
}

/** Microseconds of a transaction of one statement: begin and commit by hand, and by `work.run`. */
export async function timeTransactions() {
  const { resource, work, close } = await open({ pool: { max: 1 } });
  const pool = resource.current;
  const byHand = async () => {
    const client = await pool.connect();
    try {
      await client.query('begin');
      await client.query('select 1');
      await client.query('commit');
    } catch (error) {
      await client.query('rollback');
      throw error;
    } finally {
      client.release();
    }
  };
  const statement = ({ client }) => client.query('select 1');
  const times = await timePairs(byHand, () => work.run(statement));
  await close();
  return times;
}

/** Milliseconds below which 99 of 100 queries of sixteen callers are answered: while nothing happens, and during a replacement. */
export async function timeReplacements() {
  return replacements(await open({ pool: { max: 8 } }), {
    query: (pool) => pool.query('select count(*) from generate_series(1, 2000)'),
    change: (swap) => ({ applicationName: `uno bench ${swap}` }),
    connectionsOf: (pool) => pool.totalCount,
  });
}

/** The same on MySQL, by mysql2. */
export async function timeMysqlReplacements() {
  return replacements(await openMysql({ pool: { max: 8 } }), {
    query: (pool) => pool.query("select benchmark(1000, md5('uno'))"),
    change: (swap) => ({ connectTimeout: `${10 + swap}s` }),
    // A pool that ends goes on to list them.
    connectionsOf: ({ pool: { _allConnections: all } }) =>
      Array.from({ length: all.length }, (_, at) => all.get(at)).filter(({ stream }) => !stream.destroyed).length,
  });
}

async function replacements({ resource, edit, close }, { query, change, connectionsOf }) {
  const quiet = [];
  const during = [];
  let latencies = quiet;
  let isOver = false;
  const callers = Array.from({ length: 16 }, async () => {
    while (!isOver) {
      const begun = performance.now();
      const before = latencies;
      await resource.use(query);
      // What overlaps a replacement at either end counts as during it.
      (before === quiet ? latencies : before).push(performance.now() - begun);
    }
  });
  await pause(1_000);
  quiet.length = 0;
  for (let swap = 1; swap <= 30; swap += 1) {
    const old = resource.current;
    const begun = performance.now();
    latencies = during;
    await edit(change(swap));
    while (connectionsOf(old) > 0) await pause(1);
    const lasted = performance.now() - begun;
    latencies = quiet;
    await pause(Math.max(lasted, 100));
  }
  isOver = true;
  await Promise.all(callers);
  await close();
  return { quiet: quantile(quiet, 0.99), during: quantile(during, 0.99), queries: during.length };
}

/**
 * A thousand tenants with a database each, one after the other, within connections for fifty of them: milliseconds of the first
 * transaction of each, beside that of a pool that is made by hand, and bytes for each tenant that had a pool. Started with
 * --expose-gc.
 */
export async function measureTenants() {
  const count = 1_000;
  const database = `uno_bench_${process.pid}`;
  const admin = new pg.Client(SERVER);
  await admin.connect();
  await admin.query(`create database ${database}`);
  // One server under as many addresses: what is measured is ours, and no disk holds a thousand databases.
  const hosts = Array.from({ length: count }, (_, at) => `127.0.${1 + Math.floor(at / 250)}.${1 + (at % 250)}`);
  const tunnel = createServer((socket) => {
    const server = connect(SERVER.port, SERVER.host);
    for (const [one, other] of [
      [socket, server],
      [server, socket],
    ]) {
      one.on('error', () => other.destroy());
      one.pipe(other);
    }
  });
  await new Promise((resolve) => {
    tunnel.listen(0, '0.0.0.0', resolve);
  });
  const { port } = tunnel.address();
  const documents = new Map(hosts.map((host, at) => [`t${at}`, { db: { host, port, database } }]));
  const { resource, work, tenants, close } = await openTenants(documents);
  const run = (id, statement) => tenants.run(id, () => work.run(statement));
  const statement = ({ client }) => client.query('select 1');
  for (const id of documents.keys()) await tenants.ready(id);
  const before = await settledBytes();
  const ours = [];
  const hand = [];
  let most = 0;
  for (const [at, host] of hosts.entries()) {
    const begun = performance.now();
    await run(`t${at}`, statement);
    const between = performance.now();
    const pool = new pg.Pool({ ...SERVER, host, port, database, max: 2 });
    await pool.query('begin; select 1; commit');
    ours.push(between - begun);
    hand.push(performance.now() - between);
    await pool.end();
    most = Math.max(most, resource.current.stats.connections);
  }
  const bytes = ((await settledBytes()) - before) / count;
  await close();
  tunnel.close();
  await admin.query(`drop database ${database} with (force)`);
  await admin.end();
  return { ours: median(ours), hand: median(hand), late: quantile(ours, 0.99), bytes, most };
}

async function openTenants(documents) {
  const { ConfigModule, ConfigPlugin, section } = await importOurs('uno-config');
  const { Container } = await importOurs('inversify');
  const databases = await importBuilt('factories/databases/pg/index.js');
  const { tenantDatabase, TenancySettings } = await importBuilt('factories/databases/tenants/index.js');
  const { resourceIdentifier } = await importBuilt('resources.js');
  const { defineTenants, TenantContainers } = await importBuilt('tenants/index.js');
  const { unitOfWork, unitOfWorkIdentifier } = await importBuilt('factories/transactions/index.js');
  const [from, tenancy] = [
    section(databases.PostgresSettings, { path: 'db' }),
    section(TenancySettings, { path: 'tenancy' }),
  ];
  const over = databases.pg({ name: 'db', from, driver: () => pg });
  const byTenant = tenantDatabase({ over, from: tenancy });
  const work = unitOfWork({ over: byTenant });
  const said = {
    db: SERVER,
    tenancy: { strategy: 'database', database: 'postgres_{tenant}', connections: 2, maxConnections: 100 },
  };
  const container = new Container();
  container.register(ConfigPlugin);
  const layers = { name: 'documents', load: () => documents };
  await container.loadAsync(
    ConfigModule.fromOptions({
      sections: [from, tenancy],
      sources: [{ load: () => said }],
      resources: [over, byTenant, work],
      tenants: defineTenants({ layers, limit: { tenants: 2_000, bytes: '1GiB' } }),
    }),
  );
  return {
    resource: container.get(resourceIdentifier(byTenant)),
    work: container.get(unitOfWorkIdentifier(work)),
    tenants: container.get(TenantContainers),
    close: () => container.unbindAllAsync(),
  };
}

/** Both in turn, in either order, so that a slow moment hits both; ratios within each pair, and where their median lies. */
/** Microseconds of a turn of two, in pairs; `each` is how many things one turn does. */
export async function timePairs(bare, ours, { turns = TURNS, each = 1 } = {}) {
  const time = async (act) => {
    const begun = performance.now();
    for (let turn = 0; turn < turns; turn += 1) await act();
    return ((performance.now() - begun) * 1_000) / (turns * each);
  };
  for (let round = 0; round < 5; round += 1) for (const act of [bare, ours]) await time(act);
  const pairs = [];
  for (let pair = 0; pair < PAIRS; pair += 1) {
    if (pair % 2 === 0) pairs.push([await time(bare), await time(ours)]);
    else pairs.push([await time(ours), await time(bare)].reverse());
  }
  const ratios = pairs.map(([one, other]) => other / one);
  // The median of n values lies between these two with 95 % confidence, whatever their distribution.
  const reach = 0.98 / Math.sqrt(PAIRS);
  return {
    bare: median(pairs.map(([one]) => one)),
    ours: median(pairs.map(([, other]) => other)),
    ratio: median(ratios),
    lower: quantile(ratios, 0.5 - reach),
    upper: quantile(ratios, 0.5 + reach),
  };
}

async function open(settings) {
  const { pg: define, PostgresSettings } = await importBuilt('factories/databases/pg/index.js');
  return opened(define, PostgresSettings, () => pg, { ...SERVER, ...settings });
}

async function openMysql(settings) {
  const { mysql, MysqlSettings } = await importBuilt('factories/databases/mysql/index.js');
  const server = { host: '127.0.0.1', port: 3306, user: 'root' };
  return opened(mysql, MysqlSettings, () => import('mysql2/promise'), { ...server, ...settings });
}

async function opened(define, Settings, driver, first) {
  const { ConfigModule, ReloadService, section } = await importOurs('uno-config');
  const { Container } = await importOurs('inversify');
  const { resourceIdentifier } = await importBuilt('resources.js');
  const { unitOfWork, unitOfWorkIdentifier } = await importBuilt('factories/transactions/index.js');
  const from = section(Settings, { path: 'db' });
  const database = define({ name: 'db', from, driver });
  const work = unitOfWork({ over: database });
  let db = first;
  const container = new Container();
  await container.loadAsync(
    ConfigModule.fromOptions({ sections: [from], sources: [{ load: () => ({ db }) }], resources: [database, work] }),
  );
  return {
    resource: container.get(resourceIdentifier(database)),
    work: container.get(unitOfWorkIdentifier(work)),
    edit: async (next) => {
      db = { ...db, ...next };
      const { status } = await container.get(ReloadService).reload('edited');
      if (status !== 'committed') throw new Error(`the reload was ${status}`);
    },
    close: () => container.unbindAllAsync(),
  };
}

function pause(milliseconds) {
  return new Promise((resolve) => {
    setTimeout(resolve, milliseconds);
  });
}
