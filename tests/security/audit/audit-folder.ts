import { generateKeyPairSync } from 'node:crypto';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { auditFile, AuditLog, type AuditEvent, type AuditFileOptions } from '../../../src/security/index.js';
import { eventHash } from '../../../src/security/audit/chain-event.js';
import { FakeClock } from '../../runtime/fake-clock.js';

/** A key pair for checkpoints. */
export const keys = generateKeyPairSync('ed25519');

/** What {@link writeLog} takes, besides the options of a file. */
export type WriteOptions = Partial<Omit<AuditFileOptions, 'folder' | 'path'>>;

/** Writes events to the log in a folder, one call each, and closes it. */
export async function writeLog(folder: string, count: number, options: WriteOptions = {}): Promise<void> {
  const audit = new AuditLog({
    sinks: [auditFile({ folder, ...options })],
    clock: new FakeClock(),
    instance: 'node-1',
  });
  const uses = Array.from({ length: count }, (_, at) =>
    audit.record({ action: 'use', decision: 'allow', path: `payment.keys[${String(at)}]`, actor: 'PaymentClient' }),
  );
  await Promise.all(uses);
  await audit.close();
}

/** The lines of each segment, without their ends. */
export async function readLog(folder: string): Promise<Map<string, string[]>> {
  const names = (await readdir(folder)).filter((name) => /^audit-\d+\.jsonl$/.test(name)).sort();
  const segments = names.map(async (name) => {
    const text = await readFile(join(folder, name), 'utf8');
    return [name, text.split('\n').slice(0, -1)] as const;
  });
  return new Map(await Promise.all(segments));
}

/** All lines, over the segments. */
export async function linesOf(folder: string): Promise<string[]> {
  return [...(await readLog(folder)).values()].flat();
}

/** Makes a log of other lines, in segments as long as before; the last one takes what is more. */
export async function replaceLines(folder: string, lines: readonly string[]): Promise<void> {
  const segments = await readLog(folder);
  let start = 0;
  for (const [name, old] of segments) {
    const isLast = name === [...segments.keys()].at(-1);
    const part = lines.slice(start, isLast ? undefined : start + old.length);
    start += old.length;
    await writeFile(join(folder, name), part.map((line) => `${line}\n`).join(''));
  }
}

/** The line of an event that somebody has changed, who knows how to make its hash. */
export function rehashed(line: string, change: Partial<AuditEvent>): string {
  // A line of our own making.
  const event = { ...(JSON.parse(line) as AuditEvent), ...change };
  const whole = { ...event, hash: eventHash(event) };
  return JSON.stringify(Object.fromEntries(Object.entries(whole).sort(([a], [b]) => (a < b ? -1 : 1))));
}
