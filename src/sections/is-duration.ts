import type { Duration, OptionKinds } from '../core/index.js';
import { option, readOptions } from '../core/index.js';
import { declareField } from './section-metadata.js';

/** What `@IsDuration` takes. */
export interface DurationOptions {
  /** The shortest legal duration; `0s` when absent. */
  readonly min?: string | Duration;
  /** The longest legal duration; unbounded when absent. */
  readonly max?: string | Duration;
  /** The field is a list of durations. */
  readonly each?: boolean;
}

/**
 * A length of time with a unit (`500ms`, `10s`, `1h30m`, ISO 8601); the field's type is {@link Duration}. Subpaths:
 * `uno-config`, `uno-config/sections`.
 *
 * @throws TypeError when `min` or `max` is no duration.
 *
 * @example
 * ```ts
 * class PoolSettings {
 *   @IsDuration({ min: '1s', max: '1h' }) idleTimeout: Duration = Duration.of('10s');
 * }
 * ```
 */
export function IsDuration(options: DurationOptions = {}): PropertyDecorator {
  const { min: minimum, max: maximum, each } = readOptions('@IsDuration', options, OPTIONS);
  return (prototype, property) => {
    declareField(prototype, property, {
      type: {
        kind: 'duration',
        each,
        ...(minimum !== undefined && { minimum }),
        ...(maximum !== undefined && { maximum }),
      },
    });
  };
}

const OPTIONS = {
  min: option.span,
  max: option.span,
  each: option.or(option.flag, false),
} satisfies OptionKinds<DurationOptions>;
