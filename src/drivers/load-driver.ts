import { ConfigError, systemCode } from '../core/index.js';

/**
 * The driver that the option `driver` gives, or else the package of that name.
 *
 * @param name the package, or a subpath of it
 * @param by the option that takes it, or a client of its own
 * @throws ConfigError `driver-not-installed`.
 */
export async function loadDriver<D>(
  name: string,
  given?: () => D | Promise<D>,
  by: 'driver' | 'client' = 'driver',
): Promise<D> {
  try {
    // Of a package only the few calls in D are made.
    return await (given === undefined ? (import(name) as Promise<D>) : given());
  } catch (error) {
    const missing = missingModule(error);
    const message = given === undefined ? isOf(name, missing) : missing && wrongImport(missing);
    if (message === undefined) throw error;
    const installed = packageOf(name);
    const other = by === 'client' ? 'give one of your own as client' : `pass it: driver: () => import('${name}')`;
    throw new ConfigError({
      code: 'driver-not-installed',
      message,
      recovery:
        given === undefined
          ? `Install it with npm install ${installed}, or ${other}.`
          : missing !== undefined && packageOf(missing) === installed
            ? `Install it with npm install ${installed}.`
            : `Correct the import, or leave the option out to use ${installed}.`,
    });
  }
}

/** Not when the package is there, and something that it needs is not. */
function isOf(name: string, missing: string | undefined): string | undefined {
  const installed = packageOf(name);
  return missing === name || missing === installed ? `The package "${installed}" is not installed.` : undefined;
}

function wrongImport(missing: string): string {
  return `The option driver imports ${JSON.stringify(missing)}, which cannot be found.`;
}

/** The module that an import did not find; a name or path in the user's own code, never a value. */
function missingModule(error: unknown): string | undefined {
  if (!systemCode(error).endsWith('MODULE_NOT_FOUND')) return undefined;
  return /^[^\n]*?Cannot find (?:package|module) '([^'\n]{1,200})'/.exec(String(error))?.[1];
}

/** Only a package can be installed: npm takes a name and a subpath for a repository. */
function packageOf(name: string): string {
  return /^((?:@[^/]+\/)?[^/]+)/.exec(name)?.[1] ?? name;
}
