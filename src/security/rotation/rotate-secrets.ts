import { realpath } from 'node:fs/promises';
import { ConfigError, option, readOptions, systemCode, type OptionKinds } from '../../core/index.js';
import { admitToAll, type AccessPolicy, type AccessRecorder } from '../access/index.js';
import type { Keyset } from '../keyring/index.js';
import { Pace } from './pace.js';
import { failed, rotateFile, type FileOutcome } from './rotate-file.js';
import type { RotatedFile, RotationProgress, RotationReport } from './rotation-report.js';
import { TokenRotation } from './token-rotation.js';

/** What {@link rotateSecrets} takes. */
export interface RotateSecretsOptions {
  /** Paths of files in any format. A link stays one, and what it points to is rotated. */
  readonly files: readonly string[];
  /** Opens the values, and has the new primary keys. */
  readonly keyset: Keyset;
  /** The most values in one go, after which everything else in the process has its turn; 50 when absent. */
  readonly chunk?: number;
  /** Ends the rotation with its reason. Files are then as they were, or done; running again does the rest. */
  readonly signal?: AbortSignal;
  /** Told every chunk. */
  readonly onProgress?: (progress: RotationProgress) => void;
  /** Opens everything and writes nothing; `false` when absent. */
  readonly dryRun?: boolean;
  /**
   * Who may rotate; everybody who has the keyset when absent. Asked for the right `rotate` on behalf of the principal of
   * `runAs`, and for all secrets at once, because a value does not say at which path it stands.
   */
  readonly access?: AccessPolicy;
  /** Where it is recorded, before anything is written: an `AuditLog`. Nowhere when absent. */
  readonly audit?: AccessRecorder;
  /** The largest file that is read, in bytes; 256 MiB when absent. A larger one is a problem in the report. */
  readonly maxBytes?: number;
}

const OPTIONS = {
  files: option.required(option.listOf(option.path)),
  keyset: option.required(option.having('a Keyset', 'open', 'encrypt')),
  chunk: option.or(option.count(), 50),
  signal: option.signal,
  onProgress: option.callback,
  dryRun: option.or(option.flag, false),
  access: option.having('an access policy, such as accessPolicy([…])', 'explainAll'),
  audit: option.having('an audit log with record()', 'record'),
  maxBytes: option.or(option.count(), 256 * 1024 * 1024),
} satisfies OptionKinds<RotateSecretsOptions>;

/**
 * Encrypts the values of files again under the primary keys of a keyset. Of a file nothing changes but the characters of
 * the values: it is replaced at once, with its mode and owner, when all its values are done, so that a program that reads
 * it, or one that is killed, finds the old file or the new one. Running again does what is left.
 *
 * Values that cannot be opened stay as they are and are in the report. Throws a `ConfigError` with code
 * `no-primary-key`, and `access-denied` or `audit-failed` with `access` and `audit`. Subpath: `uno-config/keys`.
 *
 * @throws TypeError naming an option that cannot be used.
 *
 * @example
 * ```ts
 * const keyset = Keyset.of(rotateKey(KeysetDocument.parse(body), 'encrypt'));
 * const { complete, problems } = await rotateSecrets({ files: ['config/app.yaml', '.env'], keyset });
 * if (!complete) for (const { file, line, message } of problems) report(file, line, message);
 * ```
 */
export async function rotateSecrets(options: RotateSecretsOptions): Promise<RotationReport> {
  const { files, keyset, chunk, signal, dryRun, maxBytes } = readOptions('rotateSecrets', options, OPTIONS);
  signal?.throwIfAborted();
  await admit(options);
  const tokens = new TokenRotation(keyset, dryRun);
  const pace = new Pace(chunk, signal);
  const outcomes: (readonly [string, FileOutcome])[] = [];
  const named = await withoutRepeats(files);
  let rotated = 0;
  for (const [filesDone, file] of named.entries()) {
    const onProgress = (bytesDone: number, bytes: number, more: number): void => {
      options.onProgress?.({ file, filesDone, files: named.length, bytesDone, bytes, rotated: rotated + more });
    };
    const outcome = await rotateFile(file, { tokens, pace, maxBytes, dryRun, onProgress }).catch((error: unknown) => {
      // What the system says is about this file, and so is its lock; whatever else is thrown ends the rotation.
      if (ConfigError.is(error) && error.code === 'file-locked') return failed(file, 'is locked by another process');
      if (!isSystemError(error)) throw error;
      return failed(file, `cannot be read or replaced: the system says ${systemCode(error)}`);
    });
    rotated += outcome.rotated;
    outcomes.push([file, outcome]);
    options.onProgress?.({ file, filesDone: filesDone + 1, files: named.length, bytesDone: 0, bytes: 0, rotated });
  }
  return reportOf(outcomes, dryRun);
}

/** For each kind of value that the keyset makes anew. */
async function admit({ keyset, access, audit }: RotateSecretsOptions): Promise<void> {
  if (access === undefined && audit === undefined) return;
  for (const { use, state, kid } of keyset.keys) {
    if (state !== 'primary') continue;
    await admitToAll({ right: 'rotate', level: use === 'seal' ? 'sealed' : 'encrypt', kid, policy: access, audit });
  }
}

/** One file under several names is one file; what is not there is told later. */
async function withoutRepeats(files: readonly string[]): Promise<readonly string[]> {
  const byTarget = new Map<string, string>();
  for (const file of files) {
    const target = await realpath(file).catch(() => file);
    if (!byTarget.has(target)) byTarget.set(target, file);
  }
  return [...byTarget.values()];
}

function isSystemError(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'syscall' in error;
}

function reportOf(outcomes: readonly (readonly [string, FileOutcome])[], dryRun: boolean): RotationReport {
  const files = outcomes.map(([file, { rotated, current, left }]): RotatedFile =>
    Object.freeze({ file, rotated, current, left }),
  );
  const problems = outcomes.flatMap(([, outcome]) => outcome.problems);
  const left = sum(files.map((file) => file.left));
  const placed = problems.filter(({ kind }) => kind !== 'file').length;
  return Object.freeze({
    dryRun,
    complete: problems.length === 0,
    files: Object.freeze(files),
    rotated: sum(files.map((file) => file.rotated)),
    current: sum(files.map((file) => file.current)),
    before: added(outcomes.map(([, { before }]) => before)),
    after: added(outcomes.map(([, { after }]) => after)),
    problems: Object.freeze(problems),
    problemsLeftOut: left - placed,
  });
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

function added(counts: readonly ReadonlyMap<string, number>[]): ReadonlyMap<string, number> {
  const total = new Map<string, number>();
  for (const [kid, number] of counts.flatMap((each) => [...each])) total.set(kid, (total.get(kid) ?? 0) + number);
  return total;
}
