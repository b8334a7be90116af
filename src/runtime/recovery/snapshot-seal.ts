import { secretText } from '../../core/index.js';
import type { SnapshotSecrets } from './take-snapshot.js';

/** Distinguishes the copies that we have written from files of others in the folder. */
export interface SnapshotSeal {
  /** A token over a digest that requires the keys; `undefined` without keys to encrypt with. */
  make(digest: string): string | undefined;
  /** True for a token over this digest; for anything where there are no keys to make one. */
  holds(seal: string | undefined, digest: string): boolean;
}

// No settings class can claim it: names of settings hold no dollar sign at their root.
const PLACE = ['$last-known-good'];

export function sealOf(secrets: SnapshotSecrets | undefined): SnapshotSeal {
  const make = (digest: string): string | undefined => secrets?.protect(PLACE, digest, 'encrypt');
  return {
    make,
    holds: (seal, digest) => {
      if (secrets === undefined || make(digest) === undefined) return true;
      if (seal === undefined) return false;
      try {
        return secretText(secrets.open(seal, PLACE, 'encrypt')) === digest;
      } catch {
        // Made under other keys, or without any.
        return false;
      }
    },
  };
}
