import { randomUUID } from 'node:crypto';
import { ConfigError, kindOfThrown } from '../../../core/index.js';
import type { ResourceHost } from '../../../container/index.js';
import type { ContainerMaker } from '../../resources/index.js';
import {
  EngineReports,
  planOf,
  reportEnd,
  runSaga,
  type SagaEngine,
  type SagaOutcome,
  type SagaRecord,
  type SagaRegistry,
  type SagaShape,
  type SagasSettings,
  StepGate,
  Turns,
} from '../port/index.js';
import type { DbosEngineCalls, DbosLogger, DbosPool, DbosRunStatus } from './dbos-types.js';
import { executorLease, type Sweep } from './executor-lease.js';

export interface DbosEngineParts {
  readonly dbos: DbosEngineCalls;
  readonly pool: DbosPool;
  readonly registry: SagaRegistry;
  readonly maker: ContainerMaker;
  readonly host: Pick<ResourceHost, 'clock' | 'logger' | 'metrics'>;
  readonly name: string;
  readonly settings: SagasSettings;
}

/** Who has the engine of this process. */
let owner: { readonly name: string } | undefined;

/** One for all: with another one DBOS leaves runs where they are. The version is in the name of the workflow. */
const APPLICATION_VERSION = 'uno';
const OPEN: DbosRunStatus['status'][] = ['PENDING', 'ENQUEUED', 'DELAYED'];
const MOST = 1_000;
/** Milliseconds between clean-ups. */
const CLEAN_UP = 600_000;

/** DBOS, as long as one pool serves it. */
export class DbosEngine implements SagaEngine {
  public settings: SagasSettings;
  readonly #parts: DbosEngineParts;
  readonly #executor = `uno-${randomUUID()}`;
  readonly #lease: ReturnType<typeof executorLease>;
  readonly #gate: StepGate;
  readonly #reports: EngineReports;
  readonly #turns: Turns;
  readonly #bodies = new Map<string, (record: unknown) => Promise<unknown>>();
  /** Runs of ours that the engine failed. */
  readonly #parked = new Set<string>();
  #launched: Promise<void> = Promise.resolve();
  #closed: Promise<void> | undefined;
  #isLaunched = false;
  #cancelBeat: () => void = () => undefined;
  #beating: Promise<void> = Promise.resolve();
  #swept = -Infinity;
  #cleanedUp = 0;

  public constructor(parts: DbosEngineParts) {
    const { pool, settings, host } = parts;
    this.#parts = parts;
    this.settings = settings;
    this.#lease = executorLease(pool, settings.schema, this.#executor);
    this.#gate = new StepGate(host.clock);
    this.#reports = new EngineReports(parts.name, host);
    this.#turns = new Turns((saga) => planOf(this.settings, saga).concurrency);
    this.#cleanedUp = host.clock.monotonic();
  }

