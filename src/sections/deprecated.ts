import type { OptionKinds } from '../core/index.js';
import { option, readOptions } from '../core/index.js';
import type { DeprecatedOptions } from './deprecation.js';
import { declareField } from './section-metadata.js';

/**
 * A field that still works and should not be set any more. The JSON Schema, the reference and reports say so. Subpaths:
 * `uno-config`, `uno-config/sections`.
 *
 * @throws TypeError naming the option.
 *
 * @example
 * ```ts
 * class DatabaseSettings {
 *   @Deprecated({ since: '2.3', use: 'database.url', until: '3.0' })
 *   @IsOptional()
 *   @IsString()
 *   host?: string;
 * }
 * ```
 */
export function Deprecated(options: DeprecatedOptions = {}): PropertyDecorator {
  const { since, use, until } = readOptions('@Deprecated', options, OPTIONS);
  const deprecated: DeprecatedOptions = Object.freeze({
    ...(since !== undefined && { since }),
    ...(use !== undefined && { use }),
    ...(until !== undefined && { until }),
  });
  return (prototype, property) => {
    declareField(prototype, property, { deprecated });
  };
}

const OPTIONS = { since: option.name, use: option.name, until: option.name } satisfies OptionKinds<DeprecatedOptions>;
