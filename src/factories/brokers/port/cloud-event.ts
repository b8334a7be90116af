import { randomUUID } from 'node:crypto';
import { isConfigMap } from '../../../core/index.js';

/**
 * An event as defined by CloudEvents 1.0; those of the package `cloudevents` are such. Other attributes, which CloudEvents
 * calls extensions, are published as they are. `source` and `id` together identify an event. Subpath: `uno-config/brokers`.
 *
 * @example
 * ```ts
 * import type { CloudEvent } from 'uno-config/brokers';
 *
 * const placed: CloudEvent<{ total: number }> = {
 *   specversion: '1.0',
 *   id: 'order-4711',
 *   source: '/shop/orders',
 *   type: 'order.placed',
 *   data: { total: 120 },
 * };
 * ```
 */
export interface CloudEvent<D = unknown> {
  readonly specversion: string;
  /** Unique for its source. The same event, published again, has the same. */
  readonly id: string;
  /** A URI reference of what it comes from. */
  readonly source: string;
  /** What happened, in dotted words: `order.placed`. */
  readonly type: string;
  /** RFC 3339. */
  readonly time?: string | undefined;
  /** What it happened to. */
  readonly subject?: string | undefined;
  readonly datacontenttype?: string | undefined;
  readonly dataschema?: string | undefined;
  /** Events of one key are handled in order where that is asked for; `publish` sets it to its `key`. */
  readonly partitionkey?: string | undefined;
  /** What JSON knows. */
  readonly data?: D;
}

/** An event as it arrives: what JSON knows, with its extensions. Subpath: `uno-config/brokers`. */
export type ReceivedEvent = CloudEvent & Readonly<Record<string, unknown>>;

const REQUIRED = ['id', 'source', 'type', 'specversion'] as const;

/** What a CloudEvent lacks; `undefined` for one that is whole. */
function problemOf(event: object): string | undefined {
  const missing = REQUIRED.find((name) => {
    const value: unknown = Reflect.get(event, name);
    return typeof value !== 'string' || value === '';
  });
  if (missing !== undefined) return `${missing} must be a string that is not empty`;
  return Reflect.get(event, 'specversion') === '1.0' ? undefined : 'specversion must be "1.0"';
}

/**
 * The JSON form of an event.
 *
 * @throws TypeError naming the attribute, for what is no CloudEvent or what JSON does not know.
 */
export function encodeEvent(event: CloudEvent, key: string | undefined): string {
  // A caller without types may publish anything.
  const given: unknown = event;
  if (typeof given !== 'object' || given === null) throw new TypeError('publish(event): event must be a CloudEvent.');
  const problem = problemOf(given);
  if (problem !== undefined) throw new TypeError(`publish(event): event.${problem}.`);
  try {
    if (key === undefined) return JSON.stringify(event);
    // One that makes its own JSON, such as those of the package `cloudevents`, leaves nothing to add a key to.
    const { toJSON } = event as { toJSON?: () => object };
    const plain = typeof toJSON === 'function' ? toJSON.call(event) : event;
    return JSON.stringify({ ...plain, partitionkey: key });
  } catch {
    // The serializer's message may quote a value.
    throw new TypeError('publish(event): event.data must be what JSON knows.');
  }
}

/** An event of its JSON form, or in words why it is none. */
export function decodeEvent(body: string): ReceivedEvent | string {
  let event: unknown;
  try {
    event = JSON.parse(body);
  } catch {
    return 'It is not JSON.';
  }
  if (!isConfigMap(event)) return 'It is not a CloudEvent in its JSON form.';
  const problem = problemOf(event);
  // The attributes are there and are strings.
  return problem === undefined ? (event as ReceivedEvent) : `It is not a CloudEvent: ${problem}.`;
}

/** Names of what a dead letter has besides the event: extension attributes, which CloudEvents spells in lower case. */
const TYPE = 'uno-config.undecodable';

/**
 * An event in the form of a dead letter: with `deadreason`, `deadqueue` and `deadtime`. A body that is no event becomes the
 * `data` of one of the type `uno-config.undecodable`, so that consumers of dead letters can read it. For adapters. Subpath:
 * `uno-config/brokers`.
 *
 * @param time in milliseconds since 1970
 */
export function deadLetterOf(body: string, queue: string, reason: string, time: number): string {
  const decoded = decodeEvent(body);
  const event =
    typeof decoded === 'string'
      ? { specversion: '1.0', id: randomUUID(), source: `/queues/${queue}`, type: TYPE, data: body }
      : decoded;
  const dead = { ...event, deadreason: reason, deadqueue: queue, deadtime: new Date(time).toISOString() };
  return encodeEvent(dead, undefined);
}
