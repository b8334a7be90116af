import type { Environment } from '../core/index.js';
import { checkEnvironments } from '../core/index.js';
import { declareField } from './section-metadata.js';

/**
 * A field that must be set by some source in the named environments: there a default does not count. Subpaths:
 * `uno-config`, `uno-config/sections`.
 *
 * @throws TypeError when one is not an environment.
 *
 * @example
 * ```ts
 * class MailSettings {
 *   @RequiredIn('production') @IsString() server: string = 'localhost';
 * }
 * ```
 */
export function RequiredIn(...environments: readonly [Environment, ...Environment[]]): PropertyDecorator {
  checkEnvironments('@RequiredIn', environments);
  return (prototype, property) => {
    declareField(prototype, property, { requiredIn: environments });
  };
}
