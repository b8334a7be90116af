// What happens inside a process that measures what a resource and a unit of work add to a client.
import { importBuilt, importOurs } from '../packages.js';
import { timeLoops } from '../tight-loop.js';

/** A connection to nothing: what remains is what we add. */
class Connection {
  answered = 0;

  async query() {
    return (this.answered += 1);
  }
}

/** Nanoseconds for a call of a client: bare, and handed out by `resource.use`. */
export async function timeUses() {
  const { defineResource, resourceIdentifier } = await importBuilt('resources.js');
  const client = new Connection();
  const resource = await opened(defineResource({ name: 'client', create: () => client }), resourceIdentifier);
  const call = (one) => one.query();
  const times = await timeLoops({
    bare: async (turns) => {
      for (let turn = 0; turn < turns; turn += 1) await call(client);
      return client.answered;
    },
    used: async (turns) => {
      for (let turn = 0; turn < turns; turn += 1) await resource.use(call);
      return client.answered;
    },
  });
  return { ...times, added: times.used - times.bare };
}

/** Nanoseconds for a transaction of one statement: begin, statement and commit by hand, and by `work.run`. */
export async function timeRuns() {
  const { defineResource } = await importBuilt('resources.js');
  const { DatabaseDefinition, unitOfWork, unitOfWorkIdentifier } = await importBuilt('factories/transactions/index.js');
  const client = new Connection();
  const database = new DatabaseDefinition(defineResource({ name: 'database', create: () => client }), {
    acquire: async (pool) => ({ client: pool, release: () => undefined }),
    exhausted: () => undefined,
    begin: async (one) => void (await one.query('begin')),
    commit: async (one) => (await one.query('commit')) > 0,
    rollback: async (one) => void (await one.query('rollback')),
    execute: async (one, statement) => void (await one.query(statement)),
    isConflict: () => false,
  });
  const work = await opened(unitOfWork({ over: database }), unitOfWorkIdentifier, [database]);
  const statement = async ({ client: one }) => one.query('insert');
  const times = await timeLoops({
    hand: async (turns) => {
      for (let turn = 0; turn < turns; turn += 1) {
        await client.query('begin');
        await client.query('insert');
        await client.query('commit');
      }
      return client.answered;
    },
    run: async (turns) => {
      for (let turn = 0; turn < turns; turn += 1) await work.run(statement);
      return client.answered;
    },
  });
  return { ...times, added: times.run - times.hand };
}

/** The handle of a resource in a container with nothing else. */
async function opened(definition, identifierOf, needed = []) {
  const { ConfigModule, ConfigSection } = await importOurs('uno-config');
  const { Container } = await importOurs('inversify');
  const { IsInt } = await importOurs('class-validator');
  class OneSetting {
    number = 1;
  }
  IsInt()(OneSetting.prototype, 'number');
  ConfigSection('one')(OneSetting);
  const container = new Container();
  await container.loadAsync(
    ConfigModule.fromOptions({ sections: [OneSetting], sources: [], resources: [...needed, definition] }),
  );
  return container.get(identifierOf(definition));
}
