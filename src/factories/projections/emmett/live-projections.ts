import { option } from '../../../core/index.js';
import { type Ask, askOf } from '../../tables/index.js';
import type { Transaction } from '../../transactions/index.js';
import {
  projectionInline,
  projectionOutdated,
  projectionUnlisted,
  type ParkedProjection,
  type ProjectionHealth,
  type ProjectionPlan,
  type Projections,
  type ProjectionShape,
  type ProjectionsHealth,
  type StoredEvent,
} from '../port/index.js';
import type { EmmettEvent } from './emmett-types.js';
import type { ProjectionParts } from './projected-build.js';
import type { ProjectionState } from './projection-tables.js';
import { Projector } from './projector.js';

/** Milliseconds between looks at a projection that is to catch up. */
const LOOK = 20;

export class LiveProjections<C, S> implements Projections<S> {
  public readonly name: string;
  readonly #parts: ProjectionParts<C>;
  readonly #shapes: ReadonlyMap<string, ProjectionShape>;
  readonly #store: () => S;
  readonly #projectors: readonly Projector<C>[];
  #isStarted = false;

  public constructor(parts: ProjectionParts<C>, shapes: ReadonlyMap<string, ProjectionShape>, store: () => S) {
    this.name = parts.name;
    this.#parts = parts;
    this.#shapes = shapes;
    this.#store = store;
    this.#projectors = [...shapes.values()].map((shape) => new Projector(parts, shape));
  }

  public get store(): S {
    return this.#store();
  }

  public start(): void {
    if (this.#isStarted) return;
    this.#isStarted = true;
    for (const projector of this.#projectors) projector.start();
  }

  public wake(): void {
    for (const projector of this.#projectors) projector.wake();
  }

  public async stop(): Promise<void> {
    if (!this.#isStarted) return;
    await Promise.all(this.#projectors.map(async (projector) => projector.stop()));
    const { tables, holder } = this.#parts;
    try {
      await this.#ask(async (ask) => tables().leave(ask, holder));
    } catch {
      // Others take over when the lease is over.
    }
  }

  public async appended(events: readonly EmmettEvent[], transaction: Transaction<C>): Promise<void> {
    const { tables, handler } = this.#parts;
    transaction.afterCommit(() => {
      this.wake();
    });
    for (const [name, version] of await tables().inline(askOf(transaction))) {
      const shape = this.#shapes.get(name);
      if (shape === undefined) throw projectionUnlisted(name);
      if (shape.version !== version) throw projectionOutdated(name, shape.version, version);
      const mine = events.filter(({ type }) => shape.types.includes(type)).map(asStored);
      if (mine.length > 0) await (await handler(shape)).project(mine, transaction);
    }
  }

  public async health(): Promise<ProjectionsHealth> {
    const { name } = this;
    try {
      const projections: ProjectionHealth[] = [];
      for (const projector of this.#projectors) {
        projections.push(await this.#ask(async (ask) => this.#healthOf(projector, ask)));
      }
      const ill = projections.filter(({ problem }) => problem !== undefined);
      if (ill.length === 0) return { name, status: 'healthy', projections };
      const problem = ill.map((one) => `${one.name}: ${one.problem ?? ''}`).join(' ');
      return { name, status: 'degraded', problem, projections };
    } catch {
      const problem = 'Its database does not answer, or it is closed.';
      return { name, status: 'unhealthy', problem, projections: [] };
    }
  }

  async #healthOf({ shape, problem }: Projector<C>, ask: Ask): Promise<ProjectionHealth> {
    const { tables, plan } = this.#parts;
    const { name, types, version } = shape;
    const wanted = plan(name);
    const state = await tables().state(ask, name);
    const backlog = await tables().backlog(ask, name, types);
    const known = { name, ...backlog, parked: await tables().countParked(ask, name) };
    const words = problemOf(state, wanted, { ...known, version }, problem);
    return {
      ...known,
      mode: state?.mode ?? 'async',
      state: stateOf(state, wanted, version),
      isRebuilding: state?.isRebuilding ?? false,
      ...(state !== undefined && { version: state.version }),
      ...(words !== undefined && { problem: words }),
    };
  }

  public async pause(projection: string): Promise<void> {
    await this.#change(projection, async (ask, name) => {
      const state = await this.#parts.tables().state(ask, name);
      if (state?.mode === 'inline') throw projectionInline(name);
      return this.#parts.tables().pause(ask, name, true);
    });
  }

  public async resume(projection: string): Promise<void> {
    await this.#change(projection, async (ask, name) => this.#parts.tables().pause(ask, name, false));
  }

  public async rebuild(projection: string): Promise<void> {
    await this.#change(projection, async (ask, name) => this.#parts.tables().wantRebuild(ask, name, true));
  }

  async #change(projection: string, act: (ask: Ask, name: string) => Promise<boolean>): Promise<void> {
    const { name, version } = this.#shape(projection);
    await this.#ask(async (ask) => {
      // A command for one that nobody has begun holds for its beginning.
      if (await act(ask, name)) return;
      throw new TypeError(
        `projections: "${name}" (version ${String(version)}) has not been begun by any process yet; start the program that projects.`,
      );
    }, true);
    this.wake();
  }

