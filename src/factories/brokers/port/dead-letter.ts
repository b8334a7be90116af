import { randomUUID } from 'node:crypto';
import { decodeEvent, encodeEvent } from './cloud-event.js';

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
