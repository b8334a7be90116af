import type { Transaction, UnitOfWork } from '../../transactions/index.js';
import type {
  EmmettDatabase,
  EmmettDriver,
  EmmettEvent,
  EmmettExecutor,
  EmmettOutcome,
  EmmettStore,
} from './emmett-types.js';

/** Thrown through the unit of work so that it rolls back what Emmett has refused. */
class Refused extends Error {}

export type Appended<C> = (events: readonly EmmettEvent[], transaction: Transaction<C>) => Promise<void> | undefined;

/** Emmett's event store on a unit of work: what it does is part of the transaction that is open, or of one of its own. */
export class EventStoreOnWork<C> {
  public readonly schema: string;
  public readonly store: EmmettStore;

  public constructor(driver: EmmettDriver, work: UnitOfWork<C>, appended: Appended<C>) {
    const options = {
      connectionOptions: { dumbo: databaseOn(work) },
      schema: { autoMigration: 'None' },
      // Without a name: by names it looks for a lock, and passes events over while somebody has that.
      projections: [
        {
          type: 'inline',
          projection: {
            // Of whatever type: one that is not listed here may be kept up inline elsewhere.
            canHandle: { some: () => true },
            handle: async (events: readonly EmmettEvent[]) => appended(events, work.current),
          },
        },
      ],
    };
    // The package asks of these what the types beside us declare; its own would need it to be installed.
    const { schema, ...made } = driver.getPostgreSQLEventStore('postgresql://module', options as never);
    this.schema = schema.sql();
    this.store = withoutEnds(made);
  }
}

/** The database as Emmett is given it. With a pool of its own it would change how the driver reads numbers, everywhere. */
function databaseOn<C>(work: UnitOfWork<C>): EmmettDatabase {
  const run = async <R>(act: (executor: EmmettExecutor) => Promise<R>): Promise<R> =>
    work.run({ propagation: 'supports', as: 'the event store' }, async (transaction) => act(executorOn(transaction)));
  return {
    execute: {
      query: async (statement) => run(async (execute) => execute.query(statement)),
      batchQuery: async (statements) => run(async (execute) => execute.batchQuery(statements)),
      command: async (statement) => run(async (execute) => execute.command(statement)),
      batchCommand: async (statements) => run(async (execute) => execute.batchCommand(statements)),
    },
    withTransaction: async <T>(handle: Parameters<EmmettDatabase['withTransaction']>[0]): Promise<T> => {
      let refused: unknown;
      try {
        return await work.run(
          { propagation: 'nested', accessMode: 'read-write', as: 'the event store' },
          async (tx) => {
            const outcome = await handle({
              execute: executorOn(tx),
              connection: { open: async () => Promise.resolve(tx.client) },
            });
            if (!isOutcome(outcome)) return outcome as T;
            if (outcome.success) return outcome.result as T;
            refused = outcome.result;
            throw new Refused();
          },
        );
      } catch (error) {
        if (error instanceof Refused) return refused as T;
        throw error;
      }
    },
  };
}

function isOutcome(value: unknown): value is EmmettOutcome<unknown> {
  return typeof value === 'object' && value !== null && 'success' in value;
}

function executorOn<C>(transaction: Transaction<C>): EmmettExecutor {
  const query = async (statement: string) => {
    const { rows, count } = await transaction.ask(statement);
    return { rowCount: count, rows: rows.map((row) => ({ ...row })) };
  };
  const batchQuery = async (statements: readonly string[]) => {
    const answers = [];
    for (const statement of statements) answers.push(await query(statement));
    return answers;
  };
  return { query, batchQuery, command: query, batchCommand: batchQuery };
}

/** Without consumers, migrations and an end, which know nothing of the module; a session is the store itself. */
function withoutEnds(made: EmmettStore): EmmettStore {
  const kept = Object.fromEntries(Object.entries(made).filter(([name]) => name !== 'consumer' && name !== 'close'));
  const store = {
    ...kept,
    withSession: async <T>(act: (session: unknown) => Promise<T>): Promise<T> =>
      act({ eventStore: store, close: async () => Promise.resolve() }),
  };
  // All that was asked of it is there still.
  return Object.freeze(store) as unknown as EmmettStore;
}
