import { randomUUID } from 'node:crypto';
import type { ResourceHost } from '../../../container/index.js';
import type { RedisClient } from '../../drivers/index.js';
import { ContainerMaker } from '../../resources/index.js';
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
} from '../port/index.js';
import type { BullmqDriver, BullmqJob, BullmqQueue, BullmqWorker } from './bullmq-types.js';
import { RunJob, type RunData } from './run-job.js';

export interface BullmqEngineParts {
  readonly driver: BullmqDriver;
  readonly client: RedisClient;
  readonly registry: SagaRegistry;
  readonly host: ResourceHost;
  readonly name: string;
  readonly settings: SagasSettings;
}

/** Attempts of a job: it fails only when Redis does, and goes on where it was. */
const ATTEMPTS = 1_000_000;
/** Milliseconds that jobs in progress are given to go back to their queue. */
const CLOSING = 10_000;

/** BullMQ: a queue for each saga and version, a job for each run, which keeps what its steps have answered. */
export class BullmqEngine implements SagaEngine {
  public settings: SagasSettings;
  readonly #parts: BullmqEngineParts;
  readonly #process = randomUUID();
  readonly #gate: StepGate;
  readonly #queues = new Map<string, BullmqQueue>();
  readonly #workers = new Map<SagaShape, BullmqWorker>();
  /** Gives a job that is under way back to its queue. */
  readonly #givenBack = new Set<() => void>();
  #running = 0;
  readonly #reports: EngineReports;

  public constructor(parts: BullmqEngineParts) {
    this.#parts = parts;
    this.settings = parts.settings;
    this.#gate = new StepGate(parts.host.clock);
    this.#reports = new EngineReports(parts.name, parts.host);
  }

