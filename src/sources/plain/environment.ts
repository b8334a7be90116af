import {
  type DeclaredEnvironments,
  type Environment,
  ConfigError,
  environmentSpellings,
  orDeclare,
  parseEnvironment,
} from '../../core/index.js';

/** The variables that name the environment; the first one that is set decides. */
export const ENVIRONMENT_VARIABLES: readonly string[] = Object.freeze(['UNO_ENV', 'ENVIRONMENT', 'ENV', 'NODE_ENV']);

/**
 * The environment this process runs in: the first of `UNO_ENV`, `ENVIRONMENT`, `ENV` and `NODE_ENV` that is set and not
 * blank; `development` when none is. Subpath: `uno-config`.
 *
 * @param env the variables; `process.env` when absent
 * @param declared the environments of the application's own; none when absent
 * @throws ConfigError `unknown-environment` when that variable holds anything but `dev`, `development`, `test`,
 *   `testing`, `prod`, `production` or a declared one.
 * @example
 * ```ts
 * detectEnvironment({ NODE_ENV: 'prod' }); // 'production'
 * detectEnvironment({ NODE_ENV: 'staging' }, { staging: 'production' }); // 'staging'
 * ```
 */
export function detectEnvironment(
  env: NodeJS.ProcessEnv = process.env,
  declared: DeclaredEnvironments = {},
): Environment {
  for (const name of ENVIRONMENT_VARIABLES) {
    const text = env[name];
    if (text === undefined || text.trim() === '') continue;
    const environment = parseEnvironment(text, declared);
    if (environment === undefined) throw unknownEnvironment(name, text, declared);
    return environment;
  }
  return 'development';
}

function unknownEnvironment(name: string, text: string, declared: DeclaredEnvironments): ConfigError {
  const shown = text.length > 40 ? `${text.slice(0, 40)}…` : text;
  const legal = environmentSpellings(declared).join(', ');
  return new ConfigError({
    code: 'unknown-environment',
    message: `${name} is ${JSON.stringify(shown)}, which is not an environment.`,
    recovery: `Set ${name} to one of ${legal}${name === 'UNO_ENV' ? '' : '; or set UNO_ENV, which is asked first'}${orDeclare(text, declared)}.`,
  });
}
