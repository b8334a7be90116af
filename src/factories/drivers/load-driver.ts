import { ConfigError, systemCode } from '../../core/index.js';

/**
 * A package that only those install who use it.
 *
 * @param name the package, or a subpath of it
 * @throws ConfigError `driver-not-installed`.
 */
export async function loadDriver(name: string): Promise<unknown> {
  // Only the package can be installed: npm takes a name and a subpath for somebody's repository.
  const [, installed = name] = /^((?:@[^/]+\/)?[^/]+)/.exec(name) ?? [];
  try {
    return await import(name);
  } catch (error) {
    // Not when the package is there, and something that it needs is not.
    const isMissing =
      systemCode(error).endsWith('MODULE_NOT_FOUND') &&
      [name, installed].some((one) => String(error).includes(`'${one}'`));
    if (!isMissing) throw error;
    throw new ConfigError({
      code: 'driver-not-installed',
      category: 'lifecycle',
      message: `The package "${installed}" is not installed.`,
      recovery: `Install it with npm install ${installed}, or hand it over: driver: () => import('${name}').`,
    });
  }
}
