import type { AccessRight } from '../../core/index.js';

export const ACCESS_RIGHTS: readonly AccessRight[] = Object.freeze(['list', 'read-masked', 'use', 'write', 'rotate']);

/** The rights that show nothing of a secret, so they need no permission. */
export function showsNothing(right: AccessRight): boolean {
  return right === 'list' || right === 'read-masked';
}
