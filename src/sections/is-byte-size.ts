import type { ByteSize, OptionKinds } from '../core/index.js';
import { option, readOptions } from '../core/index.js';
import { declareField } from './section-metadata.js';

/** What `@IsByteSize` takes. */
export interface ByteSizeOptions {
  /** The smallest legal size; `0B` when absent. */
  readonly min?: string | ByteSize;
  /** The largest legal size; unbounded when absent. */
  readonly max?: string | ByteSize;
  /** The field is a list of sizes. */
  readonly each?: boolean;
}

/**
 * A number of bytes with a unit (`64KiB`, `10MB`); the field's type is {@link ByteSize}. Subpaths:
 * `uno-config`, `uno-config/sections`.
 *
 * @throws TypeError when `min` or `max` is no size.
 *
 * @example
 * ```ts
 * class UploadSettings {
 *   @IsByteSize({ max: '1GiB' }) bodyLimit: ByteSize = ByteSize.of('10MB');
 * }
 * ```
 */
export function IsByteSize(options: ByteSizeOptions = {}): PropertyDecorator {
  const { min: minimum, max: maximum, each } = readOptions('@IsByteSize', options, OPTIONS);
  return (prototype, property) => {
    declareField(prototype, property, {
      type: {
        kind: 'byte-size',
        each,
        ...(minimum !== undefined && { minimum }),
        ...(maximum !== undefined && { maximum }),
      },
    });
  };
}

const OPTIONS = {
  min: option.anySize,
  max: option.anySize,
  each: option.or(option.flag, false),
} satisfies OptionKinds<ByteSizeOptions>;
