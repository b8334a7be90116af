import { isForbiddenKey } from '../core/index.js';
import { declareField } from './section-metadata.js';

/**
 * Other keys under which a field may be written, in every source; the field's own name stays the canonical one. A key,
 * not a path. Subpaths: `uno-config`, `uno-config/sections`.
 *
 * @throws TypeError for an empty or reserved key.
 *
 * @example
 * ```ts
 * class DatabaseSettings {
 *   @Alias('hostname') @IsString() host: string = 'localhost';
 * }
 * ```
 */
export function Alias(...keys: readonly string[]): PropertyDecorator {
  for (const key of keys) {
    if (typeof (key as unknown) !== 'string' || key === '' || isForbiddenKey(key))
      throw new TypeError(`@Alias('${key}'): an alias is a non-empty, unreserved key.`);
  }
  return (prototype, property) => {
    declareField(prototype, property, { aliases: keys });
  };
}
