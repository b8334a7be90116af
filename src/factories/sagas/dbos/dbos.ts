import type { Newable } from 'inversify';
import { option, type OptionKinds, readOptions } from '../../../core/index.js';
import type { SectionTarget } from '../../../runtime/index.js';
import { loadDriver } from '../../drivers/index.js';
import {
  ContainerMaker,
  defineResource,
  orDefaults,
  type RecipeInside,
  ResourceDefinition,
  sectionLike,
} from '../../resources/index.js';
import { SagaRegistry, sagasOn, SAGAS_DEFAULTS, SagasSettings, type SagasDefinition } from '../port/index.js';
import { DbosEngine } from './dbos-engine.js';
import type { DbosDriver, DbosPool } from './dbos-types.js';

/** What {@link dbos} takes. */
export interface DbosOptions {
  /** Names the sagas in errors, logs, health and metrics; default: the name of the database and `sagas`. */
  readonly name?: string;
  /** A PostgreSQL database by `pg`, of its own: the engine keeps one of its connections forever. */
  readonly over: ResourceDefinition<DbosPool>;
  /** The section with the settings of the sagas; their defaults when absent. */
  readonly from?: SectionTarget<SagasSettings>;
  /** The classes with `@Saga`: every version that may have open runs. */
  readonly sagas: readonly Newable[];
  /** Gives the package `@dbos-inc/dbos-sdk`; default: it is imported by its name. */
  readonly driver?: () => DbosDriver | Promise<DbosDriver>;
}

const OPTIONS = {
  name: option.name,
  over: option.required(option.kind('what pg(…) gives', (value) => value instanceof ResourceDefinition)),
  from: sectionLike(SagasSettings),
  sagas: option.required(option.list),
  driver: option.callback,
} satisfies OptionKinds<DbosOptions>;

/**
 * Sagas on DBOS Transact 5: a run goes on after a crash, in this process or another one. One in a process, because the
 * engine is one for all. Steps are done at least once: hand `run.key` to whatever does the effect. Subpath:
 * `uno-config/sagas/dbos`.
 *
 * @throws TypeError naming an option that cannot be used.
 *
 * @example
 * ```ts
 * import { pg, PostgresSettings } from 'uno-config/databases/pg';
 * import { Saga, Step, type SagaRun } from 'uno-config/sagas';
 *
 * @Saga('greeting')
 * class Greeting {
 *   @Step()
 *   public greet(run: SagaRun<string>): string {
 *     return `Hello, ${run.input}`;
 *   }
 * }
 *
 * const database = pg({ name: 'sagas', from: PostgresSettings });
 * const sagas = dbos({ over: database, sagas: [Greeting] });
 * ```
 */
export function dbos(options: DbosOptions): SagasDefinition {
  const { over, from, sagas, driver, name = `${over.name} sagas` } = readOptions('dbos', options, OPTIONS);
  const registry = new SagaRegistry(sagas);
  const load = driver ?? (async () => loadDriver<DbosDriver>('@dbos-inc/dbos-sdk'));
  const client = defineResource<DbosEngine, SagasSettings, { pool: ResourceDefinition<DbosPool> }>({
    name,
    ...(from !== undefined && { from }),
    needs: { pool: over },
    // The engine is one for all: a new one waits for the old one.
    overlap: 'shrink',
    probeTimeout: '1m',
    create: async ({ settings: given, needs, replaces }, inside?: RecipeInside) => {
      const { DBOS } = await load();
      // Handed to the recipes of this package.
      const { host } = inside as Pick<RecipeInside, 'host'>;
      const settings = orDefaults(given, SAGAS_DEFAULTS);
      const maker = ContainerMaker.in(host);
      const engine = new DbosEngine({ dbos: DBOS, pool: needs.pool, registry, maker, host, name, settings });
      await engine.open(replaces instanceof DbosEngine ? replaces : undefined);
      return engine;
    },
    close: async (engine) => engine.close(),
    hot: { default: follow, named: follow, lease: follow, drainTimeout: follow },
  });
  return sagasOn(registry, client);
}

function follow(engine: DbosEngine, _: unknown, settings: SagasSettings): void {
  engine.settings = settings;
}
