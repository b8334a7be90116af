import { type Environment, checkEnvironments, ENVIRONMENTS } from '../../core/index.js';
import type { LoadOptions } from './load-options.js';

/** What {@link defineConfig} takes: the load's options, and the environments that the command line checks. */
export interface ConfigDefinition extends LoadOptions {
  /**
   * The environments that `uno-config validate` checks when it is not told which; default: the one named by
   * `environment`, or else `development`, `test` and `production`.
   */
  readonly environments?: readonly Environment[];
}

/**
 * Declares what a program loads, once, for the program and for the command line: `uno.config.ts` exports it as its
 * default, and `ConfigModule.fromOptions` takes it too. Nothing is read yet. Subpath: `uno-config`.
 *
 * @throws TypeError when `environments` is no list of environments.
 *
 * @example
 * ```ts
 * export default defineConfig({
 *   sections: [HttpSettings, DatabaseSettings],
 *   sources: [configFolder('config'), processEnv({ prefix: 'APP_' })],
 * });
 * ```
 */
export function defineConfig(definition: ConfigDefinition): ConfigDefinition {
  const { environments } = definition;
  if (environments !== undefined) {
    const isList = Array.isArray(environments) && environments.length > 0;
    if (!isList) throw new TypeError(`environments: list one or more of ${ENVIRONMENTS.join(', ')}.`);
    checkEnvironments('environments', environments);
  }
  return Object.freeze({ ...definition });
}
