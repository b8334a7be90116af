import type * as Crypto from 'node:crypto';
import type { AuditEntry, AuditEvent } from './audit-event.js';
import type { AuditHead } from './audit-sink.js';
import { canonicalJson } from './canonical-json.js';

/** Where a log without any event ends. */
export const EMPTY_LOG: AuditHead = Object.freeze({ seq: 0, hash: '0'.repeat(64) });

let crypto: typeof Crypto | undefined;

export function eventHash(event: AuditEvent): string {
  // Asked for with every event, and looking it up takes as long as the hash.
  crypto ??= process.getBuiltinModule('node:crypto');
  const facts = canonicalJson({ ...event, prevHash: undefined, hash: undefined });
  return crypto.hash('sha256', event.prevHash + facts, 'hex');
}

/** The event that follows the last one of a log; `log` is the id of a log that begins with it. */
export function chainEvent(
  head: AuditHead,
  entry: AuditEntry,
  time: number,
  instance: string,
  log?: string,
): AuditEvent {
  const facts = {
    ...wanted(entry),
    ...(log !== undefined && { log }),
    instance: fitting(instance),
    seq: head.seq + 1,
    time: new Date(time).toISOString(),
  };
  const unchained = { ...facts, prevHash: head.hash, hash: '' };
  return Object.freeze({ ...unchained, hash: eventHash(unchained) });
}

/** What an entry says, and nothing else that the object may carry. */
function wanted(entry: AuditEntry): AuditEntry {
  const { action, decision, path, level, origins, actor, principal, tenant, rule, kid, traceId, count } = entry;
  const facts = { action, decision, path, level, origins, actor, principal, tenant, rule, kid, traceId, count };
  const known: [string, string | number | readonly string[]][] = [];
  for (const [key, value] of Object.entries(facts)) {
    if (typeof value === 'string') known.push([key, fitting(value)]);
    else if (typeof value === 'number' && Number.isFinite(value)) known.push([key, value]);
    else if (Array.isArray(value)) known.push([key, value.slice(0, MOST_ORIGINS).map((text) => fitting(String(text)))]);
  }
  // The same members with the same types, only shorter.
  return Object.fromEntries(known) as unknown as AuditEntry;
}

const LONGEST = 1024;
const MOST_ORIGINS = 100;

/** A text that JSON can say, and that does not fill the disk. */
function fitting(text: string): string {
  const short = text.length > LONGEST ? `${text.slice(0, LONGEST - 1)}…` : text;
  return short.replaceAll(/\p{Surrogate}/gu, '\uFFFD');
}
