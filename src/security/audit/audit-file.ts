import type { KeyObject } from 'node:crypto';
import {
  mustBe,
  option,
  OptionMistake,
  readOptions,
  sortOf,
  type OptionKinds,
  type OptionValues,
} from '../../core/index.js';
import type { AuditCheckpoint } from './audit-checkpoint.js';
import { privateKey } from './audit-checkpoint.js';
import { folderOfSegments, singleFile, type AuditFiles } from './audit-files.js';
import type { AuditSink } from './audit-sink.js';
import { FileSink } from './file-sink.js';

/** Where {@link auditFile} writes: a folder of segments, or one file. */
export type AuditPlace =
  | {
      /** A folder for nothing else, one for each process; made with mode 0700 when it is absent. */
      readonly folder: string;
      readonly path?: never;
      /** The bytes of a segment, after which the next one is begun; at least 4,096, 16 MiB when absent. */
      readonly segmentSize?: number;
    }
  | {
      /** One file that is never rotated. */
      readonly path: string;
      readonly folder?: never;
      readonly segmentSize?: never;
    };

/** What {@link auditFile} takes. */
export type AuditFileOptions = AuditPlace & {
  /**
   * When events are forced to the disk: `batch`, the default, before they count as recorded; a number of milliseconds, at
   * most so long after; `never`, when the operating system likes. Only a machine that loses power tells the difference.
   */
  readonly fsync?: 'batch' | 'never' | number;
  /** The private Ed25519 key, as a KeyObject or in PEM, that signs checkpoints. There are none when it is absent. */
  readonly signingKey?: KeyObject | string;
  /** After how many events a checkpoint is made, besides one when the log is closed; 100 when absent. */
  readonly checkpointEvery?: number;
  /** Takes each checkpoint to a place that whoever can change the log cannot reach. */
  readonly exportCheckpoint?: (checkpoint: AuditCheckpoint) => void | Promise<void>;
};

/** All of them, whatever the place. */
type AnyOptions = Pick<AuditFileOptions, keyof AuditFileOptions>;

const OPTIONS = {
  folder: option.path,
  path: option.path,
  segmentSize: option.count(4096),
  fsync: option.or(option.either(option.oneOf('batch', 'never'), option.milliseconds), 'batch'),
  signingKey: option.anything,
  checkpointEvery: option.or(option.count(), 100),
  exportCheckpoint: option.callback,
} satisfies OptionKinds<AnyOptions>;

const SEGMENT_BYTES = 16 * 1024 * 1024;

/**
 * Keeps audit events in files of one JSON line each, mode 0600. Goes on where the last process has stopped; a line that it
 * could not finish is set aside in `<file>.torn` and reported. Verify them with `verifyAudit` or `uno-config audit verify`.
 * Its calls reject with `audit-not-written` when a file cannot be written, and with `audit-damaged` when the log does
 * not end as it was left. Subpath: `uno-config/audit`.
 *
 * @throws TypeError naming the option that cannot be used.
 * @example
 * ```ts
 * const audit = auditLog({ sinks: [auditFile({ folder: '/var/log/orders/audit' })] });
 * ```
 */
export function auditFile(options: AuditFileOptions): AuditSink {
  const read = readOptions<AnyOptions, typeof OPTIONS>('auditFile', options, OPTIONS);
  const { fsync, signingKey, checkpointEvery, exportCheckpoint, segmentSize = SEGMENT_BYTES } = read;
  if (signingKey === undefined && exportCheckpoint !== undefined) {
    throw new OptionMistake(
      'auditFile: exportCheckpoint goes with a signingKey: there are no checkpoints without one.',
    );
  }
  const files = filesOf(read);
  const key = signingKey === undefined ? undefined : privateKey(signingKey);
  return new FileSink({ files, segmentSize, fsync, key, checkpointEvery, exportCheckpoint });
}

function filesOf({ folder, path, segmentSize }: OptionValues<AnyOptions, typeof OPTIONS>): AuditFiles {
  if (folder !== undefined && path !== undefined)
    throw new OptionMistake('auditFile: path goes without a folder: name one of them.');
  if (folder !== undefined) return folderOfSegments(folder);
  if (path === undefined) throw mustBe('auditFile: folder', 'a folder, or path a file', sortOf(folder));
  if (segmentSize === undefined) return singleFile(path);
  throw new OptionMistake('auditFile: segmentSize goes with a folder, not with a path.');
}
