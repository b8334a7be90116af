import type { Answer, Transactor } from '../transactions/index.js';

export type Ask = (statement: string, values?: readonly unknown[]) => Promise<Answer>;

export function askOn<K>(transactor: Pick<Transactor<never, K>, 'query'>, client: K): Ask {
  return async (statement, values) => transactor.query(client, statement, values);
}
