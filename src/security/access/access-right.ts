/**
 * What may be done with a secret: see that it is there (`list`), see it masked (`read-masked`), open it (`use`), give it
 * another value (`write`), or encrypt it under another key (`rotate`).
 */
export type AccessRight = 'list' | 'read-masked' | 'use' | 'write' | 'rotate';

/** All rights, from the weakest on. */
export const ACCESS_RIGHTS: readonly AccessRight[] = Object.freeze(['list', 'read-masked', 'use', 'write', 'rotate']);

/** The rights that show nothing of a secret, so that nobody needs leave for them. */
export function showsNothing(right: AccessRight): boolean {
  return right === 'list' || right === 'read-masked';
}
