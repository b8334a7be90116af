import { inject } from 'inversify';
import type { SectionClass } from '../sections/index.js';
import type { SectionMonitor } from '../runtime/index.js';

const identifiers = new WeakMap<SectionClass, symbol>();

/**
 * The service identifier of a section's monitor; for `container.get(monitorIdentifier(Section))`. Subpath: `uno-config`.
 *
 * @throws TypeError when `target` is no class.
 */
export function monitorIdentifier<T extends object>(target: SectionClass<T>): MonitorIdentifier<T> {
  // Decorators run while modules load, when a class imported in a circle is not there yet, whatever its type says.
  if (typeof (target as unknown) !== 'function') {
    throw new TypeError(
      'InjectMonitor(target): name a settings class. If it is declared later in the file or imported in a circle, it is not there yet.',
    );
  }
  let identifier = identifiers.get(target);
  if (identifier === undefined) identifiers.set(target, (identifier = Symbol(`SectionMonitor<${target.name}>`)));
  // Nobody can make an instance of an abstract class, so that nobody notices that there is none.
  return identifier as MonitorIdentifier<T>;
}

/**
 * A service identifier of which the compiler knows what it stands for: `container.get(identifier)` is a
 * `SectionMonitor<T>`. At run time it is a symbol; the constructor is how inversify's types say what an identifier gives.
 */
export type MonitorIdentifier<T extends object> = symbol & (abstract new (...never: never[]) => SectionMonitor<T>);

/**
 * Injects the live {@link SectionMonitor} of a section into a constructor parameter or property. With a name, that of the
 * section's use under this name. Subpath: `uno-config`.
 *
 * @throws TypeError when `target` is no class.
 *
 * @example
 * ```ts
 * @injectable()
 * class PriceList {
 *   constructor(@InjectMonitor(PricingSettings) private readonly pricing: SectionMonitor<PricingSettings>) {}
 * }
 * ```
 */
export function InjectMonitor<T extends object>(
  target: SectionClass<T>,
): MethodDecorator & ParameterDecorator & PropertyDecorator {
  return inject(monitorIdentifier(target));
}
