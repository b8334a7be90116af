// What happens inside a process that measures sagas on the PostgreSQL of this machine. DBOS is that of tests/services.
import { createRequire } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import pg from 'pg';
import { ROOT } from '../folders.js';
import { importBuilt, importOurs } from '../packages.js';
import { SERVER, timePairs } from './databases.js';

const RUNS = 20;
const STEPS = ['reserve', 'charge', 'ship'];

/** Microseconds of a run, of twenty that are started at once: a workflow of DBOS with three steps, and a saga with three steps. */
export async function timeSagas() {
  const database = `uno_bench_saga_${process.pid}`;
  const admin = new pg.Client(SERVER);
  await admin.connect();
  await admin.query(`create database ${database}`);
  let shipped = 0;
  let waiting;
  const step = async (name) => {
    if (name === 'ship' && ++shipped === waiting?.count) waiting.resolve();
    return { name };
  };
  const { sagas, bare, close } = await open(database, step);
  let runs = 0;
  const all = (start) => async () => {
    const done = new Promise((resolve) => (waiting = { count: shipped + RUNS, resolve }));
    await Promise.all([done, ...Array.from({ length: RUNS }, () => start(`run-${++runs}`))]);
  };
  const times = await timePairs(
    all((id) => bare(id)),
    all((id) => sagas.start('order', { order: id }, { id })),
    { turns: 1, each: RUNS },
  );
  await close();
  await admin.query(`drop database ${database} with (force)`);
  await admin.end();
  return times;
}

async function open(database, step) {
  const require = createRequire(path.join(ROOT, 'tests/services/package.json'));
  const dbosModule = await import(pathToFileURL(require.resolve('@dbos-inc/dbos-sdk')).href);
  const { DBOS } = dbosModule;
  const { ConfigModule, section } = await importOurs('uno-config');
  const { Container } = await importOurs('inversify');
  const { pg: definePool, PostgresSettings } = await importBuilt('factories/databases/pg/index.js');
  const { dbos } = await importBuilt('factories/sagas/dbos/index.js');
  const { Saga, SagasSettings, Step, sagasIdentifier } = await importBuilt('factories/sagas/index.js');
  class Order {}
  for (const name of STEPS) {
    Order.prototype[name] = () => step(name);
    Step()(Order.prototype, name, Object.getOwnPropertyDescriptor(Order.prototype, name));
  }
  Saga('order')(Order);
  // Before the engine is launched, as all workflows are.
  const workflow = DBOS.registerWorkflow(
    async () => {
      for (const name of STEPS) await DBOS.runStep(() => step(name), { name });
    },
    { name: 'bare' },
  );
  const [from, box] = [section(PostgresSettings, { path: 'db' }), section(SagasSettings, { path: 'sagas' })];
  const over = definePool({ name: 'db', from, driver: () => pg });
  const definition = dbos({ over, from: box, sagas: [Order], driver: () => dbosModule });
  const container = new Container();
  const values = { db: { ...SERVER, database, pool: { max: 8 } }, sagas: {} };
  await container.loadAsync(
    ConfigModule.fromOptions({
      sections: [from, box],
      sources: [{ load: () => values }],
      resources: [over, definition],
    }),
  );
  return {
    sagas: container.get(sagasIdentifier(definition)),
    bare: (workflowID) => DBOS.startWorkflow(workflow, { workflowID })(),
    close: () => container.unbindAllAsync(),
  };
}
