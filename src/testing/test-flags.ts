import { flagObject, type FlagClass, type FlagValue } from '../flags/index.js';

/**
 * The flags of a class for a test without a container, as `@InjectFlags` gives them: its defaults, and over them the values
 * that the test names. Subpath: `uno-config/testing`.
 *
 * @throws TypeError for a class without flags, and for a value that is named after no flag, or of another type.
 *
 * @example
 * ```ts
 * import { Flag } from 'uno-config/flags';
 *
 * class CheckoutFlags {
 *   @Flag({ key: 'new-checkout', default: false }) readonly newCheckout!: boolean;
 * }
 * const flags = testFlags(CheckoutFlags, { newCheckout: true });
 * ```
 */
export function testFlags<T extends object>(target: FlagClass<T>, values?: Readonly<Partial<T>>): T {
  const unused = new Map<string, unknown>(Object.entries(values ?? {}));
  const made = flagObject(target, ({ property, default: fallback, className }) => {
    const value = unused.get(property) ?? fallback;
    unused.delete(property);
    if (typeof value !== typeof fallback) {
      throw new TypeError(`testFlags: ${className}.${property} is a ${typeof fallback}; got a ${typeof value}.`);
    }
    // It has the type of the default.
    return () => value as FlagValue;
  });
  const [other] = unused.keys();
  if (other === undefined) return made;
  throw new TypeError(`testFlags: ${target.name} has no flag named ${other}.`);
}
