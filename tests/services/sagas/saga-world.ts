import { Container } from 'inversify';
import { Pool } from 'pg';
import { systemClock } from '../../../src/core/index.js';
import { pg, PostgresSettings } from '../../../src/factories/databases/pg/index.js';
import { dbos } from '../../../src/factories/sagas/dbos/index.js';
import { Saga, sagasIdentifier, SagasSettings, Step, type SagaRun } from '../../../src/factories/sagas/index.js';
import { ConfigModule, ReloadService, section } from '../../../src/index.js';
import { RecordingLogger } from '../../runtime/loading.js';

export interface Order {
  /** The step that fails, however often it is tried. */
  readonly fails?: string;
}

/** What sagas do: notes every attempt, and every effect once by its key. */
export class Effects {
  /** Where this process dies: `before charge`, `after charge`. */
  public static dieAt = '';
  /** Steps wait for it. */
  public static gate: Promise<void> = Promise.resolve();
  readonly #pool: Pool;

  public constructor(pool: Pool) {
    this.#pool = pool;
  }

  public async do(what: string, run: SagaRun<Order>): Promise<void> {
    if (Effects.dieAt === `before ${what}`) process.kill(process.pid, 'SIGKILL');
    await Effects.gate;
    await this.#pool.query('insert into attempts (run, what) values ($1, $2)', [run.id, what]);
    if (run.input.fails === what) throw new Error('refused');
    await this.#pool.query('insert into effects (run, what, key) values ($1, $2, $3) on conflict do nothing', [
      run.id,
      what,
      run.key,
    ]);
    if (Effects.dieAt === `after ${what}`) process.kill(process.pid, 'SIGKILL');
  }
}

@Saga('order', { version: 2 })
export class OrderSaga {
  public constructor(private readonly effects: Effects) {}

  @Step({ compensate: 'release' })
  public async reserve(run: SagaRun<Order>): Promise<string> {
    await this.effects.do('reserve', run);
    return 'reserved';
  }

  public async release(run: SagaRun<Order>): Promise<void> {
    await this.effects.do('release', run);
  }

  @Step({ compensate: 'refund' })
  public async charge(run: SagaRun<Order>): Promise<void> {
    await this.effects.do('charge', run);
  }

  public async refund(run: SagaRun<Order>): Promise<void> {
    await this.effects.do('refund', run);
  }

  @Step()
  public async ship(run: SagaRun<Order>): Promise<void> {
    await this.effects.do('ship', run);
  }
}

@Saga('order')
export class OldOrderSaga {
  public constructor(private readonly effects: Effects) {}

  @Step()
  public async charge(run: SagaRun<Order>): Promise<void> {
    await this.effects.do('charge', run);
  }

  @Step()
  public async ship(run: SagaRun<Order>): Promise<void> {
    await this.effects.do('ship', run);
  }
}

export interface DatabasePlace {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly database: string;
}

/** A program that runs sagas. */
export async function sagaProgram(place: DatabasePlace, sagas: Parameters<typeof dbos>[0]['sagas'] = [OrderSaga]) {
  const retry = { maxAttempts: 2, minDelay: '1ms', maxDelay: '1ms' };
  let values: object = {
    database: { ...place, pool: { max: 6 } },
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
  container.bind(Effects).toConstantValue(new Effects(pool));
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
