// A program that is told to stop in the middle of a transaction.
import 'reflect-metadata';
import { Container } from 'inversify';
import { mysql, MysqlSettings } from '../../../src/factories/databases/mysql/index.js';
import { pg, PostgresSettings } from '../../../src/factories/databases/pg/index.js';
import {
  unitOfWork,
  unitOfWorkIdentifier,
  type DatabaseDefinition,
} from '../../../src/factories/transactions/index.js';
import { ConfigModule, section } from '../../../src/index.js';

const [driver = '', ending = '', settings = '{}'] = process.argv.slice(2);
const name = 'notes';
const drainTimeout = ending === 'comes to an end' ? '30s' : '100ms';
const at = { path: 'database' };
const place = driver === 'pg' ? section(PostgresSettings, at) : section(MysqlSettings, at);
// What is asked here, both can do.
type Definition = DatabaseDefinition<object, { query(sql: string): Promise<unknown> }>;
const definition: Definition =
  driver === 'pg'
    ? pg({ name, from: PostgresSettings, drainTimeout, driver: async () => import('pg') })
    : mysql({ name, from: MysqlSettings, drainTimeout, driver: async () => import('mysql2/promise') });
const work = unitOfWork({ over: definition });
const container = new Container();
await container.loadAsync(
  ConfigModule.fromOptions({
    environment: 'test',
    env: {},
    sections: [place],
    // Written by the test that starts it.
    sources: [{ name: 'values', load: () => ({ database: JSON.parse(settings) as object }) }],
    resources: [definition, work],
  }),
);
let finish = (): void => undefined;
const toldToStop = new Promise<void>((resolve) => (finish = resolve));
if (ending !== 'is cut off') {
  process.once('SIGTERM', () => {
    void container.unbindAllAsync();
    if (ending === 'comes to an end') finish();
  });
}
await container.get(unitOfWorkIdentifier(work)).run(async ({ client }) => {
  await client.query('insert into notes (id) values (1)');
  process.stdout.write('in a transaction\n');
  await toldToStop;
});
