import {
  type ConfigLogger,
  guardLogger,
  onAbort,
  option,
  type OptionKinds,
  readOptions,
  scopeLevels,
} from '../../core/index.js';
import type { SectionEntry } from '../plan/index.js';
import type { ConfigChanged, ConfigEvent, ConfigEventOf, ConfigEventType, UnpublishedEvent } from './config-event.js';
import {
  callForAll,
  callForDomain,
  callForPath,
  callForSection,
  callForType,
  type CallFor,
  type ChangedGenerations,
  type ConfigEventListener,
  type DomainChangeListener,
  type PathChangeListener,
  type Receiver,
  type SectionChangeListener,
  type SectionTarget,
  type SubscribeOptions,
  reportFailure,
  type ListenerErrorCallback,
} from './event-listener.js';
import {
  acceptedBy,
  BUFFER,
  EventStream,
  type EventsDropped,
  STREAM_OPTIONS,
  type StreamedEvent,
  type StreamOptions,
} from './event-stream.js';
import { checkCanChange, checkDomain } from './check-can-change.js';
import { freezeEvent } from './event-data.js';
import { SerialDelivery } from './serial-delivery.js';

export interface ConfigEventsOptions {
  /** Receives `config.listener.failed`, without the error itself, which may quote settings. Default: none. */
  readonly logger?: ConfigLogger | undefined;
  /** Called with what a listener threw, besides the log. */
  readonly onListenerError?: ListenerErrorCallback | undefined;
  /** How many events may wait in an iteration before the oldest go; a whole number from 1 on, default 1,000. */
  readonly buffer?: number | undefined;
  /** The sections that can change; listening to another one is refused then. Any may be listened to when absent. */
  readonly sections?: readonly SectionEntry[] | undefined;
  /**
   * Calls a listener, and marks the call as running.
   *
   * @internal
   */
  readonly within?: ((name: string, call: () => unknown) => unknown) | undefined;
}

const OPTIONS = {
  logger: option.logger,
  onListenerError: option.callback,
  buffer: BUFFER,
  sections: option.list,
  within: option.callback,
} satisfies OptionKinds<ConfigEventsOptions>;

const SUBSCRIBE_OPTIONS = { signal: option.signal } satisfies OptionKinds<SubscribeOptions>;

/**
 * Publishes what happens to the settings. Injectable. Subpath: `uno-config`.
 *
 * Every listener gets its events one after the other in the order of their publication, each when it is done with the one
 * before; listeners do not wait for each other. A listener's error is logged and does not stop the others. Unsubscribing
 * drops the events that still wait for the listener; while it listens nothing is lost, so a listener that never finishes
 * keeps all events in memory.
 *
 * @example
 * ```ts
 * const events = container.get(ConfigEvents);
 * events.on('ConfigReloadRejected', ({ error }) => report(error.message));
 * events.onSection(HttpSettings, (current, previous) => report(previous.port, current.port));
 * const stop = events.onPath('database.**', (changes) => report(changes.map(({ path }) => path)));
 * stop();
 * ```
 */
export class ConfigEvents implements AsyncIterable<StreamedEvent> {
  readonly #logger: Required<ConfigLogger>;
  readonly #onListenerError: ListenerErrorCallback | undefined;
  readonly #buffer: number;
  readonly #sections: readonly SectionEntry[] | undefined;
  readonly #within: ConfigEventsOptions['within'];
  /** Each with what takes it off its signal. */
  readonly #receivers = new Map<Receiver, () => void>();
  /** Those that have something to deliver, even when they are no receivers any more. */
  readonly #busy = new Set<SerialDelivery>();
  #sequence = 0;
  #closed = false;

  /** @throws TypeError naming an option that cannot be used. */
  public constructor(options: ConfigEventsOptions = {}) {
    readOptions('ConfigEvents', options, OPTIONS);
    this.#logger = guardLogger(options.logger);
    this.#onListenerError = options.onListenerError;
    this.#buffer = options.buffer ?? 1_000;
    this.#sections = options.sections;
    this.#within = options.within;
  }

  /** How many listeners and iterations there are. */
  public get listenerCount(): number {
    return this.#receivers.size;
  }

