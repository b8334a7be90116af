import { ConfigError, kindOfThrown, sameSettings } from '../../core/index.js';
import { Duration } from '../../sections/index.js';
import { answerWithin } from '../../runtime/index.js';
import type { ResourceHost } from '../../container/index.js';
import { fieldAt, pathsOf } from './field-path.js';
import { LiveSecrets } from './live-secrets.js';
import type { NeededClient, Recipe } from './recipe.js';

export interface ClientUser {
  readonly name: string;
  /** When they began, by the monotonic clock. */
  readonly since: number;
}

export interface ClientParts {
  readonly settings: object | undefined;
  /** In the order of the recipe. */
  readonly needs: readonly NeededClient[];
  readonly inUse?: { readonly made: unknown } | undefined;
  /** Whose it is, where it is made for one tenant alone. */
  readonly tenant?: string;
}

const never = new AbortController().signal;

/**
 * One client and its users. Generations that differ only in hot fields share it; it is closed, once, when the last of them
 * has released it and its users are done.
 */
export class HeldClient implements NeededClient {
  readonly #recipe: Recipe;
  readonly #host: ResourceHost;
  readonly #needs: readonly NeededClient[];
  readonly #tenant: string | undefined;
  readonly #secrets: LiveSecrets<object>;
  readonly #users = new Set<ClientUser>();
  readonly #closed: () => void;
  /** What its hot fields were set from last. */
  #settings: object | undefined;
  #client: { readonly made: unknown } | undefined;
  #making: Promise<unknown> | undefined;
  /** Known until this one is made: what was replaced is to be freed. */
  #inUse: { readonly made: unknown } | undefined;
  #idle: (() => void) | undefined;
  #holders = 0;
  #ends = false;

  public constructor(recipe: Recipe, host: ResourceHost, parts: ClientParts, closed: () => void) {
    this.#recipe = recipe;
    this.#host = host;
    this.#settings = parts.settings;
    this.#needs = parts.needs;
    this.#tenant = parts.tenant;
    this.#inUse = parts.inUse;
    this.#closed = closed;
    this.#secrets = new LiveSecrets(recipe.name, () => this.#settings);
  }

  public get client(): { readonly made: unknown } | undefined {
    return this.#client;
  }

  public get settings(): object | undefined {
    return this.#settings;
  }

  public get ends(): boolean {
    return this.#ends;
  }

