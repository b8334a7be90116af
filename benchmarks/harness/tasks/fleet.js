// What happens inside the process that changes a store which a fleet of programs reads.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { importBuilt } from '../packages.js';
import { quantile } from '../statistics.js';

const CHILD = fileURLToPath(new URL('fleet-child.js', import.meta.url));
const SERVER = { host: '127.0.0.1', user: 'postgres', database: 'postgres' };
const SCHEMA = 'uno_config_bench';
const [PROGRAMS, SCOPES, ROUNDS] = [10, 10, 30];

const now = () => Number(process.hrtime.bigint() / 1_000n) / 1_000;

/** Milliseconds until a change is in use in one program and in the last of them, and CPU for each program and change. */
export async function timeFleet(jitter) {
  const [ours, bare] = [await fleetOf('ours', jitter), await fleetOf('bare', jitter)];
  return { ...ours, bareLast: bare.last, bareLast99: bare.last99, bareEach: bare.each, bareCpu: bare.cpu };
}

async function fleetOf(kind, jitter) {
  const { postgresSource } = await importBuilt('sources/remote/postgres/index.js');
  const namespace = `fleet-${process.pid}-${kind}`;
  const pool = new pg.Pool({ ...SERVER, max: 2 });
  const writer = postgresSource({ namespace, schema: SCHEMA, client: pool });
  const document = (n) => ({
    pricing: { n },
    modules: Object.fromEntries(
      Array.from({ length: SCOPES }, (_, index) => [`scope${index}`, { pricing: { n: n + index } }]),
    ),
  });
  await writer.write(document(0), { expected: undefined });
  const programs = Array.from({ length: PROGRAMS }, () => fork(CHILD, [kind, namespace, jitter]));
  for (const program of programs) {
    program.once('exit', (code) => {
      // Whoever waits for it would wait for ever.
      if (code !== 0) process.exit(1);
    });
  }
  await Promise.all(programs.map((program) => once(program, 'message')));
  const [each, last] = [[], []];
  for (const program of programs) program.send('begin');
  for (let round = 1; round <= ROUNDS; round += 1) {
    const heard = Promise.all(programs.map(async (program) => (await once(program, 'message'))[0].at));
    const start = now();
    await writer.write(document(round), { expected: round });
    const times = (await heard).map((at) => at - start);
    each.push(...times);
    last.push(Math.max(...times));
  }
  const cpu = await Promise.all(
    programs.map(async (program) => {
      const answer = once(program, 'message');
      program.send('end');
      return (await answer)[0].cpu / ROUNDS;
    }),
  );
  for (const table of ['releases', 'documents']) {
    await pool.query(`delete from ${SCHEMA}.${table} where namespace = $1`, [namespace]);
  }
  await pool.end();
  return {
    each: quantile(each, 0.5),
    each99: quantile(each, 0.99),
    last: quantile(last, 0.5),
    last99: quantile(last, 0.99),
    cpu: quantile(cpu, 0.5),
  };
}
