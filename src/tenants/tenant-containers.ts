import type { SectionClass } from '../sections/index.js';
import type { Clamp, Explanation } from '../runtime/index.js';
import { type ConfigError, option, type OptionKinds, readOptions } from '../core/index.js';
import { foldIdentifier, isTenantName, type Tenant } from './tenant.js';
import type { TenantChildren, TenantLease } from './tenant-children.js';
import type { TenantCopies } from './tenant-copies.js';
import type { TenantContext } from './tenant-context.js';
import type { TenantDocuments } from './tenant-documents.js';
import { notSet, unknownTenant } from './tenant-errors.js';
import type { TenantRules } from './tenant-rules.js';
import type { TenantSettings } from './tenant-settings.js';

/** How {@link TenantContainers.each} works. */
export interface EachOptions {
  /** How many tenants at a time; a whole number from 1 on, default 4. */
  readonly concurrency?: number;
  /** Ends it: no further tenant is begun. */
  readonly signal?: AbortSignal;
}

const EACH = {
  concurrency: option.or(option.count(), 4),
  signal: option.signal,
} satisfies OptionKinds<EachOptions>;

/** What {@link TenantContainers.each} came to. */
export interface EachOutcome {
  /** The ids for which it went well. */
  readonly done: readonly string[];
  /** By id: what was thrown, or why the tenant cannot be served. */
  readonly failed: ReadonlyMap<string, unknown>;
}

/** Numbers of {@link TenantContainers}. */
export interface TenantStats {
  /** Tenants whose documents are known. */
  readonly known: number;
  /** Those whose settings are made. */
  readonly live: number;
  /** How much room these take, estimated, in bytes. */
  readonly bytes: number;
  readonly containers: number;
  readonly leases: number;
  readonly quarantined: number;
}

/** The health of tenants: the counts, and each tenant with a problem. */
export interface TenantHealth {
  readonly status: 'ok' | 'degraded';
  /** By id: why a tenant cannot be served, or is served with what it had. */
  readonly quarantined: ReadonlyMap<string, ConfigError>;
  /**
   * By id: when the last known good on disk was written, in milliseconds since 1970, that a tenant is served from, because its
   * source gives no document that can be used.
   */
  readonly restored: ReadonlyMap<string, number>;
  /** Of the sources, in words. */
  readonly problems: readonly string[];
}

/** What {@link TenantContainers} works with. */
export interface TenantContainersParts {
  readonly settings: TenantSettings;
  readonly children: TenantChildren;
  readonly context: TenantContext;
  readonly documents: TenantDocuments;
  readonly rules: TenantRules;
  readonly copies?: TenantCopies | undefined;
}

/**
 * The tenants of an application: runs code for one of them, reads its settings, and gives its container. Injectable where
 * a `ConfigModule` has the option `tenants`. Subpath: `uno-config/tenants`.
 *
 * @example
 * ```ts
 * const tenants = container.get(TenantContainers);
 * await tenants.ready('acme');
 * tenants.run('acme', (tenant) => report(tenant.id, tenants.settings('acme', HttpSettings).port));
 * ```
 */
export class TenantContainers {
  readonly #parts: TenantContainersParts;
  readonly #settings: TenantSettings;
  readonly #context: TenantContext;

  /** Made by the `ConfigModule`; a program gets it from the container. */
  public constructor(parts: TenantContainersParts) {
    this.#parts = parts;
    // Asked for each call.
    this.#settings = parts.settings;
    this.#context = parts.context;
  }

  /**
   * The tenant that the code runs for.
   *
   * @throws ConfigError `tenant-not-set` outside of any.
   */
  public current(): Tenant {
    const live = this.#parts.context.current;
    if (live === undefined) throw notSet('The tenant');
    return live.tenant;
  }

  /** True inside of {@link run}. */
  public get isSet(): boolean {
    return this.#parts.context.current !== undefined;
  }

