import { ConfigError, systemCode } from '../../../core/index.js';

/**
 * A package that only those install who use it.
 *
 * @throws ConfigError `driver-not-installed`.
 */
export async function loadDriver(name: string): Promise<unknown> {
  try {
    return await import(name);
  } catch (error) {
    if (systemCode(error) !== 'ERR_MODULE_NOT_FOUND') throw error;
    throw new ConfigError({
      code: 'driver-not-installed',
      category: 'lifecycle',
      message: `The package "${name}" is not installed.`,
      recovery: `Install it with npm install ${name}, or hand it over: driver: () => import('${name}').`,
    });
  }
}
