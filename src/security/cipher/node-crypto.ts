import type * as crypto from 'node:crypto';

let loaded: typeof crypto | undefined;

/**
 * Node's cryptography, taken when it is first needed: loading it costs every program a few milliseconds at its start,
 * and most programs that import the package never open a secret.
 */
export function nodeCrypto(): typeof crypto {
  return (loaded ??= process.getBuiltinModule('node:crypto'));
}
