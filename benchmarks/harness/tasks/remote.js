// What happens inside a process that measures settings in a store, on the PostgreSQL of this machine.
import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { importBuilt, importOurs } from '../packages.js';
import { quantile } from '../statistics.js';

const SERVER = { host: '127.0.0.1', user: 'postgres', database: 'postgres' };
const SCHEMA = 'uno_config_bench';
const ROUNDS = 200;

/** Milliseconds from the begin of a write to the bare notification of the server, and to the published generation. */
export async function timeReleases(jitter) {
  const program = await started({ jitter, document: () => ({ pricing: { n: 0 } }) });
  const { writer, published } = program;
  const listener = new pg.Client(SERVER);
  await listener.connect();
  await listener.query(`listen ${SCHEMA}`);
  const [bare, ours] = [[], []];
  try {
    for (let round = 1; round <= ROUNDS; round += 1) {
      const heard = new Promise((resolve) => listener.once('notification', () => resolve(performance.now())));
      const changed = published().then(() => performance.now());
      const before = performance.now();
      await writer.write({ pricing: { n: round } }, { expected: round });
      bare.push((await heard) - before);
      ours.push((await changed) - before);
    }
  } finally {
    await listener.end();
    await program.close();
  }
  return {
    bare: quantile(bare, 0.5),
    bare99: quantile(bare, 0.99),
    ours: quantile(ours, 0.5),
    ours99: quantile(ours, 0.99),
  };
}

/** CPU milliseconds of a reload of one changed key among ten thousand, and of reading and parsing the document alone. */
export async function timeReloads() {
  const keys = Array.from({ length: 10_000 }, (_, index) => `key${index}`);
  const document = (value) => ({
    pricing: { n: value },
    labels: { of: Object.fromEntries(keys.map((key) => [key, `label ${key}`])) },
  });
  const program = await started({ jitter: '0ms', document });
  const { pool, writer, published, namespace } = program;
  const [bare, ours] = [[], []];
  try {
    for (let round = 1; round <= 30; round += 1) {
      const changed = published();
      await writer.write(document(round), { expected: round });
      const from = process.cpuUsage();
      await changed;
      ours.push(milliseconds(process.cpuUsage(from)));
      const alone = process.cpuUsage();
      const { rows } = await pool.query(
        `select content::text as content from ${SCHEMA}.documents where namespace = $1 and replaced is null`,
        [namespace],
      );
      JSON.parse(rows[0].content);
      bare.push(milliseconds(process.cpuUsage(alone)));
    }
  } finally {
    await program.close();
  }
  return { ours: quantile(ours, 0.5), bare: quantile(bare, 0.5) };
}

/** The share of a core, in per cent, that watching a store takes while nothing changes, and that a bare LISTEN takes. */
export async function measureIdle(seconds) {
  const program = await started({ jitter: '100ms', poll: '30s', document: () => ({ pricing: { n: 0 } }) });
  const ours = await shareOfCore(seconds);
  await program.close();
  const listener = new pg.Client(SERVER);
  await listener.connect();
  await listener.query(`listen ${SCHEMA}`);
  const bare = await shareOfCore(seconds);
  await listener.end();
  return { ours, bare };
}

async function shareOfCore(seconds) {
  await pause(3_000);
  const before = process.cpuUsage();
  const start = performance.now();
  await pause(seconds * 1_000);
  return (milliseconds(process.cpuUsage(before)) / (performance.now() - start)) * 100;
}

function milliseconds({ user, system }) {
  return (user + system) / 1_000;
}

/** A program that keeps its settings current from a store, and a writer of that. */
async function started({ jitter, poll = '1m', document }) {
  const { postgresSource } = await importBuilt('sources/remote/postgres/index.js');
  const { ConfigModule, ConfigSection, MapOf, ReloadService } = await importOurs('uno-config');
  const { IsInt } = await importOurs('class-validator');
  const { Container } = await importOurs('inversify');
  const namespace = `bench-${process.pid}`;
  const pool = new pg.Pool({ ...SERVER, max: 3 });
  const writer = postgresSource({ namespace, schema: SCHEMA, client: pool });
  await writer.write(document(0), { expected: undefined });
  class Pricing {
    n = 0;
  }
  IsInt()(Pricing.prototype, 'n');
  ConfigSection('pricing')(Pricing);
  const sections = [Pricing];
  if (document(0).labels !== undefined) {
    class Labels {
      of = {};
    }
    MapOf(() => String)(Labels.prototype, 'of');
    ConfigSection('labels')(Labels);
    sections.push(Labels);
  }
  const source = postgresSource({ namespace, schema: SCHEMA, client: pool, jitter, poll });
  const container = new Container();
  await container.loadAsync(
    ConfigModule.fromOptions({ sections, sources: [source], reload: { watch: true, debounce: '1ms' } }),
  );
  const reloads = container.get(ReloadService);
  let tell = () => undefined;
  reloads.events.on('ConfigChanged', () => tell());
  return {
    pool,
    writer,
    namespace,
    published: () => new Promise((resolve) => (tell = resolve)),
    close: async () => {
      await reloads.close();
      for (const table of ['releases', 'documents']) {
        await pool.query(`delete from ${SCHEMA}.${table} where namespace = $1`, [namespace]);
      }
      await pool.end();
    },
  };
}
