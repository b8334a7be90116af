import { inject } from 'inversify';
import type { ManagedResource } from './managed-resource.js';
import type { ResourceDefinition } from './resource-definition.js';

/**
 * A service identifier of which the compiler knows what it stands for: `container.get(identifier)` is a
 * `ManagedResource<T>`. At run time it is a symbol.
 */
export type ResourceIdentifier<T> = symbol & (abstract new (...never: never[]) => ManagedResource<T>);

/**
 * The service identifier of a resource; for `container.get(resourceIdentifier(definition))`. Subpath:
 * `uno-config/resources`.
 *
 * @throws TypeError when `definition` is not what `defineResource` gives.
 */
export function resourceIdentifier<T>(definition: ResourceDefinition<T>): ResourceIdentifier<T> {
  // Decorators run while modules load, when a definition imported in a circle is not there yet, whatever its type says.
  const { identifier } = (definition as ResourceDefinition<T> | undefined) ?? {};
  if (typeof identifier !== 'symbol') {
    throw new TypeError(
      'InjectResource(definition): give what defineResource(…) gives. One that is imported in a circle is not there yet.',
    );
  }
  // Nobody can make an instance of an abstract class, so that nobody notices that there is none.
  return identifier as ResourceIdentifier<T>;
}

/**
 * Injects the {@link ManagedResource} of a definition, which the `ConfigModule` lists under `resources`, into a
 * constructor parameter or property. Subpath: `uno-config/resources`.
 *
 * @throws TypeError when `definition` is not what `defineResource` gives.
 *
 * @example
 * ```ts
 * const clock = defineResource({ name: 'clock', create: () => ({ now: () => Date.now() }) });
 *
 * @injectable()
 * class Reports {
 *   constructor(@InjectResource(clock) private readonly clock: ManagedResource<{ now(): number }>) {}
 * }
 * ```
 */
export function InjectResource(
  definition: ResourceDefinition<unknown>,
): MethodDecorator & ParameterDecorator & PropertyDecorator {
  return inject(resourceIdentifier(definition));
}
