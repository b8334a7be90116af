import {
  type Clock,
  type ConfigSource,
  type Duration,
  foldKey,
  guardMetrics,
  isWithin,
  option,
  parsePath,
  readOptions,
  systemClock,
} from '../../core/index.js';
import type { SectionClass } from '../../sections/index.js';
import { DEFINITION_OPTIONS, definitionOf, selectorsOf, section, type SectionEntry } from '../plan/index.js';
import { loadSettings, type SettingsOptions } from './load-settings.js';

/** How {@link getConfig} loads and keeps a section. */
export interface CachedOptions extends SettingsOptions {
  /**
   * How old an instance may be that this caller is served; a duration with a unit, any age when absent. Callers that share
   * an instance may each have a ttl of their own.
   */
  readonly ttl?: string | Duration;
  /** Serve an instance older than `ttl` at once and load the next one meanwhile; default false: wait for it. */
  readonly staleWhileRevalidate?: boolean;
}

/** What to forget: everything at or below a dotted path, a settings class, or all when absent. */
export type InvalidationTarget = string | SectionClass;

interface CacheEntry {
  readonly entry: SectionEntry;
  readonly promise: Promise<object>;
  /** On the monotonic clock; Infinity while loading, so that all who come meanwhile wait for it. */
  loadedAt: number;
  /** The load that will replace this entry, while one is under way. */
  next: Promise<object> | undefined;
}

/**
 * Keeps loaded sections by section and source set. Concurrent callers share one load; a failed load is forgotten, so the
 * next caller tries again. {@link getConfig} uses one such cache for the whole process; make your own to keep two parts
 * of a program apart. Subpath: `uno-config`.
 *
 * @example
 * ```ts
 * const cache = configCache();
 * const http = await cache.get(HttpSettings, { sources: [jsonFile('app.json')], ttl: '1m' });
 * ```
 */
export function configCache(): ConfigCache {
  return new ConfigCache();
}

/** Loaded sections, kept; made with {@link configCache}. Subpath: `uno-config`. */
export class ConfigCache {
  readonly #clock: Clock;
  /** First by the section and its place, then by the set of sources and selectors. */
  readonly #entries = new Map<SectionClass, Map<string, CacheEntry>>();
  /** The keys of source lists that callers hold on to: the fast way in. */
  readonly #setKeys = new WeakMap<readonly ConfigSource[], string>();
  readonly #sourceIds = new WeakMap<ConfigSource, string>();
  #nextId = 1;

  public constructor(clock: Clock = systemClock) {
    this.#clock = clock;
  }

  /**
   * The section, from the cache or freshly loaded.
   *
   * @throws TypeError naming an option that cannot be used.
   * @throws ConfigError of a source, or `invalid-settings` with all issues.
   */
  public get<T extends object>(target: SectionClass<T> | SectionEntry<T>, options: CachedOptions): Promise<T> {
    try {
      // A hit looks only at what it needs; every load looks at all options.
      if (!hasSources(options)) readOptions('', options, CACHED_OPTIONS);
      const ttl = milliseconds(options.ttl);
      const sectionClass = typeof target === 'function' ? target : target.target;
      let bySet = this.#entries.get(sectionClass);
      if (bySet === undefined) this.#entries.set(sectionClass, (bySet = new Map<string, CacheEntry>()));
      const key = this.#keyOf(target, options);
      const held = bySet.get(key);
      const isFresh = held !== undefined && this.#isFresh(held, ttl);
      countRequest(isFresh, held !== undefined, options);
      // Entries are kept by class, so what one holds was made from the class asked for.
      if (isFresh) return held.promise as Promise<T>;
      if (held === undefined) return this.#load(target, options, bySet, key) as Promise<T>;
      const next = this.#reload(held, target, options, bySet, key);
      return (options.staleWhileRevalidate === true ? held.promise : next) as Promise<T>;
    } catch (error) {
      // The caller expects a promise, so a refused option rejects it.
      return Promise.reject(error instanceof Error ? error : new TypeError('An option cannot be used.'));
    }
  }

  /**
   * Forgets what is at or below a path, what was made from a class, or everything. Loads under way are not kept.
   *
   * @throws TypeError when `what` is neither a class nor a string.
   * @throws ConfigError `invalid-path`.
   */
  public invalidate(what?: InvalidationTarget): void {
    if (what === undefined) {
      this.#entries.clear();
    } else if (typeof what === 'function') {
      this.#entries.delete(what);
    } else if (typeof what !== 'string') {
      throw new TypeError('invalidate: name a settings class or a dotted path, or nothing to drop everything.');
    } else {
      const path = parsePath(what).map(foldKey);
      for (const bySet of this.#entries.values()) {
        for (const [key, { entry }] of bySet) {
          const at = entry.path.map(foldKey);
          if (isWithin(at, path) || isWithin(path, at)) bySet.delete(key);
        }
      }
    }
  }

