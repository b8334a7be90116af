import { thrownInWords } from '../../../core/index.js';
import { askOf, type WorkLoop, workLoop } from '../../tables/index.js';
import type { Transaction } from '../../transactions/index.js';
import type { ProjectionShape } from '../port/index.js';
import { enterSchema, makeSchema, swapSchema } from './build-schema.js';
import type { Backlog, ProjectionState } from './projection-tables.js';
import { ProjectedBuild, type ProjectionParts, type Step } from './projected-build.js';

/** Milliseconds between looks at a projection that nothing is to be done for: somebody may command otherwise. */
const LOOK = 1_000;

/** Milliseconds between counts of what one has to project that is not caught up. */
const COUNT = 5_000;

/** How long the last step of a rebuild may take, which others wait for. */
const SWAP = '5m';

/**
 * Keeps one projection up: makes its tables, projects what is appended, rebuilds it beside its tables, and changes between
 * the modes as the settings want. Where it is and how it goes on is in the database, for all processes.
 */
export class Projector<C> {
  public readonly shape: ProjectionShape;
  readonly #parts: ProjectionParts<C>;
  readonly #live: ProjectedBuild<C>;
  readonly #next: ProjectedBuild<C>;
  #loop: WorkLoop | undefined;
  readonly #unobserve: (() => void)[] = [];
  #failures = 0;
  /** Of a rebuild: what it fails with, how often it has in a row, and when it is tried again. */
  #rebuilding = { problem: undefined as string | undefined, failures: 0, after: -Infinity };
  #problem: string | undefined;
  #backlog: Backlog = { behind: 0, lag: 0 };
  #counted = -Infinity;

  public constructor(parts: ProjectionParts<C>, shape: ProjectionShape) {
    this.#parts = parts;
    this.shape = shape;
    this.#live = new ProjectedBuild(parts, shape, 'live');
    this.#next = new ProjectedBuild(parts, shape, 'next');
  }

  public get problem(): string | undefined {
    return this.#problem ?? this.#live.problem ?? this.#rebuilding.problem ?? this.#next.problem;
  }

