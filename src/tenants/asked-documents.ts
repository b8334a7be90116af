import {
  type Clock,
  type ConfigLayer,
  ConfigError,
  abortController,
  createLayer,
  isConfigLayer,
  isConfigMap,
  sameValue,
} from '../core/index.js';
import { backoffDelay, Turns, USUAL_BACKOFF } from '../runtime/index.js';
import type { TenantCopies } from './tenant-copies.js';
import type { FoundDocument, MovedTenants, TenantDocuments } from './tenant-documents.js';
import { unreadable } from './tenant-errors.js';

/** Loads the settings of one tenant; `undefined` for a tenant that does not exist. */
export type TenantLoader = (
  id: string,
  context: { readonly signal: AbortSignal },
) => object | undefined | Promise<object | undefined>;

/** What {@link AskedDocuments} is made with. */
export interface AskedOptions {
  readonly clock: Clock;
  /** Milliseconds for which it is remembered that there is no such tenant. */
  readonly missingFor: number;
  /** The longest that one answer may take, in milliseconds. */
  readonly timeout: number;
  readonly copies?: TenantCopies | undefined;
}

/** How many are asked for again at a time: thousands at once would be a flood for a database. */
const ASKED_AT_A_TIME = 32;

/** The limit of remembered ids that do not exist. */
const MOST_MISSING = 10_000;

/** Documents that are asked for one by one, such as those of a database: each once, however many ask at a time. */
export class AskedDocuments implements TenantDocuments {
  readonly #load: TenantLoader;
  readonly #options: AskedOptions;
  readonly #known = new Map<string, FoundDocument>();
  readonly #flights = new Map<string, Promise<FoundDocument | undefined>>();
  /** Until when, by the clock's monotonic time; the oldest first. */
  readonly #missing = new Map<string, number>();
  readonly #listeners: ((moved: MovedTenants) => void)[] = [];
  readonly #turns = new Turns();
  readonly #life = abortController();
  /** Ends the wait before those are asked for again whose last known good is in use. */
  #endWait: (() => void) | undefined;

  public constructor(load: TenantLoader, options: AskedOptions) {
    this.#load = load;
    this.#options = options;
  }

  public async start(): Promise<void> {
    // Nothing is read before it is asked for.
  }

