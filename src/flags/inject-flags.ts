import { inject } from 'inversify';
import type { HandleIdentifier } from '../container/index.js';
import { FlagsDefinition } from './define-flags.js';
import { declarationsOf, type FlagClass } from './flag.js';
import { classIdentifier, injectedKeys, keyIdentifier } from './flag-identifiers.js';
import type { FlagValue } from './flag-value.js';
import type { FlagHandle, Flags } from './flags.js';

/**
 * The service identifier of the flags of a class, or of all flags of a definition; for
 * `container.get(flagsIdentifier(CheckoutFlags))`. Subpath: `uno-config/flags`.
 *
 * @throws TypeError when it is neither a class with flags nor what `defineFlags` gives.
 */
export function flagsIdentifier(target: FlagsDefinition): HandleIdentifier<Flags>;
export function flagsIdentifier<T extends object>(target: FlagClass<T>): HandleIdentifier<T>;
export function flagsIdentifier(target: FlagsDefinition | FlagClass): HandleIdentifier<object> {
  const identifier =
    target instanceof FlagsDefinition ? target.identifier : classIdentifier(target, 'InjectFlags(target)');
  // The symbol is typed as an abstract class, which cannot be instantiated, so the cast is safe.
  return identifier as HandleIdentifier<object>;
}

/**
 * The service identifier of one flag; for `container.get(flagIdentifier(CheckoutFlags, 'newCheckout'))`. Subpath:
 * `uno-config/flags`.
 *
 * @param target the class that declares it, with the name of the property; or its key
 * @throws TypeError when the class has no such flag.
 */
export function flagIdentifier<T = FlagValue>(key: string): HandleIdentifier<FlagHandle<T>>;
export function flagIdentifier<T extends object, K extends keyof T & string>(
  target: FlagClass<T>,
  property: K,
): HandleIdentifier<FlagHandle<T[K]>>;
export function flagIdentifier(target: string | FlagClass, property?: string): HandleIdentifier<FlagHandle> {
  // The same as above.
  return keyIdentifier(keyOf(target, property)) as HandleIdentifier<FlagHandle>;
}

/**
 * Injects the flags of a class: an object whose properties are evaluated whenever they are read, in the context that the
 * code runs in. Or, for what `defineFlags` gives, its {@link Flags}. Subpath: `uno-config/flags`.
 *
 * @throws TypeError when it is neither.
 *
 * @example
 * ```ts
 * class CheckoutFlags {
 *   @Flag({ key: 'new-checkout', default: false }) readonly newCheckout!: boolean;
 * }
 *
 * @injectable()
 * class Checkout {
 *   constructor(@InjectFlags(CheckoutFlags) private readonly flags: CheckoutFlags) {}
 *   steps(): number {
 *     return this.flags.newCheckout ? 1 : 3;
 *   }
 * }
 * ```
 */
export function InjectFlags(
  target: FlagsDefinition | FlagClass,
): MethodDecorator & ParameterDecorator & PropertyDecorator {
  return inject(target instanceof FlagsDefinition ? flagsIdentifier(target) : flagsIdentifier(target));
}

/**
 * Injects the {@link FlagHandle} of one flag. A key that no class declares is logged when a module with flags is loaded, and
 * has no binding. Subpath: `uno-config/flags`.
 *
 * @param target the class that declares it, with the name of the property; or its key
 * @throws TypeError when the class has no such flag.
 *
 * @example
 * ```ts
 * @injectable()
 * class Banner {
 *   constructor(@InjectFlag('banner-text') private readonly text: FlagHandle<string>) {}
 *   show(): string {
 *     return this.text.value;
 *   }
 * }
 * ```
 */
export function InjectFlag(key: string): MethodDecorator & ParameterDecorator & PropertyDecorator;
export function InjectFlag<T extends object>(
  target: FlagClass<T>,
  property: keyof T & string,
): MethodDecorator & ParameterDecorator & PropertyDecorator;
export function InjectFlag(
  target: string | FlagClass,
  property?: string,
): MethodDecorator & ParameterDecorator & PropertyDecorator {
  const key = keyOf(target, property);
  injectedKeys.add(key);
  return inject(keyIdentifier(key));
}

function keyOf(target: string | FlagClass, property: string | undefined): string {
  if (typeof target === 'string') return target;
  const found = declarationsOf(target, 'InjectFlag(target)').find((declaration) => declaration.property === property);
  if (found !== undefined) return found.key;
  throw new TypeError(`InjectFlag: ${target.name}.${String(property)} has no @Flag({ key, default }).`);
}
