// What happens inside a process that measures the outbox on the PostgreSQL of this machine.
import pg from 'pg';
import { importBuilt, importOurs } from '../packages.js';
import { SERVER, timePairs } from './databases.js';

const WRITERS = 4;
const EVENTS = 40;

/** Microseconds of an event, of forty by four writers: stored, published and deleted by hand, and by an outbox and its relay. */
export async function timeOutbox() {
  const database = `uno_bench_outbox_${process.pid}`;
  const admin = new pg.Client(SERVER);
  await admin.connect();
  await admin.query(`create database ${database}`);
  const pool = new pg.Pool({ ...SERVER, database, max: WRITERS });
  // What a drop of the database ends has ended already.
  pool.on('error', () => undefined);
  await pool.query('create table events (id bigserial primary key, body text not null)');
  let published = 0;
  let waiting;
  const publish = async (event) => {
    published += JSON.stringify(event).length > 0 ? 1 : 0;
    if (published === waiting?.count) waiting.resolve();
  };
  const event = (n) => ({ specversion: '1.0', id: String(n), source: '/bench', type: 'Placed', data: { n } });
  const byHand = async (n) => {
    const { rows } = await pool.query('insert into events (body) values ($1) returning id', [JSON.stringify(event(n))]);
    await publish(event(n));
    await pool.query('delete from events where id = $1', [rows[0].id]);
  };
  class Placed {
    constructor(n) {
      this.n = n;
    }
  }
  const { work, close } = await open({ ...SERVER, database, pool: { max: WRITERS + 2 } }, publish);
  const byOutbox = (n) => work.run((tx) => void tx.raise(new Placed(n), { key: `k${n % 8}` }));
  const all = (act) => async () => {
    const done = new Promise((resolve) => (waiting = { count: published + EVENTS, resolve }));
    const writers = Array.from({ length: WRITERS }, async (_, writer) => {
      for (let n = writer; n < EVENTS; n += WRITERS) await act(n);
    });
    await Promise.all([...writers, done]);
  };
  const times = await timePairs(all(byHand), all(byOutbox), { turns: 1, each: EVENTS });
  await close();
  await pool.end();
  await admin.query(`drop database ${database} with (force)`);
  await admin.end();
  return times;
}

async function open(db, publish) {
  const { ConfigModule, section } = await importOurs('uno-config');
  const { Container } = await importOurs('inversify');
  const { pg: define, PostgresSettings } = await importBuilt('factories/databases/pg/index.js');
  const { outbox, OutboxSettings } = await importBuilt('factories/outbox/index.js');
  const { unitOfWork, unitOfWorkIdentifier } = await importBuilt('factories/transactions/index.js');
  const [from, box] = [section(PostgresSettings, { path: 'db' }), section(OutboxSettings, { path: 'outbox' })];
  const database = define({ name: 'db', from, driver: () => pg });
  const events = outbox({ over: database, from: box, source: '/bench', to: { publish } });
  const work = unitOfWork({ over: database, outbox: events });
  const container = new Container();
  const resources = [database, events, work];
  await container.loadAsync(
    ConfigModule.fromOptions({ sections: [from, box], sources: [{ load: () => ({ db }) }], resources }),
  );
  return { work: container.get(unitOfWorkIdentifier(work)), close: () => container.unbindAllAsync() };
}
