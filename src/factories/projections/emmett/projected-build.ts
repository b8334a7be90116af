import { thrownInWords } from '../../../core/index.js';
import type { ResourceHost } from '../../../container/index.js';
import { type Ask, askOf } from '../../tables/index.js';
import type { Transaction, Transactor, UnitOfWork } from '../../transactions/index.js';
import type { ProjectionHandler, ProjectionPlan, ProjectionShape, StoredEvent } from '../port/index.js';
import { enterSchema } from './build-schema.js';
import type { Build, LockedBuild, ProjectionTables } from './projection-tables.js';
import { type Cursor, type Page, readPage } from './stored-events.js';

export interface ProjectionParts<C> {
  readonly name: string;
  readonly work: UnitOfWork<C>;
  readonly transactor: Pick<Transactor<unknown, unknown>, 'isConflict'>;
  readonly host: Pick<ResourceHost, 'clock' | 'logger' | 'metrics'>;
  /** Names this process among those that project. */
  readonly holder: string;
  readonly tables: () => ProjectionTables;
  readonly lease: () => number;
  readonly plan: (projection: string) => ProjectionPlan;
  readonly handler: (shape: ProjectionShape) => Promise<ProjectionHandler<StoredEvent, C>>;
}

/** `moved`: there may be more; `idle`: there is none; `elsewhere`: another process does it; a number: to be tried after. */
export type Step = 'moved' | 'idle' | 'elsewhere' | { readonly after: number };

/** Brings one build of a projection further, batch by batch; each is projected and noted in one transaction. */
export class ProjectedBuild<C> {
  readonly #parts: ProjectionParts<C>;
  readonly #shape: ProjectionShape;
  readonly #build: Build;
  /** Events that are to be projected one by one, because one of them was refused. */
  #single = 0;
  #attempts = 0;
  /** Events of other types that were passed over, which is not written yet. */
  #passed: { readonly from: Cursor; readonly to: Cursor } | undefined;
  #written = -Infinity;
  #problem: string | undefined;

  public constructor(parts: ProjectionParts<C>, shape: ProjectionShape, build: Build) {
    this.#parts = parts;
    this.#shape = shape;
    this.#build = build;
  }

  /** What an event was refused with that is tried again. */
  public get problem(): string | undefined {
    return this.#problem;
  }