  /**
   * Launches; after another one of the same sagas, once that has closed.
   *
   * @throws ConfigError `saga-engine-in-use`; what the driver throws when the database is not what it needs.
   */
  public async open(replaces: DbosEngine | undefined): Promise<void> {
    if (replaces === undefined) {
      await this.#launch();
      return;
    }
    await this.#lease.makeTables();
    this.#launched = replaces.ended.then(async () => this.#launch());
    // The error is reported to callers that start a run, and logged.
    this.#launched.catch((error: unknown) => {
      this.#reports.troubled('could not be launched again', error);
    });
  }

  #end: () => void = () => undefined;
  /** Resolves when it is closed, so that another one can launch. */
  public readonly ended = new Promise<void>((resolve) => {
    this.#end = resolve;
  });

  async #launch(): Promise<void> {
    if (this.#closed !== undefined) return;
    const { dbos, pool, registry, name } = this.#parts;
    if (owner !== undefined || dbos.isInitialized()) throw engineInUse(name, owner?.name);
    owner = this.#parts;
    try {
      await this.#lease.makeTables();
      await this.#lease.beat();
      dbos.setConfig({
        name: 'uno-sagas',
        // Must look like one; the pool has the connections.
        systemDatabaseUrl: 'postgresql://nobody:nothing@localhost:5432/nowhere',
        // The pool of the package that a definition by `pg` has made.
        systemDatabasePool: pool as never,
        systemDatabaseSchemaName: this.settings.schema,
        applicationVersion: APPLICATION_VERSION,
        executorID: this.#executor,
        enableOTLP: false,
        logger: this.#logger(),
      });
      for (const shape of registry.all) {
        // It is given what start gives.
        const body = dbos.registerWorkflow(async (record) => this.#run(shape, record as SagaRecord), {
          name: shape.name,
          className: 'uno',
        });
        this.#bodies.set(shape.name, body);
      }
      await dbos.launch();
      this.#isLaunched = true;
      await this.#lookForUnlisted();
      this.#beatLater();
    } catch (error) {
      await this.#shutDown();
      throw error;
    }
  }

  public get name(): string {
    return this.#parts.name;
  }

  /** Parks what runs, waits for steps that are under way, and ends the engine. */
  public async close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    try {
      if (!this.#isLaunched) return;
      await this.#gate.close(this.settings.drainTimeout.milliseconds);
      this.#cancelBeat();
      await this.#beating;
      await this.#shutDown();
    } finally {
      this.#end();
    }
  }

  async #shutDown(): Promise<void> {
    const { dbos } = this.#parts;
    try {
      await dbos.shutdown({ deregister: true });
      // Last: until then others would take over what still runs here.
      await this.#lease.leave();
    } catch (error) {
      this.#reports.troubled('could not be shut down', error);
    } finally {
      this.#isLaunched = false;
      if (owner === this.#parts) owner = undefined;
    }
  }

  public async start(shape: SagaShape, run: string, record: SagaRecord): Promise<void> {
    await this.#launched;
    const { dbos } = this.#parts;
    const body = this.#bodies.get(shape.name);
    if (body === undefined || this.#gate.isClosed) throw this.#reports.closed();
    try {
      await dbos.startWorkflow(body, { workflowID: run })(record);
    } catch (error) {
      // The id may belong to a run of another version, which then is the run.
      if ((await dbos.getWorkflowStatus(run)) === null) throw error;
    }
  }

  public async stop(run: string, reason: string): Promise<boolean> {
    const found = await this.status(run);
    if (found?.status !== 'running') return false;
    await this.#lease.stop(run, reason);
    return true;
  }

  public async status(run: string) {
    await this.#launched;
    const found = await this.#parts.dbos.getWorkflowStatus(run);
    if (found === null) return undefined;
    const saga = found.workflowName;
    if (OPEN.includes(found.status)) return { saga, status: 'running' as const };
    if (found.status === 'CANCELLED') return { saga, status: 'cancelled' as const };
    const outcome: SagaOutcome =
      found.status === 'SUCCESS'
        ? // What runSaga gave.
          (found.output as SagaOutcome)
        : { status: 'failed', step: saga, because: `the engine recorded ${found.status}`, left: [] };
    return { saga, status: outcome.status, outcome };
  }

  public async health() {
    await this.#launched;
    const { running, waiting } = this.#turns;
    await this.#lookForUnlisted();
    return this.#reports.health(running, waiting);
  }

  async #run(shape: SagaShape, record: SagaRecord): Promise<SagaOutcome> {
    const { dbos, maker, host } = this.#parts;
    const run = dbos.workflowID ?? '';
    let hasTurn = true;
    const giveTurn = (): void => {
      if (hasTurn) this.#turns.give(shape.saga);
      hasTurn = false;
    };
    await maker.ready;
    await this.#turns.take(shape.saga);
    const outcome = await runSaga({
      shape,
      id: run,
      record,
      make: maker.of(shape.made),
      engine: {
        step: async (name, act) =>
          this.#gate.pass(
            async (guarded) => dbos.runStep(guarded, { name }),
            act,
            (error) => {
              giveTurn();
              this.#parked.add(run);
              this.#reports.troubled(`could not go on with ${run}`, error);
            },
          ),
        stopReason: async () => this.#lease.stopReason(run),
        pause: async (milliseconds) => this.#gate.pause(milliseconds),
      },
      plan: () => planOf(this.settings, shape.saga),
      ...host,
    });
    giveTurn();
    reportEnd(run, shape, outcome, host);
    return outcome;
  }

  #beatLater(): void {
    const cancel = this.#parts.host.clock.after(this.settings.lease.milliseconds / 5, () => {
      this.#beating = this.#beat();
    });
    this.#cancelBeat = cancel;
  }

  async #beat(): Promise<void> {
    const { clock } = this.#parts.host;
    const lease = this.settings.lease.milliseconds;
    try {
      await this.#lease.beat();
      const now = clock.monotonic();
      if (now - this.#swept >= lease / 3) {
        this.#swept = now;
        this.#turns.adjust();
        await this.#lease.sweep(lease, async (sweep) => this.#takeOver(sweep));
        await this.#cleanUp();
      }
    } catch (error) {
      this.#reports.troubled('could not look after runs', error);
    }
    if (!this.#gate.isClosed) this.#beatLater();
  }

  /** Resumes runs whose executor is dead, and those of ours that the engine has failed. */
  async #takeOver({ alive, took, stop }: Sweep): Promise<void> {
    const { dbos, registry, host } = this.#parts;
    const names = registry.all.map(({ name }) => name);
    const open = await dbos.listWorkflows({
      status: ['PENDING'],
      workflowName: names,
      limit: MOST,
      loadInput: false,
      loadOutput: false,
    });
    const isOrphan = ({ executorId = '', workflowID }: DbosRunStatus): boolean =>
      executorId === this.#executor ? this.#parked.has(workflowID) : !alive.has(executorId);
    const orphans = open.filter(isOrphan);
    if (orphans.length === 0) return;
    const times = await took(orphans.map(({ workflowID }) => workflowID));
    const resumed: string[] = [];
    for (const { workflowID: run, workflowName } of orphans) {
      const count = times.get(run) ?? 1;
      const { poisonAfter } = planOf(this.settings, registry.get(workflowName)?.saga ?? '');
      if (count > 2 * poisonAfter) {
        await dbos.cancelWorkflow(run);
        this.#reports.poisoned(run, workflowName, count);
        continue;
      }
      if (count > poisonAfter) await stop(run, `it has outlived ${String(count)} processes`);
      this.#parked.delete(run);
      resumed.push(run);
    }
    if (resumed.length === 0) return;
    await dbos.resumeWorkflows(resumed);
    const message = `${this.name} took over ${String(resumed.length)} runs of processes that are gone.`;
    host.logger.log({ level: 'info', event: 'config.saga.taken-over', message, fields: { runs: resumed } });
  }

  async #lookForUnlisted(): Promise<void> {
    const { dbos, registry } = this.#parts;
    const open = await dbos.listWorkflows({
      status: ['PENDING', 'ENQUEUED', 'DELAYED'],
      limit: MOST,
      loadInput: false,
      loadOutput: false,
    });
    const names = new Set(open.map(({ workflowName }) => workflowName).filter((name) => name.includes('@')));
    this.#reports.found([...names].filter((name) => registry.get(name) === undefined).sort());
  }

  /** Forgets runs that have ended longer ago than their window. */
  async #cleanUp(): Promise<void> {
    const { dbos, registry, host } = this.#parts;
    const now = host.clock.monotonic();
    if (now - this.#cleanedUp < CLEAN_UP) return;
    this.#cleanedUp = now;
    for (const { name, saga } of registry.all) {
      const window = planOf(this.settings, saga).idempotencyWindow;
      const old = await dbos.listWorkflows({
        status: ['SUCCESS', 'ERROR', 'CANCELLED'],
        workflowName: [name],
        completedBefore: new Date(host.clock.now() - window).toISOString(),
        limit: MOST,
        loadInput: false,
        loadOutput: false,
      });
      const runs = old.map(({ workflowID }) => workflowID);
      if (runs.length === 0) continue;
      await dbos.deleteWorkflows(runs);
      await this.#lease.forget(runs);
    }
  }

  /** The engine's messages may hold inputs: only the kind of an error is repeated. */
  #logger(): DbosLogger {
    const said = (level: 'warn' | 'error', kind: string): void => {
      const message = `The engine of ${this.name} reported ${kind}.`;
      this.#parts.host.logger.log({ level, event: 'config.saga.engine-said', message, fields: { kind } });
    };
    return {
      info: () => undefined,
      debug: () => undefined,
      warn: () => {
        said('warn', 'a warning');
      },
      error: (entry, metadata) => {
        said('error', kindOfThrown(metadata?.error ?? entry));
      },
    };
  }
}

function engineInUse(name: string, other: string | undefined): ConfigError {
  const who = other === undefined ? 'something outside of uno-config' : `"${other}"`;
  return new ConfigError({
    code: 'saga-engine-in-use',
    message: `The sagas "${name}" cannot have the engine of this process: ${who} has it, and DBOS is one for a process.`,
    recovery: 'List all sagas in one dbos({ sagas }), in one module; or run the others in another process.',
  });
}
