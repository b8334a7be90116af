// A program that relays: what it publishes, it also receives, once, in a database. Killed by its test at any point.
import 'reflect-metadata';
import { Pool } from 'pg';
import { outboxProgram, postgresDatabase } from './outbox-world.js';

const [settings = '{}'] = process.argv.slice(2);
// Written by the test that starts it.
const connection = JSON.parse(settings) as { host: string; port: number; user: string; database: string };
const sink = new Pool({ ...connection, max: 3 });
const program = await outboxProgram(
  postgresDatabase(connection),
  {
    publish: async (event) => {
      const { data, partitionkey: key = '' } = event;
      const n = Number(Reflect.get(Object(data), 'n'));
      await sink.query('insert into deliveries (event_key, seq) values ($1, $2)', [key, event.sequence]);
      await program.inbox.once(event, async ({ client }) =>
        client.query('insert into effects (event_key, n) values ($1, $2)', [key, n]),
      );
    },
  },
  { poll: '20ms', batch: 20, concurrency: 3 },
);
process.stdout.write('relaying\n');