  public async caughtUp(projection?: string, signal?: AbortSignal): Promise<void> {
    const { tables, host } = this.#parts;
    const seen = await this.#ask(async (ask) => tables().snapshot(ask));
    const waiting = projection === undefined ? [...this.#shapes.values()] : [this.#shape(projection)];
    for (const { name, types } of waiting) {
      for (;;) {
        signal?.throwIfAborted();
        const isDone = await this.#ask(async (ask) => {
          const state = await tables().state(ask, name);
          return state !== undefined && (await tables().backlog(ask, name, types, seen)).behind === 0;
        });
        if (isDone) break;
        await new Promise<void>((resolve) => host.clock.after(LOOK, resolve, { keepAlive: true }));
      }
    }
  }

  public async parked(projection: string, limit = 100): Promise<readonly ParkedProjection[]> {
    option.count().read(limit, 'parked: limit');
    const { name } = this.#shape(projection);
    const rows = await this.#ask(async (ask) => this.#parts.tables().parked(ask, name, limit));
    return rows.map(({ position, type, attempts, problem }) => ({
      projection: name,
      position: BigInt(String(position)),
      type: String(type),
      attempts: Number(attempts),
      problem: String(problem),
    }));
  }

  public async retry(projection: string, position: bigint): Promise<boolean> {
    const { work, tables, handler } = this.#parts;
    const shape = this.#shape(projection);
    const { name, version } = shape;
    return work.run({ accessMode: 'read-write', as: 'projections' }, async (transaction) => {
      const ask = askOf(transaction);
      const state = await tables().state(ask, name);
      if (state !== undefined && state.version !== version) throw projectionOutdated(name, version, state.version);
      const event = await tables().unpark(ask, name, position);
      if (event === undefined) return false;
      await (await handler(shape)).project([event], transaction);
      return true;
    });
  }

  public async discard(projection: string, position: bigint): Promise<boolean> {
    const { name } = this.#shape(projection);
    return this.#ask(async (ask) => (await this.#parts.tables().unpark(ask, name, position)) !== undefined, true);
  }

  public async forget(projection: string): Promise<boolean> {
    option.name.read(projection, 'forget: projection');
    return this.#ask(async (ask) => this.#parts.tables().forget(ask, projection), true);
  }

  #shape(projection: string): ProjectionShape {
    const shape = this.#shapes.get(projection);
    if (shape !== undefined) return shape;
    const known = [...this.#shapes.keys()].join(', ');
    throw new TypeError(`projections: "${projection}" is not listed; there are ${known}.`);
  }

  async #ask<R>(act: (ask: Ask) => Promise<R>, isTransaction = false): Promise<R> {
    const mode = isTransaction
      ? ({ propagation: 'required', accessMode: 'read-write' } as const)
      : ({ propagation: 'supports' } as const);
    return this.#parts.work.run({ ...mode, as: 'projections' }, async (transaction) => act(askOf(transaction)));
  }
}

/** As it will be read again: what JSON makes of it. */
function asStored(event: EmmettEvent): StoredEvent {
  const json = JSON.stringify(event.data, (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value));
  // Emmett has noted where it is stored before it calls us.
  return { ...event, data: (json as string | undefined) === undefined ? undefined : JSON.parse(json) } as StoredEvent;
}

function stateOf(state: ProjectionState | undefined, wanted: ProjectionPlan, ours: number): ProjectionHealth['state'] {
  if (state === undefined) return 'waiting';
  if (state.stopped !== undefined) return 'stopped';
  if (state.version !== ours) return 'outdated';
  return state.isPaused || (wanted.paused && state.mode === 'async') ? 'paused' : 'running';
}

function problemOf(
  state: ProjectionState | undefined,
  wanted: ProjectionPlan,
  { behind, lag, parked, version }: { behind: number; lag: number; parked: number; version: number },
  problem: string | undefined,
): string | undefined {
  if (state?.stopped !== undefined) return `It is stopped, because it refused an event: ${state.stopped}.`;
  if (state !== undefined && state.version !== version) {
    return `Its tables are of version ${String(state.version)}, its class is of version ${String(version)}.`;
  }
  if (problem !== undefined) return `It tries again what has failed: ${problem}.`;
  if (parked > 0) return parked === 1 ? 'An event is parked.' : `${String(parked)} events are parked.`;
  if (behind > wanted.lagEvents) return `It is ${String(behind)} events behind.`;
  if (behind > 0 && lag > wanted.lagAge) return `It is behind by ${String(Math.round(lag / 1_000))} s.`;
  return undefined;
}
