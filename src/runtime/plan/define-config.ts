import {
  type Environment,
  checkDeclared,
  declaredEnvironments,
  environmentNames,
  OptionMistake,
} from '../../core/index.js';
import type { LoadOptions } from './load-options.js';

/** What {@link defineConfig} takes: the load's options, and the environments that the command line checks. */
export interface ConfigDefinition extends LoadOptions {
  /**
   * The environments that `uno-config validate` checks when it is not told which; default: the one named by
   * `environment`, or else `development`, `test`, `production` and those that `environments` declares.
   */
  readonly validateIn?: readonly Environment[];
}

/**
 * Declares what a program loads, once, for the program and for the command line: `uno.config.ts` exports it as its
 * default, and `ConfigModule.fromOptions` takes it too. Nothing is read yet. Subpath: `uno-config`.
 *
 * @throws TypeError when `validateIn` is no list of environments.
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
  const { validateIn } = definition;
  if (validateIn !== undefined) {
    const declared = declaredEnvironments(definition.environments);
    if (!Array.isArray(validateIn) || validateIn.length === 0) {
      throw new OptionMistake(`validateIn: list one or more of ${environmentNames(declared).join(', ')}.`);
    }
    for (const name of validateIn) checkDeclared('validateIn', name, declared);
  }
  return Object.freeze({ ...definition });
}
