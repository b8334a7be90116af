import type { KeyObject } from 'node:crypto';
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
  const { fsync = 'batch', signingKey, checkpointEvery = 100, exportCheckpoint } = options;
  const { segmentSize = 16 * 1024 * 1024 } = options;
  const files = filesOf(options);
  if (!Number.isSafeInteger(segmentSize) || segmentSize < 4096) {
    throw new TypeError('segmentSize: must be a whole number of bytes, at least 4096.');
  }
  if (fsync !== 'batch' && fsync !== 'never' && !(typeof fsync === 'number' && fsync > 0)) {
    throw new TypeError('fsync: must be "batch", "never", or a number of milliseconds above 0.');
  }
  if (!Number.isSafeInteger(checkpointEvery) || checkpointEvery < 1) {
    throw new TypeError('checkpointEvery: must be a whole number, at least 1.');
  }
  if (signingKey === undefined && exportCheckpoint !== undefined) {
    throw new TypeError('exportCheckpoint: there are no checkpoints without a signingKey.');
  }
  const key = signingKey === undefined ? undefined : privateKey(signingKey);
  return new FileSink({ files, segmentSize, fsync, key, checkpointEvery, exportCheckpoint });
}

function filesOf(options: AuditFileOptions): AuditFiles {
  // Callers without types may hand over anything.
  const { folder, path, segmentSize }: { folder?: unknown; path?: unknown; segmentSize?: unknown } = options;
  if (typeof folder === 'string' && folder !== '' && path === undefined) return folderOfSegments(folder);
  if (typeof path === 'string' && path !== '' && folder === undefined) {
    if (segmentSize === undefined) return singleFile(path);
    throw new TypeError('segmentSize: goes with folder, not with path.');
  }
  throw new TypeError('folder: name a folder, or a file as path.');
}
