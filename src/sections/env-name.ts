import { declareField } from './section-metadata.js';

/**
 * Exact names of environment variables that set a field, besides the name that its path spells and without any prefix. Subpaths:
 * `uno-config`, `uno-config/sections`.
 *
 * @throws TypeError for a name that no shell could set.
 *
 * @example
 * ```ts
 * class HttpSettings {
 *   @EnvName('PORT') @IsInt() port: number = 3000;
 * }
 * ```
 */
export function EnvName(...names: readonly string[]): PropertyDecorator {
  for (const name of names) {
    if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) {
      throw new TypeError(`@EnvName('${name}'): letters, digits and underscores only, and no digit first.`);
    }
  }
  return (prototype, property) => {
    declareField(prototype, property, { envNames: names });
  };
}
