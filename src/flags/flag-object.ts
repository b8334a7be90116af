import { declarationsOf, type FlagClass, type FlagDeclaration } from './flag.js';
import type { FlagValue } from './flag-value.js';

/** An object of a class with a property for each of its flags. */
export function flagObject<T extends object>(
  target: FlagClass<T>,
  read: (declaration: FlagDeclaration) => () => FlagValue,
): T {
  // Not made with new: what the class would do there is not meant for it.
  const made = Object.create(target.prototype as object) as object;
  for (const declaration of declarationsOf(target, 'Flags')) {
    Object.defineProperty(made, declaration.property, { get: read(declaration), enumerable: true });
  }
  // Of the prototype of T, with the properties that T declares.
  return Object.freeze(made) as T;
}
