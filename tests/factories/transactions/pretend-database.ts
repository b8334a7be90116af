import { defineResource } from '../../../src/factories/resources/index.js';
import { DatabaseDefinition, type Transactor } from '../../../src/factories/transactions/index.js';

/** A connection that notes what is asked of it. */
export class PretendConnection {
  public readonly said: string[] = [];

  public async query(text: string): Promise<void> {
    await Promise.resolve();
    this.said.push(text);
  }
}

/** A pool of connections to nothing. */
class PretendPool {
  public readonly connections: PretendConnection[] = [];
  public free: PretendConnection[] = [];
  /** How many were closed, because they could not be used any more. */
  public broken = 0;

  public constructor(public readonly max: number) {}
}

/** What an error of a conflict says. */
export class Conflict extends Error {}

const transactor: Transactor<PretendPool, PretendConnection> = {
  acquire: async (pool) => {
    await Promise.resolve();
    const client = pool.free.pop() ?? new PretendConnection();
    if (!pool.connections.includes(client)) pool.connections.push(client);
    return {
      client,
      release: (isBroken) => {
        if (isBroken) pool.broken++;
        else pool.free.push(client);
      },
    };
  },
  exhausted: ({ connections, free, max }) => (free.length === 0 && connections.length >= max ? max : undefined),
  begin: async (client) => client.query('begin'),
  commit: async (client) => {
    await client.query('commit');
    return true;
  },
  rollback: async (client) => client.query('rollback'),
  dialect: 'postgresql',
  query: async (client, statement) => {
    await client.query(statement);
    return { rows: [], count: 0 };
  },
  isConflict: (error) => error instanceof Conflict,
};

/** A database that is not there, for what units of work do by themselves. */
export function pretendDatabase(name = 'orders', max = 1) {
  const pools: PretendPool[] = [];
  const pool = defineResource({
    name,
    create: () => {
      const made = new PretendPool(max);
      pools.push(made);
      return made;
    },
  });
  return { database: new DatabaseDefinition(pool, transactor), pools };
}
