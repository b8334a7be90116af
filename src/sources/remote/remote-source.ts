import type {
  Clock,
  ConfigLayer,
  ConfigLogger,
  ConfigSource,
  LoadContext,
  LoadResult,
  OptionKinds,
  Revision,
  SectionNode,
  Selectors,
  TimeSpan,
  WatchContext,
} from '../../core/index.js';
import {
  ConfigError,
  copyTree,
  createAnswer,
  createLayer,
  Duration,
  isConfigLayer,
  isConfigMap,
  option,
  originAtPath,
  readOptions,
  sharedSelectors,
  SourceUnreachable,
  systemClock,
} from '../../core/index.js';
import { keepWatching, type RemoteWatch } from './remote-watch.js';

export type { RemoteWatch, RemoteWatchContext } from './remote-watch.js';

/** The context of a read. */
export interface RemoteReadContext {
  /** A revision that the source has notified or already answered: an older answer is not taken. */
  readonly floor?: Revision;
  /** The revision of the last answer, which need not be sent again: answer `'unchanged'` instead. */
  readonly known?: Revision;
  /** Of a source of several documents: those to read. All when absent. */
  readonly ids?: readonly string[];
  /** What the settings are for: the environment, and the region, zone, deployment and cohort where there are any. */
  readonly selectors: Selectors;
  /** The shape of the sections being loaded. */
  readonly schema: SectionNode;
  /** Aborts when the time of the read is up, or its answer is no longer needed. */
  readonly signal: AbortSignal;
  readonly clock: Clock;
  readonly logger: ConfigLogger;
}

/** What a remote source holds. */
export interface RemoteAnswer {
  /**
   * The settings as a plain object, which is checked; of a source of several documents a `Map` of such objects by id. Layers
   * of `createLayer` are taken as they are, the later one winning.
   */
  readonly value: unknown;
  /** A number grows with each change; a string, such as an ETag, is another one after each. */
  readonly revision?: Revision | undefined;
  /** When it came to be, in milliseconds since 1970. */
  readonly at?: number | undefined;
  /** The milliseconds after which the server wants to be asked again; goes before `poll`. */
  readonly next?: number | undefined;
}

/** Who changes a document, and what they know of it. */
export interface RemoteChange {
  /** The revision that the change starts from; `undefined`, to be written out, where nothing is there yet. */
  readonly expected: Revision | undefined;
  readonly author?: string;
  readonly comment?: string;
  readonly signal?: AbortSignal;
}

/**
 * Replaces what the source holds, and answers the new revision. Throws `revisionConflict(…)` where another revision than
 * the expected one is there.
 */
export type RemoteWrite = (document: object, change: RemoteChange) => Promise<Revision>;

/** What a remote source is made from. */
export interface RemoteSourceOptions {
  /** How errors, logs and explanations call the source. */
  readonly name: string;
  /** The time between reads, with or without a change notice. Default: `1m`. */
  readonly poll?: TimeSpan;
  /** The longest that one read may take. Default: `10s`. */
  readonly timeout?: TimeSpan;
  /**
   * A notified change is read after a random part of this time, so that many programs do not read at once; polls vary by a
   * tenth anyway. Default: none.
   */
  readonly jitter?: TimeSpan;
  /** Whether `${…}` in strings are references. Default: true. */
  readonly references?: boolean;
  /**
   * Reads what the source holds. Throws `SourceUnreachable` where there is no answer, which leaves the last one in use; any
   * other error means that the answer is bad, which rejects the reload. A truncated answer is no answer.
   */
  readonly read: (context: RemoteReadContext) => Promise<RemoteAnswer | 'unchanged'>;
  /**
   * Notifies of changes, for as long as its promise is pending: a loop over a stream, or a promise that ends with the
   * signal. When it ends sooner or throws, it is restarted after a while. Default: only `poll`.
   */
  readonly watch?: RemoteWatch;
  /** Releases what the source holds. */
  readonly close?: () => void | Promise<void>;
}

type AnyRemoteOptions = RemoteSourceOptions & { readonly write?: RemoteWrite };

/** A remote source that can be written. */
export interface WritableSource extends ConfigSource {
  /**
   * Replaces what the source holds.
   *
   * @throws ConfigError `revision-conflict` where the source was written since.
   */
  readonly write: RemoteWrite;
}

/**
 * A source over the network, made from a function that reads it: with its own poll interval, time-out and revisions. Sources
 * that can report changes do so with `watch`; a notice is only a hint, and the next read decides. Subpath:
 * `uno-config/sources`.
 *
 * @throws TypeError naming the option.
 * @example
 * ```ts
 * const source = remoteSource({
 *   name: 'settings service',
 *   poll: '30s',
 *   read: async ({ signal }) => {
 *     const response = await fetch('https://settings.internal/orders', { signal, redirect: 'error' });
 *     if (!response.ok) throw new SourceUnreachable({ source: 'settings service', why: `it answers ${response.status}` });
 *     return { value: await response.json(), revision: response.headers.get('etag') ?? undefined };
 *   },
 * });
 * ```
 */
