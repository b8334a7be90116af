import { TextDecoder } from 'node:util';
import { isConfigMap } from '../../core/index.js';
import type { AuditEvent } from './audit-event.js';
import { canonicalJson } from './canonical-json.js';
import { eventHash } from './chain-event.js';
import { readLines } from './read-lines.js';

/** What a line of a log says about itself. */
export interface AuditRecord {
  /** Whether it is an event, written as we write it, whose hash is right. */
  readonly isSound: boolean;
  readonly seq: number | undefined;
  readonly prevHash: string | undefined;
  readonly hash: string | undefined;
  readonly instance?: string;
  /** The id of the log that begins with it. */
  readonly log?: string;
}

const HASH = /^[0-9a-f]{64}$/;

/** An event as the line that stands for it, with its end. */
export function eventLine(event: AuditEvent): Buffer {
  return Buffer.from(`${canonicalJson(event)}\n`, 'utf8');
}

/** Reads a line, without its end. Of one that is damaged, what can still be made out. */
export function readRecord(line: Buffer): AuditRecord {
  const event = parseEvent(line);
  if (event === undefined) return remains(line.toString('latin1'));
  const { seq, prevHash, hash, instance, log } = event;
  return { isSound: eventHash(event) === hash, seq, prevHash, hash, instance, ...(log !== undefined && { log }) };
}

/** The event of a line; `undefined` when it is none, or not written as we write it. The hash is not checked. */
export function parseEvent(line: Buffer): AuditEvent | undefined {
  try {
    // Not a lenient reading: another byte must not read as the same text.
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(line);
    const event: unknown = JSON.parse(text);
    return isEvent(event) && canonicalJson(event) === text ? event : undefined;
  } catch {
    // Whatever is wrong with it, it is no event.
    return undefined;
  }
}

function isEvent(value: unknown): value is AuditEvent {
  if (!isConfigMap(value)) return false;
  const { seq, time, action, instance, log = '', prevHash, hash } = value;
  return (
    typeof seq === 'number' &&
    Number.isSafeInteger(seq) &&
    [time, action, instance, log].every((text) => typeof text === 'string') &&
    [prevHash, hash].every((text) => typeof text === 'string' && HASH.test(text))
  );
}

function remains(text: string): AuditRecord {
  const [, seq] = /"seq":(\d{1,15})\b/.exec(text) ?? [];
  const [, prevHash] = /"prevHash":"([0-9a-f]{64})"/.exec(text) ?? [];
  const [, hash] = /"hash":"([0-9a-f]{64})"/.exec(text) ?? [];
  return { isSound: false, seq: seq === undefined ? undefined : Number(seq), prevHash, hash };
}

/** The id of a log that begins with an event: the hash of that event, where it has none. */
export function logIdOf({ log, hash }: Pick<AuditRecord, 'log' | 'hash'>): string | undefined {
  return log ?? hash;
}

/** What the first line of a segment says; nothing where there is none. Throws the system's errors. */
export async function firstRecord(segment: string | undefined): Promise<AuditRecord | undefined> {
  if (segment === undefined) return undefined;
  for await (const [line] of readLines(segment)) if (line !== undefined) return readRecord(line.bytes);
  return undefined;
}