  #load(
    target: SectionClass | SectionEntry,
    options: CachedOptions,
    bySet: Map<string, CacheEntry>,
    key: string,
  ): Promise<object> {
    const entry = typeof target === 'function' ? section(target) : target;
    const given = { ...options, sections: [entry] };
    readOptions('', given, CACHED_OPTIONS);
    const promise = loadSettings(entry, definitionOf(given));
    const held: CacheEntry = { entry, promise, loadedAt: Infinity, next: undefined };
    bySet.set(key, held);
    promise.then(
      () => {
        held.loadedAt = this.#clock.monotonic();
      },
      () => {
        if (bySet.get(key) === held) bySet.delete(key);
      },
    );
    return promise;
  }

  /** One load for all who come after the instance has expired; the old one stays until the new one is there. */
  #reload(
    held: CacheEntry,
    target: SectionClass | SectionEntry,
    options: CachedOptions,
    bySet: Map<string, CacheEntry>,
    key: string,
  ): Promise<object> {
    if (held.next !== undefined) return held.next;
    const fresh = new Map<string, CacheEntry>();
    const next = this.#load(target, options, fresh, key);
    held.next = next;
    next.then(
      () => {
        const loaded = fresh.get(key);
        // Unless it has been invalidated meanwhile.
        if (loaded !== undefined && bySet.get(key) === held) bySet.set(key, loaded);
      },
      () => {
        held.next = undefined;
      },
    );
    return next;
  }

  #isFresh({ loadedAt }: CacheEntry, ttl: number): boolean {
    return ttl === Infinity || this.#clock.monotonic() < loadedAt + ttl;
  }

  #keyOf(target: SectionClass | SectionEntry, options: CachedOptions): string {
    const place = typeof target === 'function' ? '' : target.path.join('.');
    const { unknownKeys = '', validation } = options;
    // The variables of the process itself stay as they are; those that a caller hands over may select anything.
    const {
      environment = '',
      region = '',
      zone = '',
      deployment = '',
      cohort = '',
      instance = '',
    } = options.env === undefined ? options : selectorsOf(options);
    const selected = `${environment}|${region}|${zone}|${deployment}|${cohort}|${instance}|${JSON.stringify(options.params ?? {})}`;
    // Two callers that ask for different checks do not get each other's instance.
    const strictness = validation === undefined ? unknownKeys : `${unknownKeys}${JSON.stringify(validation)}`;
    return `${place}|${selected}|${strictness}|${this.#setKey(options.sources)}`;
  }

  #setKey(sources: readonly ConfigSource[]): string {
    let key = this.#setKeys.get(sources);
    if (key === undefined) {
      key = sources.map((source) => this.#sourceId(source)).join('\u0000');
      if (Object.isFrozen(sources)) this.#setKeys.set(sources, key);
    }
    return key;
  }

  #sourceId(source: ConfigSource): string {
    if (source.id !== undefined) return source.id;
    let id = this.#sourceIds.get(source);
    if (id === undefined) this.#sourceIds.set(source, (id = `#${String(this.#nextId++)}`));
    return id;
  }
}

function countRequest(
  isFresh: boolean,
  isHeld: boolean,
  { metrics, staleWhileRevalidate = false }: CachedOptions,
): void {
  if (metrics === undefined) return;
  const result = isFresh ? 'hit' : isHeld && staleWhileRevalidate ? 'stale' : 'miss';
  guardMetrics(metrics).count('config.cache.requests', 1, { result });
}

// Strings parsed before: a program writes a handful of them, and parsing one takes as long as the rest of a hit.
const knownTtls = new Map<unknown, number>();
const MOST_KNOWN = 100;

function milliseconds(ttl: string | Duration | undefined): number {
  if (ttl === undefined) return Infinity;
  const known = knownTtls.get(ttl);
  if (known !== undefined) return known;
  const span = option.span.read(ttl, 'ttl');
  if (knownTtls.size === MOST_KNOWN) knownTtls.clear();
  knownTtls.set(ttl, span);
  return span;
}

const CACHED_OPTIONS = {
  ...DEFINITION_OPTIONS,
  sections: option.anything,
  ttl: option.span,
  staleWhileRevalidate: option.flag,
};

function hasSources(options: unknown): boolean {
  return typeof options === 'object' && options !== null && 'sources' in options && Array.isArray(options.sources);
}

const processCache = new ConfigCache();

/**
 * One section, without a container, from the process-wide cache: loaded at the first call, then shared. Two calls with
 * the same source (or sources that read the same thing) share one instance. Subpath: `uno-config`.
 *
 * @throws ConfigError of a source, or `invalid-settings` with all issues.
 *
 * @example
 * ```ts
 * const http = await getConfig(HttpSettings, { sources: [jsonFile('app.json')], ttl: '1m', staleWhileRevalidate: true });
 * ```
 */
export function getConfig<T extends object>(
  target: SectionClass<T> | SectionEntry<T>,
  options: CachedOptions,
): Promise<T> {
  return processCache.get(target, options);
}

/**
 * Makes {@link getConfig} forget: a settings class, everything at or below a dotted path, or all. Other sections are not
 * touched. Subpath: `uno-config`.
 *
 * @example
 * ```ts
 * invalidateConfig(HttpSettings);
 * invalidateConfig('database.pool');
 * invalidateConfig();
 * ```
 */
export function invalidateConfig(what?: InvalidationTarget): void {
  processCache.invalidate(what);
}
