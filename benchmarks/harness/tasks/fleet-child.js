// One program of a fleet, for benchmarks: ten scopes over one store, or the bare notification and query of its server.
// Arguments: `ours` or `bare`, the namespace, and how long notices are spread. Tells the time of each change and its CPU.
import pg from 'pg';
import { importBuilt, importOurs } from '../packages.js';

const SERVER = { host: '127.0.0.1', user: 'postgres', database: 'postgres' };
const SCHEMA = 'uno_config_bench';
const SCOPES = 10;
const [kind, namespace, jitter] = process.argv.slice(2);

/** Of the machine, so that all processes have the same. */
const now = () => Number(process.hrtime.bigint() / 1_000n) / 1_000;

async function ours() {
  const { postgresSource } = await importBuilt('sources/remote/postgres/index.js');
  const { ConfigModule, ConfigSection, ReloadService } = await importOurs('uno-config');
  const { IsInt } = await importOurs('class-validator');
  const { Container } = await importOurs('inversify');
  class Pricing {
    n = 0;
  }
  IsInt()(Pricing.prototype, 'n');
  ConfigSection('pricing')(Pricing);
  const scopes = Array.from({ length: SCOPES }, (_, index) => ConfigModule.forScope(`scope${index}`, [Pricing]));
  const source = postgresSource({
    namespace,
    schema: SCHEMA,
    jitter,
    client: () => new pg.Pool({ ...SERVER, max: 2 }),
  });
  const module = ConfigModule.fromOptions({
    sections: [Pricing],
    sources: [source],
    reload: { watch: true, debounce: '1ms' },
  });
  const container = new Container();
  await container.loadAsync(module, ...scopes);
  const reloads = container.get(ReloadService);
  reloads.events.on('ConfigChanged', () => process.send({ at: now() }));
  return async () => reloads.close();
}

async function bare() {
  const listener = new pg.Client(SERVER);
  await listener.connect();
  const read = async () => {
    const { rows } = await listener.query(
      `select content::text as content from ${SCHEMA}.documents where namespace = $1 and replaced is null`,
      [namespace],
    );
    JSON.parse(rows[0].content);
  };
  listener.on('notification', ({ payload }) => {
    if (payload.startsWith(`${namespace}:`)) read().then(() => process.send({ at: now() }));
  });
  await listener.query(`listen ${SCHEMA}`);
  return async () => listener.end();
}

const close = await (kind === 'ours' ? ours() : bare());
let before = process.cpuUsage();
process.on('message', async (message) => {
  if (message === 'begin') before = process.cpuUsage();
  else {
    const { user, system } = process.cpuUsage(before);
    process.send({ cpu: (user + system) / 1_000 });
    if (message === 'end') await close().then(() => process.disconnect());
  }
});
process.send({ ready: true });
