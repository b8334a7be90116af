import { inject } from 'inversify';
import { getOrInsert } from '../core/index.js';
import type { SectionClass } from '../sections/index.js';
import type { SectionMonitor } from '../runtime/index.js';
import { noteInjected, refuseMissing, scopeOf, type InjectionOptions } from './inject-section.js';

const identifiers = new WeakMap<SectionClass, Map<string | undefined, symbol>>();

/**
 * The service identifier of a section's monitor; for `container.get(monitorIdentifier(Section))`. With a scope, that of
 * the section as that module or component sees it. Subpath: `uno-config`.
 *
 * @throws TypeError when `target` is no class, or the scope names no module.
 */
export function monitorIdentifier<T extends object>(
  target: SectionClass<T>,
  options: InjectionOptions = {},
): MonitorIdentifier<T> {
  refuseMissing('InjectMonitor', target);
  const scope = scopeOf('InjectMonitor', options);
  const ofTarget = getOrInsert(identifiers, target, () => new Map());
  const name = `SectionMonitor<${target.name}>${scope === undefined ? '' : ` in ${scope}`}`;
  const identifier = getOrInsert(ofTarget, scope, () => Symbol(name));
  // The symbol is typed as an abstract class, which cannot be instantiated, so the cast is safe.
  return identifier as MonitorIdentifier<T>;
}

/**
 * A typed service identifier: `container.get(identifier)` is a `SectionMonitor<T>`. At run time it is a symbol; inversify's
 * types infer the service from the constructor signature.
 */
export type MonitorIdentifier<T extends object> = symbol & (abstract new (...never: never[]) => SectionMonitor<T>);

/**
 * Injects the live {@link SectionMonitor} of a section into a constructor parameter or property. With a name, that of the
 * section's use under this name; with a scope, that of the section as that module or component sees it. Subpath:
 * `uno-config`.
 *
 * @throws TypeError when `target` is no class, or the scope names no module.
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
  options: InjectionOptions = {},
): MethodDecorator & ParameterDecorator & PropertyDecorator {
  const identifier = monitorIdentifier(target, options);
  noteInjected(target, options.scope);
  return inject(identifier);
}
