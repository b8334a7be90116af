import { Container } from 'inversify';
import { Pool } from 'pg';
import { systemClock } from '../../../src/core/index.js';
import { pg, PostgresSettings } from '../../../src/factories/databases/pg/index.js';
import { dbos } from '../../../src/factories/sagas/dbos/index.js';
import { sagasIdentifier, SagasSettings, type SagaRun } from '../../../src/factories/sagas/index.js';
import { ConfigModule, ReloadService, section } from '../../../src/index.js';
import { CANARY } from '../../stories/leaks/canary.js';
import { RecordingLogger } from '../../runtime/loading.js';
import { Effects, OrderSaga, type Order } from '../../factories/sagas/order-saga.js';

/** What sagas do, in PostgreSQL. */
class PostgresEffects extends Effects {
  readonly #pool: Pool;

  public constructor(pool: Pool) {
    super();
    this.#pool = pool;
  }

  protected override async attempted(what: string, run: SagaRun<Order>): Promise<void> {
    await this.#pool.query('insert into attempts (run, what) values ($1, $2)', [run.id, what]);
  }

  protected override async done(what: string, run: SagaRun<Order>): Promise<void> {
    await this.#pool.query('insert into effects (run, what, key) values ($1, $2, $3) on conflict do nothing', [
      run.id,
      what,
      run.key,
    ]);
  }
}

export interface DatabasePlace {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly database: string;
}

/** A program that runs sagas. */
export async function sagaProgram(
  place: DatabasePlace,
  sagas: Parameters<typeof dbos>[0]['sagas'] = [OrderSaga],
  effects?: Effects,
) {
  const retry = { maxAttempts: 2, minDelay: '1ms', maxDelay: '1ms' };
  let values: object = {
    database: { password: CANARY, ...place, pool: { max: 6 } },
    sagas: { lease: '1500ms', default: { retry, compensationRetry: retry } },
  };
  const logger = new RecordingLogger();
  const database = pg({
    name: 'shop',
    from: section(PostgresSettings, { path: 'database' }),
    driver: async () => import('pg'),
  });
  const definition = dbos({
    // Its pool can do what every PgPool can.
    over: database,
    from: section(SagasSettings, { path: 'sagas' }),
    sagas,
    driver: async () => await import('@dbos-inc/dbos-sdk'),
  });
  const container = new Container();
  const pool = new Pool({ ...place, max: 4 });
  container.bind(Effects).toConstantValue(effects ?? new PostgresEffects(pool));
  await container.loadAsync(
    ConfigModule.fromOptions({
      environment: 'test',
      env: {},
      logger,
      clock: systemClock,
      sections: [section(PostgresSettings, { path: 'database' }), section(SagasSettings, { path: 'sagas' })],
      sources: [{ name: 'values', load: () => values }],
      resources: [definition, database],
      reload: { prepareTimeout: '2m' },
    }),
  );
  return {
    logger,
    sagas: container.get(sagasIdentifier(definition)),
    edit: async (next: object) => {
      values = { ...values, ...next };
      return container.get(ReloadService).reload('edited');
    },
    close: async () => {
      await container.unbindAllAsync();
      await pool.end();
    },
  };
}
