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
    // Not when the package is there, and something that it needs is not.
    const isMissing = systemCode(error).endsWith('MODULE_NOT_FOUND') && String(error).includes(`'${name}'`);
    if (!isMissing) throw error;
    throw new ConfigError({
      code: 'driver-not-installed',
      category: 'lifecycle',
      message: `The package "${name}" is not installed.`,
      recovery: `Install it with npm install ${name}, or hand it over: driver: () => import('${name}').`,
    });
  }
}
