/** How far a rotation has come. */
export interface RotationProgress {
  /** The file it is at, as it was named. */
  readonly file: string;
  /** Files that are done, out of `files`. */
  readonly filesDone: number;
  readonly files: number;
  /** Of the file it is at: bytes that are done, out of `bytes`. */
  readonly bytesDone: number;
  readonly bytes: number;
  /** Values that have been encrypted again so far. */
  readonly rotated: number;
}

/** What became of one file. */
export interface RotatedFile {
  /** As it was named. */
  readonly file: string;
  /** Values that were encrypted again; that would be, in a dry run. */
  readonly rotated: number;
  /** Values that were under the newest key already. */
  readonly current: number;
  /** Values that stay as they are, because of a problem. */
  readonly left: number;
}

/**
 * `not-opened`: a value that its key does not open, since it was changed or its key opens nothing any more. `other-key`:
 * one under a key that the keyset does not have. `split`: one that goes on in the next line. `malformed`: what begins
 * like a value and is none. `file`: a file that could not be read or replaced.
 */
export type RotationProblemKind = 'not-opened' | 'other-key' | 'split' | 'malformed' | 'file';

/** Something that stays as it is. Never holds a value. */
export interface RotationProblem {
  readonly kind: RotationProblemKind;
  /** As it was named. */
  readonly file: string;
  /** From 1; absent when it is about the file. */
  readonly line?: number;
  /** From 1, in UTF-16 code units, as editors count. */
  readonly column?: number;
  /** The key that the value says it is under. */
  readonly kid?: string;
  /** A sentence about it, without the place. */
  readonly message: string;
}

/** What {@link rotateSecrets} has done, or would do. */
export interface RotationReport {
  readonly dryRun: boolean;
  /** True when every file could be read and every value in them is under the newest key; that would be, in a dry run. */
  readonly complete: boolean;
  readonly files: readonly RotatedFile[];
  readonly rotated: number;
  readonly current: number;
  /** By key id: how many values were under it before. What says that it is under a key counts. */
  readonly before: ReadonlyMap<string, number>;
  /** By key id: how many are under it now; would be, in a dry run. */
  readonly after: ReadonlyMap<string, number>;
  /** At most 100 of each file. */
  readonly problems: readonly RotationProblem[];
  /** How many more there are. */
  readonly problemsLeftOut: number;
}
