import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { serviceProgram } from '../service-program.js';
import { mysqlIsReachable, mysqlWorld } from './mysql-world.js';
import { postgresIsReachable, postgresWorld } from './postgres-world.js';

interface World {
  readonly settings: object;
  readonly ask: (text: string) => Promise<readonly unknown[]>;
  readonly close: () => Promise<void>;
}

interface Driver {
  readonly isReachable: boolean;
  readonly open: () => Promise<World>;
  readonly table: string;
  readonly sessions: string;
}

const mine = `uno_stopped_${String(process.pid)}`;
const drivers: Readonly<Record<string, Driver>> = {
  pg: {
    isReachable: await postgresIsReachable(),
    open: async () => postgresWorld('stopped'),
    table: 'notes',
    sessions: 'select 1 from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()',
  },
  mysql2: {
    isReachable: await mysqlIsReachable(),
    open: async () => {
      const world = await mysqlWorld('stopped');
      await world.ask(`use ${world.settings.database}`);
      return world;
    },
    table: 'notes',
    sessions: `select 1 from information_schema.processlist where user like '${mine}%'`,
  },
};

for (const [driver, { isReachable, open, table, sessions }] of Object.entries(drivers)) {
  (isReachable ? describe : describe.skip)(`a program on ${driver} that gets SIGTERM in a transaction`, () => {
    let world: World;
    beforeAll(async () => {
      world = await open();
      await world.ask(`create table ${table} (id int primary key)`);
    });
    afterAll(async () => world.close());

    const stop = async (ending: string): Promise<unknown> => {
      const given = [serviceProgram('databases/until-stopped.js'), driver, ending, JSON.stringify(world.settings)];
      const child = spawn(process.execPath, given, { stdio: ['ignore', 'pipe', 'inherit'] });
      const exited = once(child, 'exit');
      await once(child.stdout, 'data');
      expect(await world.ask(sessions)).not.toEqual([]);
      child.kill('SIGTERM');
      const [code, signal] = (await exited) as [number | null, string | null];
      while ((await world.ask(sessions)).length > 0) await new Promise((resolve) => setTimeout(resolve, 20));
      return { exit: code ?? signal, rows: (await world.ask(`select id from ${table}`)).length };
    };

    it('rolls back and leaves no session when the work never comes to an end', async () => {
      // Nothing is left to wait for: Node says with 13 that the program was.
      expect(await stop('never ends')).toEqual({ exit: 13, rows: 0 });
    });

    it('rolls back and leaves no session when nobody listens to the signal', async () => {
      expect(await stop('is cut off')).toEqual({ exit: 'SIGTERM', rows: 0 });
    });

    it('commits what comes to an end while the container is closed', async () => {
      expect(await stop('comes to an end')).toEqual({ exit: 0, rows: 1 });
    });
  });
}
