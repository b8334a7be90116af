import { type Environment, ConfigError } from '../../core/index.js';

/** Every spelling of an environment, in lower case, with the environment it stands for. */
export const ENVIRONMENT_SPELLINGS: ReadonlyMap<string, Environment> = new Map<string, Environment>([
  ['dev', 'development'],
  ['development', 'development'],
  ['test', 'test'],
  ['testing', 'test'],
  ['prod', 'production'],
  ['production', 'production'],
]);

/** The variables that name the environment; the first one that is set decides. */
export const ENVIRONMENT_VARIABLES: readonly string[] = Object.freeze(['UNO_ENV', 'ENVIRONMENT', 'ENV', 'NODE_ENV']);

/** The environment a text stands for, whatever its case; `undefined` when it stands for none. */
export function parseEnvironment(text: string): Environment | undefined {
  return ENVIRONMENT_SPELLINGS.get(text.trim().toLowerCase());
}

/**
 * The environment this process runs in: the first of `UNO_ENV`, `ENVIRONMENT`, `ENV` and `NODE_ENV` that is set and not
 * blank; `development` when none is. Subpath: `uno-config`.
 *
 * @param env the variables; `process.env` when absent
 * @throws ConfigError `unknown-environment` when that variable holds anything but `dev`, `development`, `test`,
 *   `testing`, `prod` or `production`.
 * @example
 * ```ts
 * detectEnvironment({ NODE_ENV: 'prod' }); // 'production'
 * ```
 */
export function detectEnvironment(env: NodeJS.ProcessEnv = process.env): Environment {
  for (const name of ENVIRONMENT_VARIABLES) {
    const text = env[name];
    if (text === undefined || text.trim() === '') continue;
    const environment = parseEnvironment(text);
    if (environment === undefined) throw unknownEnvironment(name, text);
    return environment;
  }
  return 'development';
}

function unknownEnvironment(name: string, text: string): ConfigError {
  const shown = text.length > 40 ? `${text.slice(0, 40)}…` : text;
  const legal = [...ENVIRONMENT_SPELLINGS.keys()].join(', ');
  return new ConfigError({
    code: 'unknown-environment',
    category: 'source',
    message: `${name} is ${JSON.stringify(shown)}, which is not an environment.`,
    recovery: `Set ${name} to one of ${legal}${name === 'UNO_ENV' ? '' : '; or set UNO_ENV, which is asked first'}.`,
  });
}
