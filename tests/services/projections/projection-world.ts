import { setTimeout } from 'node:timers/promises';
import { Container, type Newable } from 'inversify';
import { pg, PostgresSettings, type PgPoolClient } from '../../../src/factories/databases/pg/index.js';
import { emmett } from '../../../src/factories/projections/emmett/index.js';
import {
  Projection,
  projectionsIdentifier,
  ProjectionsSettings,
  type ProjectionHandler,
  type StoredEvent,
} from '../../../src/factories/projections/index.js';
import {
  TransactionSettings,
  unitOfWork,
  unitOfWorkIdentifier,
  type Transaction,
} from '../../../src/factories/transactions/index.js';
import { ConfigModule, ReloadService, section } from '../../../src/index.js';
import { configMetrics } from '../../../src/observability.js';
import { RecordingLogger } from '../../runtime/loading.js';
import { postgresIsReachable } from '../databases/postgres-world.js';

export const driver = async () => import('@event-driven-io/emmett-postgresql');

/** Whether Emmett is installed and PostgreSQL is there; otherwise why not is printed. */
export async function canProject(): Promise<boolean> {
  try {
    await driver();
  } catch {
    process.stderr.write('Skipped: Emmett is not installed; npm ci --prefix tests/services.\n');
    return false;
  }
  return postgresIsReachable();
}

export type Placed = StoredEvent<'Placed', { product: string; n: number }>;

/** Sums by product, and every event that it has seen. */
@Projection('totals', { types: ['Placed'] })
export class Totals implements ProjectionHandler<Placed, PgPoolClient> {
  public async create({ client }: Transaction<PgPoolClient>): Promise<void> {
    await client.query('create table totals (product text primary key, total bigint not null)');
    await client.query('create table seen (position bigint primary key)');
  }

  public async project(events: readonly Placed[], { client }: Transaction<PgPoolClient>): Promise<void> {
    await client.query('insert into seen select unnest($1::bigint[])', [
      events.map(({ metadata }) => String(metadata.globalPosition)),
    ]);
    await client.query(
      `insert into totals as t select product, sum(n) from unnest($1::text[], $2::bigint[]) g (product, n) group by product
        on conflict (product) do update set total = t.total + excluded.total`,
      [events.map(({ data }) => data.product), events.map(({ data }) => data.n)],
    );
  }
}

export function placed(product: string, n: number) {
  return { type: 'Placed', data: { product, n } };
}

/** A program with a store of events and projections. */
export async function projectionProgram(
  settings: object,
  projections: readonly Newable<ProjectionHandler<never, PgPoolClient>>[],
  given: object = {},
  more: object = {},
) {
  let values: object = { database: settings, projections: given, work: {}, ...more };
  const [logger, metrics] = [new RecordingLogger(), configMetrics()];
  const database = pg({ name: 'shop', from: PostgresSettings, driver: async () => import('pg') });
  const work = unitOfWork({ over: database, from: section(TransactionSettings, { path: 'work' }) });
  const shop = emmett({
    over: work,
    from: section(ProjectionsSettings, { path: 'projections' }),
    projections,
    driver,
  });
  const container = new Container();
  await container.loadAsync(
    ConfigModule.fromOptions({
      environment: 'test',
      env: {},
      logger,
      metrics,
      sections: [
        section(PostgresSettings, { path: 'database' }),
        section(TransactionSettings, { path: 'work' }),
        section(ProjectionsSettings, { path: 'projections' }),
      ],
      sources: [{ name: 'values', load: () => values }],
      resources: [shop, work, database],
    }),
  );
  return {
    logger,
    metrics,
    work: container.get(unitOfWorkIdentifier(work)),
    projections: container.get(projectionsIdentifier(shop)),
    edit: async (next: object) => {
      values = { ...values, ...next };
      return container.get(ReloadService).reload('edited');
    },
    close: async () => container.unbindAllAsync(),
  };
}

/** Resolves when something is so; it is looked at again and again. */
export async function eventually(isSo: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await isSo())) await setTimeout(5);
}
