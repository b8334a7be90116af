import { ConfigError, thrownInWords } from '../../core/index.js';
import { answerWithin, TimeIsUp } from '../../runtime/index.js';
import type { ResourceHost } from '../../container/index.js';
import type { ClientLife } from './client-life.js';
import { resourceClosed, type HeldClient } from './held-client.js';
import type { Recipe } from './recipe.js';

/** The health of a resource. Plain data without secrets. */
export interface ResourceHealth {
  readonly name: string;
  /**
   * `healthy`: the client answered its probe. `unhealthy`: it did not. `unmade`: it is lazy and unused so far. `closed`: its
   * module was unloaded.
   */
  readonly status: 'healthy' | 'unhealthy' | 'unmade' | 'closed';
  /** What is wrong, without the client's message: that may hold credentials. */
  readonly problem?: string;
  /** What does not work, though the client does: replicas that are out of reach. */
  readonly note?: string;
  /** Milliseconds that the probe took. */
  readonly latency?: number;
  /** How many use the client. */
  readonly users: number;
  /** How many clients have been replaced and are still in use. */
  readonly draining: number;
}

/** Options of one use of a client. */
export interface UseOptions {
  /** The name of the user, for the log and for drains that wait for it; default: the name of the function. */
  readonly as?: string;
}

/**
 * A client that is made from settings and replaced beneath you when they change. Inject it with `@InjectResource`;
 * subpath: `uno-config/resources`.
 *
 * @example
 * ```ts
 * async function find(search: ManagedResource<{ query(text: string): Promise<string[]> }>): Promise<string[]> {
 *   return search.use(async (client) => client.query('lamps'));
 * }
 * ```
 */
export interface ManagedResource<T> {
  readonly name: string;
  /**
   * Hands the client in use to a function, and waits for it: that long the client is not closed, whatever replaces it,
   * but for `drainTimeout` at most. Do not keep the client for later.
   *
   * @throws ConfigError `resource-closed`; for a lazy resource also what making it throws.
   */
  use<R>(fn: (client: T) => R | Promise<R>, options?: UseOptions): Promise<R>;
  /**
   * The client in use, for long loops that look again at each turn. Nothing waits for who holds it.
   *
   * @throws ConfigError `resource-closed`, and `resource-unmade` while a lazy one has not been used.
   */
  readonly current: T;
  /** Calls back after each commit that replaced the client, until the answer is called. */
  onReplaced(listener: (current: T, previous: T) => void): () => void;
  /** Probes the client in use, with a limit of `probeTimeout`. Never rejects. */
  health(): Promise<ResourceHealth>;
}

export class LiveResource<T> implements ManagedResource<T> {
  public readonly name: string;
  readonly #recipe: Recipe;
  readonly #life: ClientLife;
  readonly #host: ResourceHost;

  public constructor(recipe: Recipe, life: ClientLife, host: ResourceHost) {
    this.name = recipe.name;
    this.#recipe = recipe;
    this.#life = life;
    this.#host = host;
    Object.freeze(this);
  }

  public get current(): T {
    const { client } = this.#held();
    if (client !== undefined) return client.made as T;
    throw new ConfigError({
      code: 'resource-unmade',
      message: `The resource "${this.name}" is lazy, and has not been used yet.`,
      recovery: 'Call use(…), which makes it.',
    });
  }

  public async use<R>(fn: (client: T) => R | Promise<R>, options?: UseOptions): Promise<R> {
    if (typeof fn !== 'function') throw new TypeError('use(fn): fn must be a function of the client.');
    // Nothing may wait before it is known that the client is used.
    const held = this.#held();
    const user = held.enter(options?.as ?? (fn.name === '' ? 'an unnamed function' : fn.name));
    try {
      const client = held.client?.made ?? (await held.make());
      // It was made by the function that gives a T.
      return await fn(client as T);
    } finally {
      held.leave(user);
    }
  }

  public onReplaced(listener: (current: T, previous: T) => void): () => void {
    let held = this.#life.current;
    return this.#host.onCommit(() => {
      const before = held;
      held = this.#life.current;
      if (held === undefined || held === before) return;
      // By now: a lazy one may have been made since the last commit.
      const [previous, current] = [before?.client, held.client];
      if (previous !== undefined && current !== undefined) listener(current.made as T, previous.made as T);
    });
  }

  public async health(): Promise<ResourceHealth> {
    const { name } = this;
    const held = this.#life.current;
    const known = { name, users: held?.userCount ?? 0, draining: this.#life.draining };
    if (held === undefined) return { ...known, status: 'closed' };
    const { client } = held;
    if (client === undefined) return { ...known, status: 'unmade' };
    const { clock } = this.#host;
    const begun = clock.monotonic();
    try {
      await this.#probe(held, client.made);
    } catch (error) {
      return { ...known, status: 'unhealthy', problem: problemOf(error) };
    }
    const note = this.#recipe.note?.(client.made);
    const latency = clock.monotonic() - begun;
    return { ...known, status: 'healthy', latency, ...(note !== undefined && { note }) };
  }

  async #probe(held: HeldClient, client: unknown): Promise<void> {
    const user = held.enter('the health check');
    const { probe, probeTimeout } = this.#recipe;
    const limits = { clock: this.#host.clock, timeout: probeTimeout, signal: new AbortController().signal };
    try {
      await answerWithin(limits, async (signal) => {
        await probe(client, { signal });
      });
    } finally {
      held.leave(user);
    }
  }

  #held(): HeldClient {
    const held = this.#life.current;
    if (held === undefined) throw resourceClosed(this.name);
    return held;
  }
}

function problemOf(error: unknown): string {
  if (error instanceof TimeIsUp) return `The probe did not answer within ${error.time}.`;
  return `The probe threw ${thrownInWords(error)}.`;
}
