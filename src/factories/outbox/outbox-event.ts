import { randomUUID } from 'node:crypto';
import type { RaiseOptions } from '../transactions/index.js';

/**
 * An event as it is kept and published: CloudEvents 1.0 in JSON, with the extensions `partitionkey` and `sequence`.
 * Subpath: `uno-config/outbox`.
 */
export interface OutboxEvent {
  readonly specversion: '1.0';
  readonly id: string;
  readonly source: string;
  readonly type: string;
  /** RFC 3339, in UTC. */
  readonly time: string;
  readonly datacontenttype?: string;
  readonly data?: unknown;
  /** The key, in whose order it is delivered. */
  readonly partitionkey?: string;
  /** Its number: 16 digits, higher than that of the event before it of the same key. */
  readonly sequence?: string;
  readonly [extension: string]: unknown;
}

/** The fields by which an inbox identifies events. CloudEvents have them. */
export interface NumberedEvent {
  readonly id: string;
  readonly source: string;
  readonly partitionkey?: string | undefined;
  /** The number that an outbox gives; without it, and without a key, the id is remembered. */
  readonly sequence?: unknown;
}

export interface RaisedEvent {
  readonly id: string;
  readonly key: string | undefined;
  /** JSON of all but the number. */
  readonly event: string;
}

export interface EventTerms {
  readonly source: string;
  readonly keyOf: (event: object) => string | undefined;
  readonly now: () => number;
}

/** How long a key or an id may be, so that every database can index it. */
const LONGEST = 255;

/**
 * An instance of a class as a CloudEvent whose type is the static `type` of the class, or its name; a CloudEvent as it is.
 *
 * @throws TypeError for what is neither, cannot be JSON, or has a key or id that is too long.
 */
export function raisedEvent(given: object, options: RaiseOptions, { source, keyOf, now }: EventTerms): RaisedEvent {
  const own = isCloudEvent(given) ? given : { type: typeOf(given), data: given };
  const key = options.key ?? textOf(own['partitionkey']) ?? keyOf(given);
  const id = options.id ?? textOf(own['id']) ?? randomUUID();
  for (const [name, value] of [
    ['key', key],
    ['id', id],
  ] as const) {
    if (value !== undefined && (value === '' || value.length > LONGEST)) {
      throw new TypeError(`raise(event): ${name} must have 1 to ${String(LONGEST)} characters.`);
    }
  }
  const time = new Date(now()).toISOString();
  const whole = {
    specversion: '1.0',
    source,
    time,
    datacontenttype: 'application/json',
    ...own,
    id,
    partitionkey: key,
  };
  // A sequence number from elsewhere has no meaning here.
  return { id, key, event: JSON.stringify({ ...whole, sequence: undefined }) };
}

export function numbered(json: string, sequence: string | undefined): OutboxEvent {
  // Written by raisedEvent.
  const event = JSON.parse(json) as OutboxEvent;
  return sequence === undefined ? event : { ...event, sequence: sequence.padStart(16, '0') };
}

/** The partition of a key, one of 16, the same in every process: FNV-1a. */
export function partitionOf(key: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < key.length; index++) hash = Math.imul(hash ^ key.charCodeAt(index), 0x01000193);
  return (hash >>> 0) % PARTITIONS;
}

export const PARTITIONS = 16;

function isCloudEvent(event: object): event is Readonly<Record<string, unknown>> {
  return 'specversion' in event && event.specversion === '1.0' && 'type' in event && typeof event.type === 'string';
}

function typeOf(event: object): string {
  const { constructor: made } = event;
  if (made === Object || Array.isArray(event) || typeof made !== 'function') {
    throw new TypeError('raise(event): event must be an instance of a class of yours, or a CloudEvent 1.0.');
  }
  return textOf(Reflect.get(made, 'type')) ?? made.name;
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
