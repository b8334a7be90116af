import { option, type OptionKinds } from '../../core/index.js';
import { checkEventType, type ConfigEvent, type ConfigEventType } from './config-event.js';
import { compileChangePattern, type Notice, type Receiver } from './event-listener.js';
import { Fifo } from './fifo.js';

/**
 * Takes the place of dropped events in an iteration, when more came than the buffer holds. Subpath: `uno-config`.
 *
 * @example
 * ```ts
 * for await (const event of container.get(ConfigEvents).stream()) {
 *   if (event.type === 'EventsDropped') report(`missed ${event.count} events`);
 * }
 * ```
 */
export interface EventsDropped {
  readonly type: 'EventsDropped';
  /** How many events are missing here. */
  readonly count: number;
  /** The `sequence` of the first and of the last missing one. */
  readonly from: number;
  readonly to: number;
}

/** What an iteration gives. */
export type StreamedEvent = ConfigEvent | EventsDropped;

type Step = IteratorResult<StreamedEvent, undefined>;

export interface EventStreamParts {
  readonly limit: number;
  readonly accepts: (event: ConfigEvent) => boolean;
  /** Called once, when the iteration is over. */
  readonly ended: () => void;
}

/** An iteration over events as they come. Unread events are buffered; when the buffer is full the oldest are dropped. */
export class EventStream implements AsyncIterableIterator<StreamedEvent, undefined>, Receiver {
  readonly #parts: EventStreamParts;
  readonly #waiting = new Fifo<ConfigEvent>();
  /** Readers that were waiting before there was an event. */
  readonly #readers = new Fifo<(step: Step) => void>();
  #dropped: EventsDropped | undefined;
  #ended = false;

  public constructor(parts: EventStreamParts) {
    this.#parts = parts;
  }

  public offer({ event }: Notice): void {
    if (this.#ended || !this.#parts.accepts(event)) return;
    const reader = this.#readers.shift();
    if (reader !== undefined) {
      reader({ done: false, value: event });
      return;
    }
    this.#waiting.push(event);
    if (this.#waiting.size <= this.#parts.limit) return;
    const oldest = this.#waiting.shift();
    if (oldest === undefined) return;
    const { count = 0, from = oldest.sequence } = this.#dropped ?? {};
    this.#dropped = Object.freeze({ type: 'EventsDropped', count: count + 1, from, to: oldest.sequence });
  }

  public next(): Promise<Step> {
    const value = this.#takeDropped() ?? this.#waiting.shift();
    if (value !== undefined) return Promise.resolve({ done: false, value });
    if (this.#ended) return Promise.resolve({ done: true, value: undefined });
    return new Promise((resolve) => {
      this.#readers.push(resolve);
    });
  }

  public return(): Promise<Step> {
    this.stop();
    return Promise.resolve({ done: true, value: undefined });
  }

  public stop(): void {
    this.#waiting.clear();
    this.#dropped = undefined;
    this.finish();
  }

  /** What waits can still be asked for. */
  public finish(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#parts.ended();
    for (let reader = this.#readers.shift(); reader !== undefined; reader = this.#readers.shift()) {
      reader({ done: true, value: undefined });
    }
  }

  public [Symbol.asyncIterator](): this {
    return this;
  }

  #takeDropped(): EventsDropped | undefined {
    const dropped = this.#dropped;
    this.#dropped = undefined;
    return dropped;
  }
}

/** What an iteration over events is to give. */
export interface StreamOptions<T extends ConfigEventType = ConfigEventType> {
  /** Ends the iteration at once and drops what waits. */
  readonly signal?: AbortSignal | undefined;
  /** Only events of these types; all when absent. */
  readonly types?: readonly T[] | undefined;
  /**
   * Of the `ConfigChanged` events only those that change a setting at a path of this pattern (written as for
   * `ConfigEvents.onPath`). Other events come only where `types` names them.
   */
  readonly path?: string | undefined;
  /** How many events may wait to be asked for; a whole number from 1 on, default that of the `ConfigEvents`. */
  readonly buffer?: number | undefined;
}

export const BUFFER = option.count();

export const STREAM_OPTIONS = {
  signal: option.signal,
  types: option.list,
  path: option.text,
  buffer: BUFFER,
} satisfies OptionKinds<StreamOptions>;

/**
 * A filter for the events that the options select.
 *
 * @throws TypeError naming an option that cannot be used.
 */
export function acceptedBy({ types, path }: StreamOptions): (event: ConfigEvent) => boolean {
  types?.forEach(checkEventType);
  if (path === undefined) return ({ type }) => types?.includes(type) ?? true;
  const matches = compileChangePattern(path);
  const wanted: readonly ConfigEventType[] = types ?? ['ConfigChanged'];
  return (event) => {
    if (!wanted.includes(event.type)) return false;
    return event.type !== 'ConfigChanged' || event.sections.some(({ changes }) => changes.some(matches));
  };
}
