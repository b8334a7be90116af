import { Container } from 'inversify';
import type { Pool as MysqlPool, PoolConnection as MysqlConnection } from 'mysql2/promise';
import type { Pool as MariadbPool, PoolConnection as MariadbConnection } from 'mariadb';
import { mariadb, mysql, MysqlSettings } from '../../../src/factories/databases/mysql/index.js';
import { pg, PostgresSettings, type PgPool, type PgPoolClient } from '../../../src/factories/databases/pg/index.js';
import {
  inbox,
  inboxIdentifier,
  InboxSettings,
  outbox,
  outboxIdentifier,
  OutboxSettings,
  type EventPublisher,
} from '../../../src/factories/outbox/index.js';
import {
  unitOfWork,
  unitOfWorkIdentifier,
  type DatabaseDefinition,
} from '../../../src/factories/transactions/index.js';
import { ConfigModule, ReloadService, section, type SectionInput } from '../../../src/index.js';
import { configMetrics } from '../../../src/observability.js';
import { RecordingLogger } from '../../runtime/loading.js';
import { mysqlWorld } from '../databases/mysql-world.js';
import { postgresWorld } from '../databases/postgres-world.js';

/** A database for outboxes, and a way to ask it from outside. */
export interface OutboxDatabase<P, K> {
  readonly database: DatabaseDefinition<P, K>;
  readonly section: SectionInput;
  readonly settings: object;
  readonly ask: (statement: string) => Promise<readonly Readonly<Record<string, unknown>>[]>;
  readonly close: () => Promise<void>;
}

export function postgresDatabase(settings: object) {
  return {
    database: pg({ name: 'shop', from: PostgresSettings, driver: async () => import('pg') }) as DatabaseDefinition<
      PgPool,
      PgPoolClient
    >,
    section: section(PostgresSettings, { path: 'database' }),
    settings,
  };
}

export async function onPostgres(name: string): Promise<OutboxDatabase<PgPool, PgPoolClient>> {
  const world = await postgresWorld(name);
  return { ...postgresDatabase(world.settings), ask: async (statement) => world.ask(statement), close: world.close };
}

export async function onMysql2(name: string): Promise<OutboxDatabase<MysqlPool, MysqlConnection>> {
  const world = await mysqlWorld(name);
  return {
    database: mysql({ name: 'shop', from: MysqlSettings, driver: async () => import('mysql2/promise') }),
    section: section(MysqlSettings, { path: 'database' }),
    settings: world.settings,
    ask: async (statement) => world.ask(statement.replaceAll(' uno_', ` ${world.settings.database}.uno_`)),
    close: world.close,
  };
}

export async function onMariadb(name: string): Promise<OutboxDatabase<MariadbPool, MariadbConnection>> {
  const world = await mysqlWorld(name);
  return {
    database: mariadb({ name: 'shop', from: MysqlSettings, driver: async () => import('mariadb') }),
    section: section(MysqlSettings, { path: 'database' }),
    settings: world.settings,
    ask: async (statement) => world.ask(statement.replaceAll(' uno_', ` ${world.settings.database}.uno_`)),
    close: world.close,
  };
}

/** A program with an outbox, an inbox and a unit of work. */
export async function outboxProgram<P, K extends object>(
  { database, section: of, settings }: Pick<OutboxDatabase<P, K>, 'database' | 'section' | 'settings'>,
  to: EventPublisher | undefined,
  outboxSettings: object = {},
) {
  let values: object = { database: settings, outbox: outboxSettings, inbox: {} };
  const [logger, metrics] = [new RecordingLogger(), configMetrics()];
  const events = outbox({
    over: database,
    from: section(OutboxSettings, { path: 'outbox' }),
    source: '/shop',
    ...(to && { to }),
  });
  const work = unitOfWork({ over: database, outbox: events });
  const received = inbox({ consumer: 'billing', over: work, from: section(InboxSettings, { path: 'inbox' }) });
  const container = new Container();
  await container.loadAsync(
    ConfigModule.fromOptions({
      environment: 'test',
      env: {},
      logger,
      metrics,
      sections: [of, section(OutboxSettings, { path: 'outbox' }), section(InboxSettings, { path: 'inbox' })],
      sources: [{ name: 'values', load: () => values }],
      resources: [received, work, events, database],
    }),
  );
  return {
    logger,
    metrics,
    container,
    work: container.get(unitOfWorkIdentifier(work)),
    outbox: container.get(outboxIdentifier(events)),
    inbox: container.get(inboxIdentifier(received)),
    edit: async (next: object) => {
      values = { ...values, ...next };
      return container.get(ReloadService).reload('edited');
    },
    close: async () => container.unbindAllAsync(),
  };
}