  /**
   * Calls back with every event, or with those of a type, until the returned function is called or the signal aborts.
   *
   * @throws TypeError when there is no such event, or the listener is no function.
   *
   * @example
   * ```ts
   * container.get(ConfigEvents).on('SourceStale', ({ source, since }) => report(source, new Date(since)));
   * ```
   */
  public on(listener: ConfigEventListener, options?: SubscribeOptions): () => void;
  public on<T extends ConfigEventType>(
    type: T,
    listener: ConfigEventListener<ConfigEventOf<T>>,
    options?: SubscribeOptions,
  ): () => void;
  public on(
    first: ConfigEventType | ConfigEventListener,
    second?: ConfigEventListener<never> | SubscribeOptions,
    third?: SubscribeOptions,
  ): () => void {
    // Without a type the second parameter is the options, as in the first signature.
    if (typeof first === 'function') {
      return this.#listen(first.name, callForAll(first), second as SubscribeOptions | undefined);
    }
    // With a type the second parameter is the listener to events of that type, as in the second signature.
    const listener = checkedListener(second as ConfigEventListener);
    return this.#listen(listener.name, callForType(first, listener), third);
  }

  /**
   * Calls back after every commit that changed a section, with its new instance and the one before; with a `scope`, as
   * that module, or component of one, sees it.
   *
   * @throws TypeError when the listener is no function, or the scope names no module.
   * @throws ConfigError `section-not-loaded` when the section is not among those that can change.
   *
   * @example
   * ```ts
   * const events = container.get(ConfigEvents);
   * events.onSection({ target: DatabaseSettings, name: 'replica' }, ({ host }) => report(host));
   * ```
   */
  public onSection<T extends object>(
    section: SectionTarget<T>,
    listener: SectionChangeListener<T>,
    options?: SubscribeOptions,
  ): () => void {
    const asked = typeof section === 'function' ? { target: section } : section;
    checkCanChange(this.#sections, asked.target, asked.name);
    if (asked.scope !== undefined) scopeLevels(asked.scope);
    return this.#listen(checkedListener(listener).name, callForSection(asked, listener), options);
  }

  /**
   * Calls back after every commit that changed sections of a domain (`@ConfigSection('orders', { domain: 'sales' })`),
   * with these sections and what changed in each.
   *
   * @throws TypeError when the listener is no function.
   * @throws ConfigError `section-not-loaded` when no section that can change is of the domain.
   *
   * @example
   * ```ts
   * container.get(ConfigEvents).onDomain('sales', (sections) => {
   *   for (const { section, changes } of sections) report(section, changes.length);
   * });
   * ```
   */
  public onDomain(domain: string, listener: DomainChangeListener, options?: SubscribeOptions): () => void {
    checkDomain(this.#sections, domain);
    return this.#listen(checkedListener(listener).name, callForDomain(domain, listener), options);
  }

  /**
   * Calls back after every commit that changed settings at a path of a pattern, with these changes. A pattern is keys with
   * dots between them, at most 30; `*` matches any one key and `**` any number of keys, none included: `database.**`,
   * `servers.*.port`, `**.timeout`. Keys may have any spelling that sources may use; so those of a map are compared without
   * regard to case, dashes and underscores.
   *
   * @throws TypeError when the pattern cannot be read, or the listener is no function.
   *
   * @example
   * ```ts
   * container.get(ConfigEvents).onPath('database.pool.*', (changes) => {
   *   for (const { path, before, after } of changes) report(path, before, after);
   * });
   * ```
   */
  public onPath(pattern: string, listener: PathChangeListener, options?: SubscribeOptions): () => void {
    return this.#listen(checkedListener(listener).name, callForPath(pattern, listener), options);
  }

  /**
   * Events as they come, from this call on. Those not asked for yet wait, 1,000 at most by default; of more the oldest
   * are dropped, and an {@link EventsDropped} that counts them comes in their place. The iteration ends when the loop is
   * left, the signal aborts, or the events are closed, then after what waits. One that is begun must be ended by one of
   * them.
   *
   * @throws TypeError naming an option that cannot be used.
   *
   * @example
   * ```ts
   * const { signal } = new AbortController();
   * for await (const event of container.get(ConfigEvents).stream({ types: ['ConfigChanged'], signal })) {
   *   if (event.type === 'ConfigChanged') report(event.generation, event.reason);
   * }
   * ```
   */
  public stream<T extends ConfigEventType = ConfigEventType>(
    options: StreamOptions<T> = {},
  ): AsyncIterableIterator<ConfigEventOf<T> | EventsDropped, undefined> {
    readOptions('stream', options, STREAM_OPTIONS);
    const stream: EventStream = new EventStream({
      limit: options.buffer ?? this.#buffer,
      accepts: acceptedBy(options),
      ended: () => {
        this.#remove(stream);
      },
    });
    this.#add(stream, options.signal);
    // It accepts nothing but events of the types in T.
    return stream as AsyncIterableIterator<ConfigEventOf<T> | EventsDropped, undefined>;
  }

  /** The same as `stream()` without options: `for await (const event of events)`. */
  public [Symbol.asyncIterator](): AsyncIterableIterator<StreamedEvent, undefined> {
    return this.stream();
  }

  /**
   * Numbers an event, freezes it, and hands it to all subscribers. Returns before any listener runs, and never throws. It
   * takes ownership of the event: the lists in it are frozen, too.
   *
   * @internal
   */
  public publish(event: UnpublishedEvent<ConfigChanged>, generations: ChangedGenerations): ConfigEvent;
  /** @internal */
  public publish(event: UnpublishedEvent<Exclude<ConfigEvent, ConfigChanged>>): ConfigEvent;
  /** @internal */
  public publish(unpublished: UnpublishedEvent, generations?: ChangedGenerations): ConfigEvent {
    this.#sequence += 1;
    const event: ConfigEvent = freezeEvent({ ...unpublished, sequence: this.#sequence });
    for (const receiver of this.#receivers.keys()) receiver.offer({ event, generations });
    return event;
  }

  /**
   * Resolves when every listener is done with everything published so far. A listener that waits for this never finishes: it
   * waits for itself. Events that wait in iterations do not count.
   */
  public async drain(): Promise<void> {
    await Promise.all(Array.from(this.#busy, (delivery) => delivery.settled()));
  }

  /**
   * The same, but for listeners that have unsubscribed: one that hangs must not hold up the end.
   *
   * @internal
   */
  public async drainSubscribed(): Promise<void> {
    await Promise.all(this.#subscribed().map(async (delivery) => delivery.settled()));
  }

  /**
   * The listeners that are not done yet, each with the event that it was called for.
   *
   * @internal
   */
  public get busy(): readonly string[] {
    return this.#subscribed().map(({ label }) => label);
  }

  /**
   * Unsubscribes all listeners, and ends all iterations after what waits in them. Events that still wait for listeners are
   * dropped; `drain()` first to have them delivered. Later subscribers receive nothing.
   */
  public close(): void {
    this.#closed = true;
    for (const receiver of [...this.#receivers.keys()]) {
      this.#remove(receiver);
      receiver.finish();
    }
  }

  #subscribed(): readonly SerialDelivery[] {
    return [...this.#busy].filter((delivery) => this.#receivers.has(delivery));
  }

  #listen(name: string, callFor: CallFor, options: SubscribeOptions = {}): () => void {
    const { signal } = readOptions('ConfigEvents', options, SUBSCRIBE_OPTIONS);
    const delivery: SerialDelivery = new SerialDelivery(name, callFor, {
      busy: () => {
        this.#busy.add(delivery);
      },
      idle: () => {
        this.#busy.delete(delivery);
      },
      failed: (error, event) => {
        reportFailure(error, event, this.#logger, this.#onListenerError);
      },
      within: this.#within,
    });
    return this.#add(delivery, signal);
  }

  #add(receiver: Receiver, signal: AbortSignal | undefined): () => void {
    const stop = (): void => {
      this.#remove(receiver);
      receiver.stop();
    };
    if (this.#closed || signal?.aborted === true) {
      stop();
      return stop;
    }
    this.#receivers.set(receiver, signal === undefined ? () => undefined : onAbort(signal, stop));
    return stop;
  }

  #remove(receiver: Receiver): void {
    this.#receivers.get(receiver)?.();
    this.#receivers.delete(receiver);
  }
}

/** Callers without types may hand in anything. */
function checkedListener<L>(listener: L): L {
  if (typeof listener === 'function') return listener;
  throw new TypeError('listener: must be a function.');
}