  /** @throws what is no fault of an event: the database cannot be reached, or a transaction was in the way. */
  public async step(): Promise<Step> {
    const { transactor, plan } = this.#parts;
    const { timeout } = plan(this.#shape.name);
    let page: Page | undefined;
    let projected = 0;
    try {
      const step = await this.#run(`${String(timeout)}ms`, async (transaction) => {
        page = undefined;
        projected = 0;
        const at = await this.#lock(askOf(transaction));
        if (at === undefined) return 'elsewhere';
        const next = await this.#read(transaction, at);
        page = next.events.length > 0 ? next : undefined;
        projected = next.events.length;
        return this.#project(transaction, at, next);
      });
      if (projected > 0) this.#done(projected);
      return step;
    } catch (error) {
      if (page === undefined || transactor.isConflict(error)) throw error;
      return this.#refused(page, error);
    }
  }

  /** Projects all that there is, in a transaction that has locked it. */
  public async finish(transaction: Transaction<C>, at: LockedBuild, isWhole: boolean): Promise<void> {
    const { tables, holder, lease, handler, plan } = this.#parts;
    const { name, types } = this.#shape;
    const ask = askOf(transaction);
    const made = await handler(this.#shape);
    let { cursor } = at;
    for (;;) {
      const page = await readPage(ask, cursor, at.done, types, plan(name).rebuildBatch, isWhole);
      if (page.end === undefined) break;
      if (page.events.length > 0) await made.project(page.events, transaction);
      cursor = page.end;
    }
    if (cursor !== at.cursor) await tables().move(ask, name, this.#build, cursor, holder, lease());
  }

  async #run<R>(timeout: string, act: (transaction: Transaction<C>) => Promise<R>): Promise<R> {
    return this.#parts.work.run(
      { isolation: 'read-committed', accessMode: 'read-write', timeout, as: `the projection ${this.#shape.name}` },
      act,
    );
  }

  async #lock(ask: Ask): Promise<LockedBuild | undefined> {
    const { tables, holder } = this.#parts;
    const { name, version } = this.#shape;
    const at = await tables().lock(ask, name, this.#build);
    if (at === undefined || (at.held > 0 && at.holder !== undefined && at.holder !== holder)) return undefined;
    const isOurs = this.#build === 'next' ? at.buildVersion === version : isInUse(at, version);
    return isOurs ? at : undefined;
  }

  async #read(transaction: Transaction<C>, at: LockedBuild): Promise<Page> {
    const { plan } = this.#parts;
    const { name, types } = this.#shape;
    const { batch, rebuildBatch } = plan(name);
    const limit = this.#single > 0 ? 1 : this.#build === 'next' ? rebuildBatch : batch;
    const from = this.#passed !== undefined && isSame(this.#passed.from, at.cursor) ? this.#passed.to : at.cursor;
    return readPage(askOf(transaction), from, at.done, types, limit);
  }

  async #project(transaction: Transaction<C>, at: LockedBuild, page: Page): Promise<Step> {
    const { holder, lease, handler, plan, host } = this.#parts;
    const { name } = this.#shape;
    const ask = askOf(transaction);
    const isDue = host.clock.monotonic() - this.#written >= plan(name).checkpoint;
    const isHeld = at.holder === holder && at.held > lease() / 2;
    if (page.end === undefined) {
      const passed = this.#passed !== undefined && isSame(this.#passed.from, at.cursor) ? this.#passed.to : undefined;
      if (!isHeld || (passed !== undefined && isDue)) await this.#move(ask, passed ?? at.cursor);
      return 'idle';
    }
    if (page.events.length > 0) {
      if (this.#build === 'next') await enterSchema(ask, at.schema);
      await (await handler(this.#shape)).project(page.events, transaction);
      await this.#move(ask, page.end);
    } else if (isDue || !isHeld) await this.#move(ask, page.end);
    else this.#passed = { from: at.cursor, to: page.end };
    return page.isLast ? 'idle' : 'moved';
  }

  async #move(ask: Ask, to: Cursor): Promise<void> {
    const { tables, holder, lease, host } = this.#parts;
    await tables().move(ask, this.#shape.name, this.#build, to, holder, lease());
    this.#passed = undefined;
    this.#written = host.clock.monotonic();
  }

  #done(count: number): void {
    this.#single = Math.max(0, this.#single - count);
    this.#attempts = 0;
    this.#problem = undefined;
    this.#count(count, 'projected');
  }

  #count(events: number, result: string): void {
    if (this.#build === 'next') return;
    const { name } = this.#shape;
    this.#parts.host.metrics.count('config.projection.events', events, { projection: name, result });
  }

  async #refused({ events, cursors }: Page, error: unknown): Promise<Step> {
    const { plan, host } = this.#parts;
    const { name } = this.#shape;
    if (events.length > 1) {
      this.#single = events.length;
      return 'moved';
    }
    const [[event], [at]] = [events, cursors];
    if (event === undefined || at === undefined) throw error;
    const { onError, maxAttempts, minDelay, maxDelay } = plan(name);
    const problem = thrownInWords(error);
    this.#attempts++;
    this.#count(1, 'failed');
    if (this.#problem === undefined) {
      const { globalPosition } = event.metadata;
      const message = `The projection ${name} refused the event at ${String(globalPosition)} (${event.type}), and tries it again: ${problem}.`;
      const fields = { projection: name, position: String(globalPosition), type: event.type, problem };
      host.logger.log({ level: 'warn', event: 'config.projection.failed', message, fields });
    }
    this.#problem = problem;
    if (onError === 'retry' || this.#attempts < maxAttempts) {
      return { after: Math.min(maxDelay, minDelay * 2 ** Math.min(this.#attempts - 1, 30)) };
    }
    return this.#settle(onError, event, at, problem);
  }

  /** Nobody is to try an event any more. */
  async #settle(how: 'skip' | 'park' | 'stop', event: StoredEvent, to: Cursor, problem: string): Promise<Step> {
    const { tables, plan } = this.#parts;
    const { name } = this.#shape;
    const isDone = await this.#run(`${String(plan(name).timeout)}ms`, async (transaction) => {
      const ask = askOf(transaction);
      const at = await this.#lock(ask);
      const [next] = at === undefined ? [] : (await this.#read(transaction, at)).events;
      // Another process may have done it.
      if (next?.metadata.globalPosition !== event.metadata.globalPosition) return false;
      if (how === 'stop' && this.#build === 'next') await tables().wantRebuild(ask, name, false);
      else if (how === 'stop') await tables().stop(ask, name, problem);
      else {
        if (how === 'park') await tables().park(ask, name, this.#build, event, this.#attempts, problem);
        await this.#move(ask, to);
      }
      return true;
    });
    if (isDone) this.#settled(how, event, problem);
    this.#single = Math.max(0, this.#single - 1);
    this.#attempts = 0;
    this.#problem = undefined;
    return 'moved';
  }

  #settled(how: 'skip' | 'park' | 'stop', { type, metadata }: StoredEvent, problem: string): void {
    const { name } = this.#shape;
    const position = String(metadata.globalPosition);
    const [event, then] = {
      skip: ['config.projection.skipped', 'has skipped'] as const,
      park: ['config.projection.parked', 'has parked'] as const,
      stop: ['config.projection.stopped', this.#build === 'next' ? 'is not rebuilt because of' : 'stops at'] as const,
    }[how];
    const message = `The projection ${name} ${then} the event at ${position} (${type}): ${problem}.`;
    const fields = { projection: name, position, type, problem };
    this.#parts.host.logger.log({ level: 'error', event, message, fields });
    if (how !== 'stop') this.#count(1, how === 'skip' ? 'skipped' : 'parked');
  }
}

/** Whether tables in use are to be kept up by a runner. */
function isInUse({ mode, version, isPaused, stopped }: LockedBuild, ours: number): boolean {
  return mode === 'async' && version === ours && !isPaused && stopped === undefined;
}

function isSame(one: Cursor, other: Cursor): boolean {
  return one.transaction === other.transaction && one.position === other.position;
}