export function remoteSource(options: RemoteSourceOptions & { readonly write: RemoteWrite }): WritableSource;
export function remoteSource(options: RemoteSourceOptions): ConfigSource;
export function remoteSource(options: AnyRemoteOptions): ConfigSource {
  const { watch, write, close, poll, timeout, jitter, ...reads } = readOptions('remoteSource', options, OPTIONS);
  const { name } = reads;
  const watchers = new Set<WatchContext>();
  return Object.freeze({
    name,
    poll: Duration.ofMilliseconds(poll),
    timeout: Duration.ofMilliseconds(timeout),
    load: async (context: LoadContext) => load(reads, context),
    ...(watch !== undefined && {
      watch: (context: WatchContext) => {
        watchers.add(context);
        context.signal.addEventListener('abort', () => watchers.delete(context), { once: true });
        keepWatching(name, watch, context, { jitter });
      },
    }),
    ...(write !== undefined && {
      write: async (document: object, change: RemoteChange) => {
        checkWrite(name, document, change);
        const revision = await write(document, change);
        // A writer must not wait for its own notice.
        for (const { changed } of watchers) changed(revision);
        return revision;
      },
    }),
    ...(close !== undefined && { close }),
  });
}

type Reads = Pick<RemoteSourceOptions, 'name' | 'read'> & { readonly references: boolean | undefined };

async function load(options: Reads, context: LoadContext): Promise<LoadResult> {
  const { name, references } = options;
  const { floor, ids, schema, signal, logger, clock = systemClock, previous } = context;
  const before = previous === undefined ? undefined : answered.get(previous[0] ?? NONE);
  const answer = await options.read({
    schema,
    signal,
    clock,
    logger,
    selectors: sharedSelectors(context),
    ...(floor !== undefined && { floor }),
    ...(before?.revision !== undefined && { known: before.revision }),
    ...(ids !== undefined && { ids }),
  });
  if (answer === 'unchanged') {
    if (before === undefined) throw unchangedFromWhat(name);
    return before;
  }
  if (!hasValue(answer)) throw withoutValue(name);
  const { value, revision, at, next } = answer;
  const facts = { ...(revision !== undefined && { revision }), ...(at !== undefined && { at }) };
  const more = { ...facts, ...(next !== undefined && { next }) };
  const isSame = revision !== undefined && revision === before?.revision;
  if (isSame && previous !== undefined) return createAnswer({ value: previous, ...more });
  if (value instanceof Map) {
    const documents = new Map(
      [...value].map(([id, document]) => [String(id), layerOrError(document, `${name} ${String(id)}`, options, facts)]),
    );
    return createAnswer({ value: documents, ...more });
  }
  const made = isLayers(value) ? value : layerOf(value, { name, references, ...facts });
  const whole = createAnswer({ value: made, ...more });
  answered.set(isLayers(made) ? made[0] : made, whole);
  return whole;
}

function isLayers(value: unknown): value is readonly [ConfigLayer, ...ConfigLayer[]] {
  return Array.isArray(value) && value.length > 0 && value.every(isConfigLayer);
}

/** What the layers of answers were part of. */
const answered = new WeakMap<object, ReturnType<typeof createAnswer>>();
const NONE = Object.freeze({});

interface LayerFacts {
  readonly name: string;
  readonly references: boolean | undefined;
  readonly revision?: Revision;
  readonly at?: number;
}

function layerOrError(
  document: unknown,
  name: string,
  { references }: Reads,
  facts: Omit<LayerFacts, 'name' | 'references'>,
): ConfigLayer | ConfigError {
  if (ConfigError.is(document)) return document;
  try {
    return layerOf(document, { name, references, ...facts });
  } catch (error) {
    if (ConfigError.is(error)) return error;
    throw error;
  }
}

function layerOf(value: unknown, { name, references, revision }: LayerFacts): ConfigLayer {
  if (!isConfigMap(value)) {
    const message = `${name} answered something else than an object of settings.`;
    throw new ConfigError({ code: 'not-a-map', message });
  }
  const version = revision === undefined ? {} : { version: String(revision) };
  return createLayer({
    name,
    kind: 'remote',
    tree: copyTree(value, name),
    locate: (path) => ({ ...originAtPath('remote', name, path), ...version }),
    ...(references !== undefined && { references }),
  });
}

// A reader without types may return anything, most likely the settings themselves.
function hasValue(answer: unknown): boolean {
  return typeof answer === 'object' && answer !== null && 'value' in answer;
}

function withoutValue(name: string): ConfigError {
  return new ConfigError({
    code: 'not-a-map',
    message: `The read of ${name} returned no answer: it has no "value".`,
    recovery: "Return { value: settings }, or 'unchanged'.",
  });
}

function unchangedFromWhat(name: string): ConfigError {
  return new SourceUnreachable({
    source: name,
    why: 'it answers that nothing has changed, but has not answered before',
  });
}

const OPTIONS = {
  name: option.required(option.name),
  poll: option.or(option.positiveSpan, 60_000),
  timeout: option.or(option.positiveSpan, 10_000),
  jitter: option.or(option.span, 0),
  references: option.flag,
  read: option.required(option.callback),
  watch: option.callback,
  write: option.callback,
  close: option.callback,
} satisfies OptionKinds<AnyRemoteOptions>;

function checkWrite(name: string, document: unknown, change: RemoteChange): void {
  if (!isConfigMap(document)) throw new TypeError(`${name}: write takes a plain object of settings.`);
  if (!('expected' in change)) {
    throw new TypeError(`${name}: expected must be the revision that the change starts from; undefined for none.`);
  }
}
