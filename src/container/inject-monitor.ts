import { inject } from 'inversify';
import type { SectionClass } from '../sections/index.js';
import type { SectionMonitor } from '../runtime/index.js';

const identifiers = new WeakMap<SectionClass, symbol>();

/** The service identifier of a section's monitor; for `container.get(monitorIdentifier(Section))`. Subpath: `uno-config`. */
export function monitorIdentifier<T extends object>(target: SectionClass<T>): MonitorIdentifier<T> {
  let identifier = identifiers.get(target);
  if (identifier === undefined) identifiers.set(target, (identifier = Symbol(`SectionMonitor<${target.name}>`)));
  return identifier;
}

declare const monitored: unique symbol;

/** A service identifier that remembers what it stands for. */
export type MonitorIdentifier<T extends object> = symbol & { readonly [monitored]?: SectionMonitor<T> };

/**
 * Injects the live {@link SectionMonitor} of a section into a constructor parameter or property. With a name, that of the
 * section's use under this name. Subpath: `uno-config`.
 *
 * @throws TypeError when the class is no settings class.
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
