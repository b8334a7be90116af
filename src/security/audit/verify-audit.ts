import type { KeyObject } from 'node:crypto';
import { ConfigError, systemCode } from '../../core/index.js';
import { isSignedBy, parseCheckpoint, publicKey, type AuditCheckpoint } from './audit-checkpoint.js';
import { firstSeqOf } from './audit-files.js';
import type { AuditFinding } from './audit-finding.js';
import { readRecord } from './audit-record.js';
import { ChainCheck, lastKey } from './chain-check.js';
import { findLog, reading, segmentsOf } from './find-log.js';
import { readLines } from './read-lines.js';

/** What {@link verifyAudit} takes. */
export interface VerifyAuditOptions {
  /** The public Ed25519 key, as a KeyObject or in PEM, that checkpoints are checked with. Not checked when absent. */
  readonly publicKey?: KeyObject | string | undefined;
  /** Files of checkpoints that were exported, one in a line, besides those that stand beside the log. */
  readonly checkpointFiles?: readonly string[] | undefined;
  /** The number of the first event, of a log whose oldest segments have been taken away; 1 when absent. */
  readonly from?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** What {@link verifyAudit} found. */
export interface AuditReport {
  /** Whether nothing was found. A torn last line is nothing: a process that was killed leaves it. */
  readonly ok: boolean;
  /** How many lines the log has. */
  readonly lines: number;
  /** The last event that is where it belongs; 0 when there is none. */
  readonly lastSeq: number;
  /** The first hundred, in the order in which they were found. */
  readonly findings: readonly AuditFinding[];
  /** How many there are. */
  readonly findingCount: number;
  /** What stands after the last whole line. */
  readonly torn?: { readonly file: string; readonly bytes: number };
  readonly checkpoints: {
    /** How many were read. */
    readonly count: number;
    /** Whether their signatures were checked. */
    readonly signed: boolean;
    /** Up to this event nothing can have been cut off or rewritten; 0 when there are none. */
    readonly vouchedSeq: number;
  };
}

const MOST_FINDINGS = 100;

/**
 * Follows the chain of an audit log, a folder of segments or a file, and names every place where it was changed. Reads it
 * as a stream. Subpath: `uno-config`.
 *
 * @throws ConfigError `audit-unreadable` when there is no log, or a file cannot be read.
 * @throws TypeError naming an option that cannot be used.
 * @example
 * ```ts
 * const { ok, findings } = await verifyAudit('/var/log/orders/audit');
 * if (!ok) report(findings.map(({ kind, file, line }) => `${kind}: ${file}:${line}`));
 * ```
 */
export async function verifyAudit(path: string, options: VerifyAuditOptions = {}): Promise<AuditReport> {
  const { from, signal } = options;
  if (from !== undefined && (!Number.isSafeInteger(from) || from < 1)) {
    throw new TypeError('from: must be a whole number, at least 1.');
  }
  const key = options.publicKey === undefined ? undefined : publicKey(options.publicKey);
  const { files, isPart } = await findLog(path);
  const findings: AuditFinding[] = [];
  let findingCount = 0;
  const onFinding = (finding: AuditFinding): void => {
    findingCount++;
    if (findings.length < MOST_FINDINGS) findings.push(finding);
  };
  const places = [...(isPart ? [] : [files.checkpoints]), ...(options.checkpointFiles ?? [])];
  const known = await readCheckpoints(places, files.checkpoints, key, onFinding);
  // Only now: a process may be writing, and what a checkpoint knows must be in the segments that are read.
  const segments = await reading(path, () => segmentsOf(path, files));
  const check = new ChainCheck(from ?? (isPart ? (firstSeqOf(path) ?? 1) : 1), known, onFinding);
  let lines = 0;
  let torn: AuditReport['torn'];
  for (const file of segments) {
    let line = 0;
    await reading(file, async () => {
      for await (const batch of readLines(file)) {
        signal?.throwIfAborted();
        for (const { bytes, isWhole } of batch) {
          if (!isWhole && file === segments.at(-1)) {
            torn = { file, bytes: bytes.length };
          } else {
            check.push({ ...readRecord(bytes), index: lines++, file, line: ++line });
          }
        }
      }
    });
  }
  check.end(segments.at(-1) ?? path);
  return {
    ok: findingCount === 0,
    lines,
    lastSeq: check.nextSeq - 1,
    findings,
    findingCount,
    ...(torn !== undefined && { torn }),
    checkpoints: { count: known.size, signed: key !== undefined, vouchedSeq: lastKey(known) },
  };
}

/** The hashes that checkpoints know, by the number of the event. */
async function readCheckpoints(
  paths: readonly string[],
  own: string,
  key: KeyObject | undefined,
  onFinding: (finding: AuditFinding) => void,
): Promise<ReadonlyMap<number, string>> {
  const known = new Map<number, string>();
  for (const file of paths) {
    let line = 0;
    const read = async (): Promise<void> => {
      for await (const batch of readLines(file)) {
        for (const { bytes, isWhole } of batch) {
          line++;
          const checkpoint = parseCheckpoint(bytes.toString('utf8'));
          if (checkpoint !== undefined && isGenuine(checkpoint, key)) {
            if (!known.has(checkpoint.seq)) known.set(checkpoint.seq, checkpoint.hash);
          } else if (isWhole) {
            // Half a line at the end is what a process that was killed leaves.
            const seq = checkpoint?.seq ?? 0;
            onFinding(Object.freeze({ kind: 'forged-checkpoint', index: line - 1, seq, count: 1, file, line }));
          }
        }
      }
    };
    // A log without a signing key has none beside it.
    if (file === own) await mayBeAbsent(reading(file, read));
    else await reading(file, read);
  }
  return known;
}

function isGenuine(checkpoint: AuditCheckpoint, key: KeyObject | undefined): boolean {
  return key === undefined || isSignedBy(checkpoint, key);
}

async function mayBeAbsent(work: Promise<void>): Promise<void> {
  try {
    await work;
  } catch (error) {
    if (!(ConfigError.is(error) && systemCode(error.cause) === 'ENOENT')) throw error;
  }
}
