import { ConfigError, option, type OptionKinds, readOptions, type Revision } from '../../core/index.js';

/** Options of {@link revisionConflict}. */
export interface RevisionConflictOptions {
  /** The source, as it names itself. */
  readonly source: string;
  /** The revision that the writer started from; absent where it expected nothing to be there. */
  readonly expected?: Revision | undefined;
  /** The revision that is there, if it is known. */
  readonly found?: Revision | undefined;
}

const REVISION = option.kind('a number or a string', (value) => ['number', 'bigint', 'string'].includes(typeof value));

const OPTIONS = {
  source: option.required(option.text),
  expected: REVISION,
  found: REVISION,
} satisfies OptionKinds<RevisionConflictOptions>;

/**
 * The error of a write that came too late: the source was written since the writer read it. Code `revision-conflict`.
 * Subpath: `uno-config/sources`.
 *
 * @throws TypeError naming an option that cannot be used.
 *
 * @example
 * ```ts
 * throw revisionConflict({ source: 'settings service', expected: 41, found: 42 });
 * ```
 */
export function revisionConflict(options: RevisionConflictOptions): ConfigError {
  const { source, expected, found } = readOptions('revisionConflict', options, OPTIONS);
  const there = found === undefined ? 'there is another one' : `revision ${String(found)} is there`;
  const wanted =
    expected === undefined ? 'nothing was expected to be there' : `it starts from revision ${String(expected)}`;
  return new ConfigError({
    code: 'revision-conflict',
    message: `${source} does not take this change: ${wanted}, and ${there}.`,
    recovery: 'Read it again, apply the change to the current content, and write that.',
  });
}