  /** Who uses it, and for how long they have. */
  public get users(): readonly string[] {
    const now = this.#host.clock.monotonic();
    return [...this.#users].map(({ name, since }) => {
      return `${name} for ${Duration.ofMilliseconds(Math.max(0, Math.round(now - since))).toString()}`;
    });
  }

  public get userCount(): number {
    return this.#users.size;
  }

  /** Whether it does for settings, once what is hot has been set. */
  public fits({ settings, needs }: ClientParts): boolean {
    if (!needs.every((need, index) => need === this.#needs[index])) return false;
    const hot = [...Object.keys(this.#recipe.hot), ...this.#secrets.followed];
    return sameBut(
      this.#settings,
      settings,
      hot.map((path) => path.split('.')),
    );
  }

  /** The client, made and probed when there is none yet. What fails is forgotten, so that the next one tries again. */
  public async make(signal: AbortSignal = never): Promise<unknown> {
    if (this.#client !== undefined) return this.#client.made;
    this.#making ??= this.#make(signal).finally(() => (this.#making = undefined));
    return this.#making;
  }

  public apply(settings: object | undefined): void {
    const before = this.#settings;
    this.#settings = settings;
    const client = this.#client;
    if (client === undefined || before === settings) return;
    const failures: unknown[] = [];
    for (const [path, set] of Object.entries(this.#recipe.hot)) {
      for (const keys of pathsOf(settings, path.split('.'))) {
        if (sameBut(fieldAt(before, keys), fieldAt(settings, keys), [])) continue;
        try {
          set(client.made, fieldAt(settings, keys), settings);
        } catch (error) {
          failures.push(error);
        }
      }
    }
    if (failures.length > 0) throw failures.length === 1 ? failures[0] : new AggregateError(failures);
  }

  /** One more generation works with it. */
  public hold(): void {
    this.#holders++;
  }

  /** One generation less works with it; resolves when it is closed, or still is in use by another one. */
  public async letGo(): Promise<void> {
    this.#holders--;
    if (this.#holders > 0 || this.#ends) return;
    this.#ends = true;
    await this.#making?.catch(() => undefined);
    await this.#drained();
    this.#closed();
    const client = this.#client;
    if (client !== undefined) await this.#recipe.close(client.made);
  }

  /** @throws ConfigError `resource-closed`. */
  public enter(name: string): ClientUser {
    if (this.#ends) throw resourceClosed(this.#recipe.name);
    const user: ClientUser = { name, since: this.#host.clock.monotonic() };
    this.#users.add(user);
    return user;
  }

  public leave(user: ClientUser): void {
    this.#users.delete(user);
    if (this.#users.size === 0) this.#idle?.();
  }

  async #make(signal: AbortSignal): Promise<unknown> {
    const { create, probe, probeTimeout, name, needs, overlap } = this.#recipe;
    const { clock } = this.#host;
    const inUse = this.#inUse;
    const needed = await Promise.all(this.#needs.map(async (need) => need.make(signal)));
    const made = await create(
      {
        name,
        settings: this.#settings,
        secrets: this.#secrets,
        needs: Object.fromEntries(needs.map((need, index) => [need, needed[index]])),
        replaces: overlap(this.#settings) === 'shrink' ? inUse?.made : undefined,
        logger: this.#host.logger,
        clock,
        signal,
      },
      { host: this.#host, needs: this.#needs, tenant: this.#tenant },
    );
    try {
      signal.throwIfAborted();
      await answerWithin({ clock, timeout: probeTimeout, signal }, async (ends) => {
        await probe(made, { signal: ends });
      });
      if (inUse !== undefined) await this.#warm(made, inUse.made, signal);
      signal.throwIfAborted();
    } catch (error) {
      await this.#discard(made);
      throw error;
    }
    this.#client = { made };
    this.#inUse = undefined;
    return made;
  }

  /** It works, as its probe has shown: what it cannot do ahead it does when it is asked. */
  async #warm(made: unknown, inUse: unknown, signal: AbortSignal): Promise<void> {
    const { warm, probeTimeout: timeout } = this.#recipe;
    if (warm === undefined) return;
    try {
      await answerWithin({ clock: this.#host.clock, timeout, signal }, async (ends) => warm(made, inUse, ends));
    } catch {
      // A limit that is used up, or a server that is slow: neither is a reason to stay with the old settings.
    }
  }

  /** Closes a client that cannot be used, and was not. The veto does not wait for a close that hangs. */
  async #discard(made: unknown): Promise<void> {
    const { name, close, probeTimeout: timeout } = this.#recipe;
    try {
      await answerWithin({ clock: this.#host.clock, timeout, signal: never }, async () => {
        await close(made);
      });
    } catch (error) {
      const kind = kindOfThrown(error);
      this.#host.logger.log({
        level: 'warn',
        event: 'config.resource.failed',
        message: `A new client of ${name} that cannot be used could not be closed: it threw ${kind}.`,
        fields: { resource: name, kind },
      });
    }
  }

  async #drained(): Promise<void> {
    if (this.#users.size === 0) return;
    const { clock, logger, metrics } = this.#host;
    const { name, drainTimeout } = this.#recipe;
    const begun = clock.monotonic();
    await new Promise<void>((resolve) => {
      const cancel = clock.after(drainTimeout, () => {
        const held = this.users;
        const time = Duration.ofMilliseconds(drainTimeout).toString();
        logger.log({
          level: 'warn',
          event: 'config.resource.held',
          message: `The old client of ${name} is closed after ${time}, though it is in use by ${held.join(', ')}.`,
          fields: { resource: name, users: held },
        });
        resolve();
      });
      this.#idle = () => {
        cancel();
        resolve();
      };
    });
    metrics.record('config.resource.drain.duration', (clock.monotonic() - begun) / 1_000, { resource: name });
  }
}

export function resourceClosed(name: string): ConfigError {
  return new ConfigError({
    code: 'resource-closed',
    message: `The resource "${name}" has been closed with the module that made it.`,
    recovery: 'End what uses it before you close the container.',
  });
}

/** True for settings that are equal but for the fields at some paths; `*` in one is every key. */
function sameBut(one: unknown, other: unknown, paths: readonly (readonly string[])[]): boolean {
  if (one === other || paths.some(({ length }) => length === 0)) return true;
  if (paths.length === 0 || !isObject(one) || !isObject(other)) return sameSettings(one, other);
  if (Object.getPrototypeOf(one) !== Object.getPrototypeOf(other)) return false;
  return [...new Set([...Object.keys(one), ...Object.keys(other)])].every((key) => {
    const below = paths.filter(([first]) => first === key || first === '*').map((path) => path.slice(1));
    return sameBut(Reflect.get(one, key), Reflect.get(other, key), below);
  });
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
