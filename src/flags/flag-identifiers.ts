import { declarationsOf, type FlagClass } from './flag.js';

const ofClasses = new WeakMap<FlagClass, symbol>();
const ofKeys = new Map<string, symbol>();

/** What the flags of a class are bound to. Throws TypeError for a class without flags. */
export function classIdentifier(target: FlagClass, where: string): symbol {
  declarationsOf(target, where);
  let identifier = ofClasses.get(target);
  if (identifier === undefined) ofClasses.set(target, (identifier = Symbol(`Flags<${target.name}>`)));
  return identifier;
}

export function keyIdentifier(key: string): symbol {
  let identifier = ofKeys.get(key);
  if (identifier === undefined) ofKeys.set(key, (identifier = Symbol(`Flag<${key}>`)));
  return identifier;
}

/** The keys that decorators name, in all classes that were imported. */
export const injectedKeys = new Set<string>();
