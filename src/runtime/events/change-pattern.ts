import { compilePathPattern, foldedKeys } from '../../core/index.js';
import type { LeafChange } from './config-event.js';

/**
 * A function that checks whether a change is at a path of a pattern.
 *
 * @throws TypeError naming the option when the string is no pattern.
 */
export function compileChangePattern(text: string): (change: LeafChange) => boolean {
  const matches = compilePathPattern(text);
  return (change) => matches(keysOf(change));
}

/** Every subscription asks for the keys of the same change. */
const keysByChange = new WeakMap<LeafChange, readonly string[]>();

function keysOf(change: LeafChange): readonly string[] {
  let keys = keysByChange.get(change);
  if (keys === undefined) keysByChange.set(change, (keys = foldedKeys(change.path)));
  return keys;
}