  public start(): void {
    const { metrics, clock } = this.#parts.host;
    const of = { projection: this.shape.name };
    this.#unobserve.push(
      metrics.observe('config.projection.behind', () => this.#backlog.behind, of),
      metrics.observe('config.projection.lag', () => this.#backlog.lag / 1_000, of),
    );
    this.#loop = workLoop(clock, async () => this.#round());
  }

  public wake(): void {
    this.#loop?.wake();
  }

  public async stop(): Promise<void> {
    await this.#loop?.stop();
    for (const stop of this.#unobserve.splice(0)) stop();
  }

  /** @returns milliseconds until the next one */
  async #round(): Promise<number> {
    const { name } = this.shape;
    const { poll, minDelay, maxDelay } = this.#parts.plan(name);
    try {
      const pause = await this.#turn(poll);
      this.#failures = 0;
      this.#isUp();
      return pause;
    } catch (error) {
      this.#isDown(thrownInWords(error));
      return Math.min(maxDelay, minDelay * 2 ** Math.min(this.#failures++, 30));
    }
  }

  async #turn(poll: number): Promise<number> {
    const { work, tables, plan } = this.#parts;
    const { name, version } = this.shape;
    const wanted = plan(name);
    const state = await work.run({ propagation: 'supports', as: `the projection ${name}` }, async (transaction) =>
      tables().state(askOf(transaction), name),
    );
    if (state === undefined) return this.#create();
    if (wanted.paused) return this.#rest(Math.max(poll, LOOK));
    const next = await this.#tryRebuild(state);
    if (state.version < version && wanted.rebuild === 'on-new-version' && !state.isRebuilding) {
      await this.#command(async (ask) => tables().wantRebuild(ask, name, true));
      return 0;
    }
    if (state.version !== version || state.stopped !== undefined || state.isPaused) {
      return next === 'moved' ? 0 : this.#rest(Math.max(poll, LOOK));
    }
    if (state.mode === 'inline') {
      if (wanted.mode === 'async') return this.#switchToAsync();
      return next === 'moved' ? 0 : this.#rest(Math.max(poll, LOOK));
    }
    const step = await this.#live.step();
    await this.#count(step);
    if (step === 'idle' && wanted.mode === 'inline') return this.#switchToInline();
    if (next === 'moved' || step === 'moved') return 0;
    if (typeof step === 'object') return step.after;
    return step === 'elsewhere' ? Math.max(poll, LOOK) : poll;
  }

  /** Nothing is to be done, so nothing is known of the backlog either. */
  #rest(pause: number): number {
    this.#backlog = { behind: 0, lag: 0 };
    return pause;
  }

  async #create(): Promise<number> {
    const { tables, handler } = this.#parts;
    const { name, version } = this.shape;
    const made = await handler(this.shape);
    await this.#command(async (ask, transaction) => {
      if (await tables().add(ask, name, version)) await made.create(transaction);
    });
    return 0;
  }

  /** A rebuild that fails is tried again, and what is in use goes on. */
  async #tryRebuild(state: ProjectionState): Promise<Step> {
    const { plan, host } = this.#parts;
    const { name } = this.shape;
    const now = host.clock.monotonic();
    const before = this.#rebuilding;
    if (!state.isRebuilding) this.#rebuilding = { problem: undefined, failures: 0, after: -Infinity };
    else if (now < before.after) return 'idle';
    try {
      const step = await this.#rebuild(state);
      const after = typeof step === 'object' ? now + step.after : -Infinity;
      this.#rebuilding = { problem: undefined, failures: 0, after };
      return step;
    } catch (error) {
      const problem = thrownInWords(error);
      const { minDelay, maxDelay } = plan(name);
      const after = now + Math.min(maxDelay, minDelay * 2 ** Math.min(before.failures, 30));
      this.#rebuilding = { problem, failures: before.failures + 1, after };
      if (problem === before.problem) return 'idle';
      const message = `The rebuild of the projection ${name} cannot go on, and is tried again: ${problem}.`;
      const fields = { projection: name, problem };
      host.logger.log({ level: 'warn', event: 'config.projection.rebuild-failed', message, fields });
      return 'idle';
    }
  }

  async #rebuild(state: ProjectionState): Promise<Step> {
    const { tables, handler } = this.#parts;
    const { name, version } = this.shape;
    // A process with an older class has nothing to build from.
    if (!state.isRebuilding || state.version > version) return 'idle';
    const step = await this.#next.step();
    if (step === 'idle') {
      await this.#swap();
      return 'moved';
    }
    if (step !== 'elsewhere') return step;
    const made = await handler(this.shape);
    const isBegun = await this.#command(async (ask, transaction) => {
      // Another process has begun, or all is over.
      if (((await tables().versionOf(ask, name, 'next')) ?? 0) >= version) return false;
      await tables().lockAppends(ask, name);
      if (((await tables().versionOf(ask, name, 'next')) ?? 0) >= version) return false;
      if ((await tables().state(ask, name))?.isRebuilding !== true) return false;
      await tables().begin(ask, name, 'next', version);
      const begun = await tables().lock(ask, name, 'next');
      if (begun === undefined) return false;
      await makeSchema(ask, begun.schema);
      await enterSchema(ask, begun.schema);
      await made.create(transaction);
      return true;
    });
    return isBegun ? 'moved' : 'elsewhere';
  }

  /** Projects what is left while nobody else does, and takes the place of the tables in use. */
  async #swap(): Promise<void> {
    const { work, tables, host } = this.#parts;
    const { name, version } = this.shape;
    const isDone = await work.run(
      { isolation: 'read-committed', accessMode: 'read-write', timeout: SWAP, as: `the projection ${name}` },
      async (transaction) => {
        const ask = askOf(transaction);
        await tables().lockAppends(ask, name);
        const at = await tables().lock(ask, name, 'next');
        if (at?.buildVersion !== version || !at.isRebuilding) return false;
        await enterSchema(ask, at.schema);
        await this.#next.finish(transaction, at, at.mode === 'inline');
        await swapSchema(ask, at.schema, at.home);
        await tables().adopt(ask, name);
        return true;
      },
    );
    if (!isDone) return;
    const message = `The projection ${name} has been rebuilt, and is in use with version ${String(version)}.`;
    host.logger.log({
      level: 'info',
      event: 'config.projection.rebuilt',
      message,
      fields: { projection: name, version },
    });
  }

  async #switchToInline(): Promise<number> {
    const { tables } = this.#parts;
    const { name } = this.shape;
    const isDone = await this.#command(async (ask, transaction) => {
      await tables().lockAppends(ask, name);
      const at = await tables().lock(ask, name, 'live');
      if (at?.mode !== 'async' || at.version !== this.shape.version || at.isPaused || at.stopped !== undefined)
        return false;
      await this.#live.finish(transaction, at, true);
      await tables().switchMode(ask, name, 'inline');
      return true;
    });
    if (isDone) this.#switched('inline');
    return isDone ? 0 : LOOK;
  }

  async #switchToAsync(): Promise<number> {
    const { tables } = this.#parts;
    const { name } = this.shape;
    const isDone = await this.#command(async (ask) => {
      await tables().lockAppends(ask, name);
      if ((await tables().state(ask, name))?.mode !== 'inline') return false;
      await tables().switchMode(ask, name, 'async');
      return true;
    });
    if (isDone) this.#switched('async');
    return isDone ? 0 : LOOK;
  }

  #switched(mode: string): void {
    const { name } = this.shape;
    const message = `The projection ${name} is ${mode} now.`;
    const fields = { projection: name, mode };
    this.#parts.host.logger.log({ level: 'info', event: 'config.projection.switched', message, fields });
  }

  async #command<R>(act: (ask: ReturnType<typeof askOf>, transaction: Transaction<C>) => Promise<R>): Promise<R> {
    const { work, plan } = this.#parts;
    const { name } = this.shape;
    return work.run(
      {
        isolation: 'read-committed',
        accessMode: 'read-write',
        timeout: `${String(plan(name).timeout)}ms`,
        as: `the projection ${name}`,
      },
      async (transaction) => act(askOf(transaction), transaction),
    );
  }

  async #count(step: Step): Promise<void> {
    const { work, tables, host } = this.#parts;
    const { name, types } = this.shape;
    if (step === 'idle' || step === 'elsewhere') {
      this.#backlog = { behind: 0, lag: 0 };
      return;
    }
    const now = host.clock.monotonic();
    if (now - this.#counted < COUNT) return;
    this.#counted = now;
    this.#backlog = await work.run({ propagation: 'supports', as: `the projection ${name}` }, async (transaction) =>
      tables().backlog(askOf(transaction), name, types),
    );
  }

  #isDown(problem: string): void {
    if (this.#problem === problem) return;
    this.#problem = problem;
    const { name } = this.shape;
    const message = `The projection ${name} cannot go on, and tries again: ${problem}.`;
    const fields = { projection: name, problem };
    this.#parts.host.logger.log({ level: 'warn', event: 'config.projection.down', message, fields });
  }

  #isUp(): void {
    if (this.#problem === undefined) return;
    this.#problem = undefined;
    const { name } = this.shape;
    const message = `The projection ${name} goes on.`;
    this.#parts.host.logger.log({
      level: 'info',
      event: 'config.projection.up',
      message,
      fields: { projection: name },
    });
  }
}
