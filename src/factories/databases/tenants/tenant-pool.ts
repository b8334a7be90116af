import { kindOfThrown } from '../../../core/index.js';
import { HeldClient, type NeededClient, type Recipe, type RecipeInside } from '../../resources/index.js';
import type { Lease } from '../../transactions/index.js';
import type { ConnectionRoom, Roomer } from './connection-room.js';

export interface DatabaseSettings {
  readonly host?: string;
  readonly port?: number;
  readonly socketPath?: string;
  readonly database?: string;
  readonly replicas?: readonly unknown[];
  readonly pool: object;
}

interface PoolWords {
  readonly settings: DatabaseSettings;
  readonly database: string;
  readonly size: number;
}

export interface TenantPoolParts {
  readonly recipe: Recipe;
  readonly needs: readonly NeededClient[];
  readonly host: RecipeInside['host'];
  readonly room: ConnectionRoom;
  /** Milliseconds. */
  readonly idleTimeout: number;
  readonly takeRoom: (size: number) => Promise<void>;
  readonly gone: () => void;
}

/** The pool of one tenant: made when there is room for it, and closed when it is unused. */
export class TenantPool<P> implements Roomer {
  public readonly size: number;
  /** Resolves when it is made, or is not. */
  public readonly settled: Promise<unknown>;
  readonly #tenant: string;
  readonly #parts: TenantPoolParts;
  readonly #held: HeldClient;
  readonly #ready: Promise<void>;
  #words: PoolWords;
  #users = 0;
  #isReady = false;
  #isEnded = false;
  #forgetIdle = (): void => undefined;

  public constructor(tenant: string, words: PoolWords, parts: TenantPoolParts) {
    const { recipe, host, needs } = parts;
    // Each replica has a pool as large as that of the primary.
    this.size = words.size * (1 + (words.settings.replicas?.length ?? 0));
    this.#tenant = tenant;
    this.#words = words;
    this.#parts = parts;
    this.#held = new HeldClient(recipe, host, { settings: ownSettings(words), needs, tenant }, () => undefined);
    this.#held.hold();
    this.#ready = this.#make();
    this.settled = this.#ready.catch(() => undefined);
  }

  public get isIdle(): boolean {
    return this.#isReady && !this.#isEnded && this.#users === 0;
  }

  /** The pool of the driver; `undefined` while there is none. */
  public get client(): { readonly made: P } | undefined {
    // It was made by the recipe of a P.
    return this.#held.client as { readonly made: P } | undefined;
  }

  /** True when it fits the tenant's current settings, once the hot ones have been applied. */
  public follows(words: PoolWords): boolean {
    const before = this.#words;
    if (words.size !== before.size || words.database !== before.database) return false;
    if (words.settings === before.settings) return true;
    const settings = ownSettings(words);
    if (!this.#held.fits({ settings, needs: this.#parts.needs })) return false;
    this.#words = words;
    this.#held.apply(settings);
    return true;
  }

  /** A connection of it; the pool is not closed before it is released. */
  public async lease<K>(acquire: (pool: P) => Promise<Lease<K>>): Promise<Lease<K>> {
    // Before anything is waited for: a pool that is replaced meanwhile is not closed.
    const user = this.#held.enter(`a transaction of tenant ${this.#tenant}`);
    this.#users++;
    this.#forgetIdle();
    const leave = (): void => {
      this.#held.leave(user);
      this.#leave();
    };
    try {
      await this.#ready;
      // It is ready.
      const lease = await acquire((this.client as { readonly made: P }).made);
      return {
        ...lease,
        release: (isBroken) => {
          lease.release(isBroken);
          leave();
        },
      };
    } catch (error) {
      leave();
      throw error;
    }
  }

  public async end(): Promise<void> {
    this.#isEnded = true;
    this.#forgetIdle();
    this.#parts.gone();
    try {
      await this.#held.letGo();
    } catch (error) {
      const kind = kindOfThrown(error);
      const message = `The pool of tenant ${this.#tenant} could not be closed: it threw ${kind}.`;
      const { logger } = this.#parts.host;
      logger.log({ level: 'warn', event: 'config.resource.failed', message, fields: { tenant: this.#tenant, kind } });
    }
  }

  async #make(): Promise<void> {
    const { takeRoom, room, gone } = this.#parts;
    try {
      await takeRoom(this.size);
      try {
        await this.#held.make();
      } catch (error) {
        room.free(this.size);
        throw error;
      }
    } catch (error) {
      gone();
      throw error;
    }
    this.#isReady = true;
    room.use(this);
  }

  #leave(): void {
    this.#users--;
    if (!this.isIdle) return;
    const { room, host, idleTimeout } = this.#parts;
    room.use(this);
    this.#forgetIdle = host.clock.after(idleTimeout, () => void room.end(this));
    room.look();
  }
}

function ownSettings({ settings, database, size }: PoolWords): object {
  return copyOf(settings, { database, pool: copyOf(settings.pool, { max: size, min: 0 }) });
}

function copyOf(settings: object, values: Readonly<Record<string, unknown>>): object {
  const own = Object.entries(values).map(([key, value]) => [key, { value, enumerable: true }] as const);
  const described = { ...Object.getOwnPropertyDescriptors(settings), ...Object.fromEntries(own) };
  // Its prototype is that of a settings class.
  return Object.freeze(Object.create(Object.getPrototypeOf(settings) as object, described) as object);
}