  public async open(): Promise<void> {
    const { client, registry, host } = this.#parts;
    await this.#lookForUnlisted();
    await client.call('SADD', this.#key('names'), ...registry.all.map(({ name }) => name));
    for (const shape of registry.all) this.#workers.set(shape, this.#worker(shape));
    void ContainerMaker.in(host).ready.then(() => {
      if (this.#gate.isClosed) return;
      for (const worker of this.#workers.values()) worker.run().catch(() => undefined);
    });
  }

  public follow(settings: SagasSettings): void {
    this.settings = settings;
    for (const [{ saga }, worker] of this.#workers) worker.concurrency = planOf(settings, saga).concurrency;
  }

  public async start(shape: SagaShape, run: string, record: SagaRecord): Promise<void> {
    if (this.#gate.isClosed) throw this.#reports.closed();
    // One of all versions has it, whoever is first.
    const claim = this.#key(`run:${run}`);
    const { client } = this.#parts;
    const isFirst = (await client.call('SET', claim, shape.name, 'NX')) !== null;
    const first = isFirst ? null : await client.call('GET', claim);
    const name = typeof first === 'string' ? first : shape.name;
    const age = Math.ceil(planOf(this.settings, shape.saga).idempotencyWindow / 1_000);
    const data: RunData = { run, record, done: {}, processes: 0 };
    await this.#queue(name).add(name, data, {
      jobId: idOf(run),
      attempts: ATTEMPTS,
      backoff: { type: 'exponential', delay: 200, jitter: 0.5 },
      removeOnComplete: { age },
      removeOnFail: { age },
    });
  }

  public async stop(run: string, reason: string): Promise<boolean> {
    const found = await this.status(run);
    if (found?.status !== 'running') return false;
    await this.#parts.client.call('SET', this.#key(`stop:${run}`), reason, 'NX');
    return true;
  }

  public async status(run: string) {
    const saga = await this.#parts.client.call('GET', this.#key(`run:${run}`));
    if (typeof saga !== 'string') return undefined;
    const job = await this.#queue(saga).getJob(idOf(run));
    const state = await job?.getState();
    if (job === undefined || state === 'unknown') return undefined;
    if (state === 'completed') {
      // It may have ended since it was read. What runSaga gave.
      const outcome = (await this.#queue(saga).getJob(idOf(run)))?.returnvalue as SagaOutcome | undefined;
      return outcome && { saga, status: outcome.status, outcome };
    }
    if (state !== 'failed') return { saga, status: 'running' as const };
    const outcome: SagaOutcome = { status: 'failed', step: saga, because: 'the engine gave it up', left: [] };
    return { saga, status: outcome.status, outcome };
  }

  public async health() {
    await this.#lookForUnlisted();
    const counts = await Promise.all(
      this.#parts.registry.all.map(async ({ name }) => this.#queue(name).getJobCounts('waiting')),
    );
    const waiting = counts.reduce((sum, { waiting: count = 0 }) => sum + count, 0);
    return this.#reports.health(this.#running, waiting);
  }

  /** Waits for steps that are under way, and gives all runs back to their queues. */
  public async close(): Promise<void> {
    const { clock } = this.#parts.host;
    await this.#gate.close(this.settings.drainTimeout.milliseconds);
    const ended = Promise.all([...this.#workers.values()].map(async (worker) => worker.close()));
    for (const giveBack of this.#givenBack) giveBack();
    await Promise.race([ended, new Promise<void>((resolve) => clock.after(CLOSING, resolve))]);
    await Promise.all([...this.#workers.values()].map(async (worker) => worker.close(true)));
    await Promise.all([...this.#queues.values()].map(async (queue) => queue.close()));
    await this.#parts.client.close();
  }

  #worker(shape: SagaShape): BullmqWorker {
    const { driver, client } = this.#parts;
    const lease = this.settings.lease.milliseconds;
    const worker = new driver.Worker(shape.name, async (job, token) => this.#work(shape, job, token), {
      // One of the package ioredis, which made it.
      connection: client.raw as never,
      prefix: this.#prefix,
      autorun: false,
      concurrency: planOf(this.settings, shape.saga).concurrency,
      lockDuration: lease,
      stalledInterval: lease,
      // We count processes, and compensate: the package would fail the job.
      maxStalledCount: ATTEMPTS,
    });
    worker.on('error', (error) => {
      if (!this.#gate.isClosed) this.#reports.troubled('could not look after runs', error);
    });
    return worker;
  }

  async #work(shape: SagaShape, job: BullmqJob, token: string | undefined): Promise<SagaOutcome> {
    const { host, driver } = this.#parts;
    const progress = new RunJob(job);
    await progress.taken(this.#process);
    const ended = await new Promise<SagaOutcome | 'given back'>((resolve, reject) => {
      const giveBack = (): void => {
        resolve('given back');
      };
      this.#givenBack.add(giveBack);
      this.#running++;
      this.#run(shape, progress, reject)
        .then(resolve, reject)
        .finally(() => this.#givenBack.delete(giveBack));
      if (this.#gate.isClosed) giveBack();
    }).finally(() => {
      this.#running--;
    });
    if (ended === 'given back') {
      await job.moveToWait(token);
      throw new driver.WaitingError();
    }
    reportEnd(progress.run, shape, ended, host);
    await this.#forget(shape, progress.run);
    return ended;
  }

  async #run(shape: SagaShape, progress: RunJob, failed: (error: unknown) => void): Promise<SagaOutcome> {
    const { host, name } = this.#parts;
    const { run, record } = progress;
    const plan = () => planOf(this.settings, shape.saga);
    const outlived = progress.processes - 1;
    if (outlived > 2 * plan().poisonAfter) return this.#poisoned(shape, progress);
    return runSaga({
      shape,
      id: run,
      record,
      make: ContainerMaker.in(host).of(shape.made),
      engine: {
        step: async (step, act) =>
          this.#gate.pass(
            async (guarded) => progress.once(step, guarded),
            act,
            (error) => {
              this.#reports.troubled(`could not go on with ${run}`, error);
              failed(new Error(`${name} could not keep a step.`));
            },
          ),
        stopReason: async () => {
          if (outlived > plan().poisonAfter) return `it has outlived ${String(outlived)} processes`;
          const reason = await this.#parts.client.call('GET', this.#key(`stop:${run}`));
          return typeof reason === 'string' ? reason : undefined;
        },
        pause: async (milliseconds) => this.#gate.pause(milliseconds),
      },
      plan,
      ...host,
    });
  }

  /** Its compensation, too, ends every process that does it. */
  #poisoned({ name, steps }: SagaShape, progress: RunJob): SagaOutcome {
    const { run, processes } = progress;
    const left = steps
      .map((step) => step.name)
      .filter((step) => progress.isDone(step) && !progress.isDone(`undo ${step}`));
    this.#reports.poisoned(run, name, processes - 1);
    return { status: 'failed', step: name, because: 'it ended every process that had it', left };
  }

  /** Has what is kept beside a run go with it. */
  async #forget({ saga }: SagaShape, run: string): Promise<void> {
    const { client } = this.#parts;
    const window = planOf(this.settings, saga).idempotencyWindow;
    await client.call('PEXPIRE', this.#key(`run:${run}`), Math.round(window));
    await client.call('DEL', this.#key(`stop:${run}`));
  }

  async #lookForUnlisted(): Promise<void> {
    const { client, registry } = this.#parts;
    const names = await client.call('SMEMBERS', this.#key('names'));
    const others = (Array.isArray(names) ? names.map(String) : []).filter((each) => registry.get(each) === undefined);
    const open = await Promise.all(
      others.map(async (each) => {
        const counts = await this.#queue(each).getJobCounts('waiting', 'active', 'delayed');
        return Object.values(counts).some((count) => count > 0) ? [each] : [];
      }),
    );
    this.#reports.found(open.flat().sort());
  }

  #queue(name: string): BullmqQueue {
    const made = this.#queues.get(name);
    if (made !== undefined) return made;
    const { driver, client } = this.#parts;
    // One of the package ioredis, which made it.
    const queue = new driver.Queue(name, { connection: client.raw as never, prefix: this.#prefix });
    // Whoever asks is told.
    queue.on('error', () => undefined);
    this.#queues.set(name, queue);
    return queue;
  }

  /** In braces, so that a cluster keeps all on one node. */
  get #prefix(): string {
    return `{${this.settings.schema}}`;
  }

  #key(name: string): string {
    return `${this.#prefix}:uno:${name}`;
  }
}

/** BullMQ keeps colons for itself. */
function idOf(run: string): string {
  return encodeURIComponent(run);
}