  /**
   * Loads the document of a tenant and makes its settings, or brings them up to date; {@link run} and {@link settings}
   * need it once.
   *
   * @throws ConfigError `tenant-unknown`, `tenant-inactive`, `tenant-quarantined` with all that is wrong,
   *   `tenant-unreadable`, `tenants-closed`.
   */
  public async ready(id: string): Promise<Tenant> {
    return (await this.#parts.settings.ready(id)).tenant;
  }

  /**
   * Runs a function, and all that it begins, for a tenant. Monitors, secret handles and `@InjectTenant()` of the base
   * follow it; to the end of the call they read one generation. Makes no container.
   *
   * @throws ConfigError `tenant-not-ready`, `tenant-quarantined`, `tenant-inactive`, `tenant-unknown`; and what the function throws.
   */
  public run<Result>(id: string, work: (tenant: Tenant) => Result): Result {
    return this.#context.run(this.#settings.get(id), work);
  }

  /**
   * A function that runs for the tenant that is set now, whatever its caller's: for listeners, pools and other callbacks,
   * which would otherwise run for the tenant of their caller. Each call reads the current settings.
   *
   * @throws ConfigError `tenant-not-set` outside of any tenant.
   *
   * @example
   * ```ts
   * import { EventEmitter } from 'node:events';
   *
   * const emitter = new EventEmitter();
   * tenants.run('acme', () => emitter.on('job', tenants.bind(() => report(tenants.current().id))));
   * ```
   */
  public bind<Arguments extends readonly unknown[], Result>(
    work: (...given: Arguments) => Result,
  ): (...given: Arguments) => Result {
    const { settings, context } = this.#parts;
    const live = context.current;
    if (live === undefined) throw notSet('The tenant of a callback');
    return (...given) => context.run(settings.peek(live.id) ?? live, () => work(...given));
  }

  /**
   * A tenant's section as it is now; the base's own instance where the tenant overrides nothing.
   *
   * @param name of the use, of a section that is used under several
   * @throws ConfigError `tenant-not-ready`, `tenant-quarantined`, `tenant-inactive`, `tenant-unknown`, `section-not-loaded`.
   */
  public settings<T extends object>(id: string, section: SectionClass<T>, name?: string): T {
    return this.#parts.settings.get(id).store.get(section, name);
  }

  /**
   * The container of a tenant, a child of that of the base: `modules` of `defineTenants` are loaded in it, and sections,
   * monitors and secrets are the tenant's. Made once; closed when room is needed and no lease is open.
   *
   * @throws ConfigError what {@link ready} throws, `plugin-needed`; from the container's `get` methods,
   *   `captive-singleton`.
   */
  public async for(id: string): Promise<TenantLease> {
    const { settings, children } = this.#parts;
    const live = settings.current(id);
    return (live && children.known(live)) ?? children.lease(await settings.ready(id));
  }

  /**
   * Runs a function once for each tenant that is active: for jobs. One that fails stops no other one.
   *
   * @throws TypeError that names the option for one that is unknown or not what it must be.
   */
  public async each(work: (tenant: Tenant) => unknown, options: EachOptions = {}): Promise<EachOutcome> {
    const { concurrency, signal } = readOptions('tenants.each', options, EACH);
    const waiting = this.ids.values();
    const done: string[] = [];
    const failed = new Map<string, unknown>();
    const worker = async (): Promise<void> => {
      for (const id of waiting) {
        if (signal?.aborted === true) return;
        try {
          await this.ready(id);
          await this.run(id, work);
          done.push(id);
        } catch (error) {
          if (!isInactive(error)) failed.set(id, error);
        }
      }
    };
    await Promise.all(Array.from({ length: concurrency }, worker));
    return { done, failed };
  }

  /** The ids of all tenants that are known; of documents that are asked for one by one, those that have been. */
  public get ids(): readonly string[] {
    return this.#parts.documents.ids;
  }

  /**
   * The id behind a public name, for code that resolves requests.
   *
   * @throws ConfigError `tenant-unknown`.
   */
  public identify(identifier: string): string {
    const id = isTenantName(identifier) ? this.#parts.documents.idOf(foldIdentifier(identifier)) : undefined;
    if (id === undefined) throw unknownTenant(identifier);
    return id;
  }

  /**
   * Closes the container of a tenant when its last lease ends, and releases its settings. The next use rebuilds them, even
   * while leases of the old one are open. The answer is false when there was nothing.
   */
  public async evict(id: string): Promise<boolean> {
    const { children, settings } = this.#parts;
    const hadContainer = await children.evict(id);
    return settings.evict(id) || hadContainer;
  }

  /** Reads documents again, plans and the ceiling too, or the document of one tenant. Resolves when all have followed. */
  public async refresh(id?: string): Promise<void> {
    const { documents, rules, settings } = this.#parts;
    if (id === undefined && (await rules.refresh())) settings.fallBehind('all', 'asked');
    await documents.refresh(id);
    await settings.settled();
  }

  /**
   * Why a setting of a tenant is what it is.
   *
   * @throws ConfigError `tenant-not-ready`, `tenant-quarantined`, `tenant-inactive`, `tenant-unknown`, `invalid-path`.
   */
  public explain(id: string, path: string): Explanation {
    return this.#parts.settings.get(id).store.explain(path);
  }

  /**
   * The settings of a tenant for one look, such as that of a page. A tenant that is not ready stays so: what is made for it
   * is not kept. Reads no document of one that is not known.
   *
   * @throws ConfigError `tenant-unknown`, `tenant-inactive`, `tenant-quarantined`, `tenants-closed`.
   *
   * @example
   * ```ts
   * const settings = await tenants.look('acme');
   * process.stdout.write(settings.explain('http.port').toString());
   * ```
   */
  public async look(id: string): Promise<{ explain(path: string): Explanation }> {
    const store = await this.#parts.settings.look(id);
    return { explain: (path) => store.explain(path) };
  }

  /**
   * Settings of a tenant that a ceiling holds at another value than it or its plan wanted.
   *
   * @throws ConfigError `tenant-not-ready`, `tenant-quarantined`, `tenant-inactive`, `tenant-unknown`.
   */
  public clamps(id: string): readonly Clamp[] {
    return this.#parts.settings.get(id).built.clamps;
  }

  public stats(): TenantStats {
    const { settings, children, documents } = this.#parts;
    const { count: live, bytes } = settings.room;
    return Object.freeze({
      known: documents.ids.length,
      live,
      bytes,
      containers: children.size,
      leases: children.leases,
      quarantined: settings.quarantine.size,
    });
  }

  /** The health of tenants: those that cannot be served, or are served with earlier settings. */
  public health(): TenantHealth {
    const { settings, documents, rules, copies } = this.#parts;
    const { quarantine: quarantined, restored } = settings;
    const problems = [...documents.problems, ...rules.problems, ...(copies?.problems ?? [])];
    const status = quarantined.size + restored.size + problems.length === 0 ? 'ok' : 'degraded';
    return Object.freeze({ status, quarantined, restored, problems: Object.freeze(problems) });
  }
}

function isInactive(error: unknown): boolean {
  return typeof error === 'object' && error !== null && Reflect.get(error, 'code') === 'tenant-inactive';
}
