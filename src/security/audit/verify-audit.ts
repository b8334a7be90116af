import type { KeyObject } from 'node:crypto';
import { ConfigError, option, readOptions, systemCode, type OptionKinds } from '../../core/index.js';
import { isSignedBy, parseCheckpoint, publicKey, type AuditCheckpoint } from './audit-checkpoint.js';
import { firstSeqOf } from './audit-files.js';
import type { AuditFinding } from './audit-finding.js';
import { firstRecord, logIdOf, readRecord } from './audit-record.js';
import { ChainCheck, lastKey } from './chain-check.js';
import { KnownEvents } from './known-events.js';
import { findLog, reading, segmentsOf } from './find-log.js';
import { readLines } from './read-lines.js';

/** What {@link verifyAudit} takes. */
export interface VerifyAuditOptions {
  /**
   * The public Ed25519 key, as a KeyObject or in PEM, that checkpoints are checked with. When absent they are not checked:
   * they tell of changes, and vouch for nothing.
   */
  readonly publicKey?: KeyObject | string | undefined;
  /**
   * Files of checkpoints of this log that were exported, one in a line. They are believed before those that stand beside
   * the log, which whoever changes the log can change as well.
   */
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
  /** What is after the last whole line. */
  readonly torn?: { readonly file: string; readonly bytes: number };
  readonly checkpoints: {
    /** How many were read. */
    readonly count: number;
    /** Whether their signatures were checked. */
    readonly signed: boolean;
    /**
     * The last event that a checkpoint vouches for, before the first that is not as it was written; 0 when there is none, or
     * no key, or when a checkpoint is of another log.
     */
    readonly vouchedSeq: number;
  };
}

const OPTIONS = {
  publicKey: option.anything,
  checkpointFiles: option.or(option.listOf(option.path), []),
  from: option.count(),
  signal: option.signal,
} satisfies OptionKinds<VerifyAuditOptions>;

const MOST_FINDINGS = 100;

/**
 * Follows the chain of an audit log, a folder of segments or a file, and names every place where it was changed. Reads it
 * as a stream. Subpath: `uno-config/audit`.
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
  const { from, signal, checkpointFiles, publicKey: trusted } = readOptions('verifyAudit', options, OPTIONS);
  const key = trusted === undefined ? undefined : publicKey(trusted);
  const { files, isPart } = await findLog(path);
  const findings: AuditFinding[] = [];
  let findingCount = 0;
  let firstWrong = Infinity;
  const onFinding = (finding: AuditFinding): void => {
    findingCount++;
    firstWrong = Math.min(firstWrong, wrongFrom(finding));
    if (findings.length < MOST_FINDINGS) findings.push(finding);
  };
  const first = await reading(path, async () => firstRecord((await files.list())[0]));
  const known = new KnownEvents(first?.isSound === true && first.seq === 1 ? logIdOf(first) : undefined, onFinding);
  for (const file of checkpointFiles) await reading(file, () => readCheckpoints(file, key, known));
  if (!isPart) await mayBeAbsent(reading(files.checkpoints, () => readCheckpoints(files.checkpoints, key, known)));
  known.tellOtherLogs();
  const { hashes } = known;
  // Only now: a process may be writing, and what a checkpoint knows must be in the segments that are read.
  const segments = hashes.size > 0 ? await files.list() : await reading(path, () => segmentsOf(path, files));
  const check = new ChainCheck(from ?? (isPart ? (firstSeqOf(path) ?? 1) : 1), hashes, onFinding);
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
    checkpoints: {
      count: hashes.size,
      signed: key !== undefined,
      vouchedSeq: key === undefined ? 0 : lastKey(hashes, firstWrong),
    },
  };
}

/** The first event that cannot be vouched for. A checkpoint that is not believed says nothing of the events. */
function wrongFrom({ kind, seq }: AuditFinding): number {
  if (kind === 'other-log') return 0;
  return kind === 'forged-checkpoint' || kind === 'conflicting-checkpoint' ? Infinity : seq;
}

async function readCheckpoints(file: string, key: KeyObject | undefined, known: KnownEvents): Promise<void> {
  let line = 0;
  for await (const batch of readLines(file)) {
    for (const { bytes, isWhole } of batch) {
      const place = { index: line, file, line: ++line };
      const checkpoint = parseCheckpoint(bytes.toString('utf8'));
      if (checkpoint !== undefined && isGenuine(checkpoint, key)) known.add(checkpoint, place);
      // Half a line at the end is what a process that was killed leaves.
      else if (isWhole) known.tellForged(checkpoint?.seq ?? 0, place);
    }
  }
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
