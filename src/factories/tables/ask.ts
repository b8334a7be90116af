import type { Answer, Transactor } from '../transactions/index.js';

/** Runs statements on one connection. */
export type Ask = (statement: string, values?: readonly unknown[]) => Promise<Answer>;

/** The statements of a dialect, by the transactor whose connection it is. */
export function askOn<K>(transactor: Pick<Transactor<never, K>, 'query'>, client: K): Ask {
  return async (statement, values) => transactor.query(client, statement, values);
}