  public get ids(): readonly string[] {
    return [...this.#known.keys()];
  }

  public async find(id: string): Promise<FoundDocument | undefined> {
    const known = this.#known.get(id);
    if (known !== undefined) return known;
    const until = this.#missing.get(id);
    if (until !== undefined) {
      if (this.#options.clock.monotonic() < until) return undefined;
      this.#missing.delete(id);
    }
    return this.#ask(id);
  }

  public idOf(identifier: string): string {
    return identifier;
  }

  public async refresh(id?: string): Promise<void> {
    const ids = id === undefined ? this.ids : [id];
    this.#missing.clear();
    await this.#askAgain(ids, 'asked');
  }

  public forget(id: string): void {
    this.#known.delete(id);
  }

  public onMoved(listener: (moved: MovedTenants) => void): void {
    this.#listeners.push(listener);
  }

  public get problems(): readonly string[] {
    const bad = [...this.#known.values()].filter((document) => document.bad !== undefined).length;
    return bad === 0 ? [] : [`${String(bad)} documents of tenants cannot be used as they are.`];
  }

  public async close(): Promise<void> {
    this.#life.abort();
    this.#endWait?.();
    await Promise.allSettled(this.#flights.values());
  }

  async #askAgain(ids: readonly string[], reason: string): Promise<void> {
    const moved = new Set<string>();
    const waiting = ids.values();
    const worker = async (): Promise<void> => {
      for (const id of waiting) {
        await this.#turns.share();
        const before = this.#known.get(id);
        // One that cannot be read stays as it is; its problem is kept with it.
        await Promise.allSettled([this.#ask(id)]);
        if (before !== this.#known.get(id)) moved.add(id);
      }
    };
    await Promise.all(Array.from({ length: ASKED_AT_A_TIME }, worker));
    if (moved.size > 0) for (const listener of this.#listeners) listener({ ids: moved, reason });
  }

  /** Asks for those whose last known good is in use, later and later: for one of them first, lest all of them wait. */
  #retry(attempt: number): void {
    if (this.#endWait !== undefined || this.#life.signal.aborted) return;
    this.#endWait = this.#options.clock.after(backoffDelay(USUAL_BACKOFF, attempt, Math.random), () => {
      this.#endWait = undefined;
      void this.#askRestored(attempt);
    });
  }

  async #askRestored(attempt: number): Promise<void> {
    const [first, ...others] = this.#restored;
    if (first === undefined) return;
    await this.#askAgain([first], 'retry');
    const isBack = !this.#restored.includes(first);
    if (isBack) await this.#askAgain(others, 'retry');
    if (this.#restored.length > 0) this.#retry(isBack ? 1 : attempt + 1);
  }

  get #restored(): readonly string[] {
    const { copies } = this.#options;
    return [...this.#known].flatMap(([id, found]) => (copies?.restoredAt(found) === undefined ? [] : [id]));
  }

  async #ask(id: string): Promise<FoundDocument | undefined> {
    let flight = this.#flights.get(id);
    if (flight === undefined) {
      flight = this.#fly(id).finally(() => this.#flights.delete(id));
      this.#flights.set(id, flight);
    }
    return flight;
  }

  async #fly(id: string): Promise<FoundDocument | undefined> {
    const before = this.#known.get(id);
    let layers: readonly ConfigLayer[] | undefined;
    try {
      const said = await this.#within(id);
      layers = said === undefined ? undefined : layersOf(said, id);
    } catch (error) {
      const bad = ConfigError.is(error) ? error : unreadable(id, error);
      if (before !== undefined && before.bad?.message === bad.message) return before;
      const copy = before === undefined ? await this.#options.copies?.standIn(id, bad) : undefined;
      const layers = before?.layers ?? copy?.layers;
      if (layers === undefined) throw bad;
      this.#known.set(id, { layers, bad: copy?.bad ?? bad });
      if (copy !== undefined) this.#retry(1);
      return this.#known.get(id);
    }
    this.#options.copies?.follow(id, layers && { trees: layers.map(({ tree }) => tree) });
    if (layers === undefined) {
      this.#known.delete(id);
      this.#miss(id);
      return undefined;
    }
    const isSame =
      before !== undefined &&
      before.bad === undefined &&
      before.layers.length === layers.length &&
      layers.every((layer, at) => layer === before.layers[at] || isEqual(layer, before.layers[at]));
    if (!isSame) this.#known.set(id, { layers });
    return this.#known.get(id);
  }

  async #within(id: string): Promise<object | undefined> {
    const { clock, timeout } = this.#options;
    const ends = abortController();
    const give = (): void => {
      ends.abort(this.#life.signal.reason);
    };
    this.#life.signal.addEventListener('abort', give, { once: true });
    let cancel: () => void = () => undefined;
    const late = new Promise<never>((_, reject) => {
      const end = (): void => {
        ends.abort();
        reject(new Error('late'));
      };
      cancel = clock.after(timeout, end);
      this.#life.signal.addEventListener('abort', end, { once: true });
    });
    try {
      this.#life.signal.throwIfAborted();
      return await Promise.race([(async () => this.#load(id, { signal: ends.signal }))(), late]);
    } finally {
      cancel();
      this.#life.signal.removeEventListener('abort', give);
    }
  }

  #miss(id: string): void {
    this.#missing.delete(id);
    this.#missing.set(id, this.#options.clock.monotonic() + this.#options.missingFor);
    if (this.#missing.size <= MOST_MISSING) return;
    const [oldest] = this.#missing.keys();
    if (oldest !== undefined) this.#missing.delete(oldest);
  }
}

/** @throws ConfigError `not-a-map`. */
function layersOf(said: unknown, id: string): readonly ConfigLayer[] {
  if (Array.isArray(said) && said.every(isConfigLayer)) return said;
  if (isConfigLayer(said)) return [said];
  if (isConfigMap(said)) return [createLayer({ name: `tenant ${id}`, tree: said })];
  throw new ConfigError({
    code: 'not-a-map',
    category: 'source',
    message: `The function for documents of tenants answered something else than an object of settings.`,
    recovery: 'Answer an object of settings, layers, or undefined for a tenant that does not exist.',
  });
}

/** Our own layers know the origins of their values, and are compared by identity. */
function isEqual({ tree, name }: ConfigLayer, other: ConfigLayer | undefined): boolean {
  return other?.name === name && name.startsWith('tenant ') && sameValue(other.tree, tree);
}
