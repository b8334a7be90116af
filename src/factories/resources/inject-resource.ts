import { inject } from 'inversify';
import type { ManagedResource } from './managed-resource.js';
import type { ResourceDefinition } from './resource-definition.js';

/**
 * A typed service identifier: `container.get(identifier)` is a `ManagedResource<T>`. At run time it is a symbol.
 */
export type ResourceIdentifier<T> = symbol & (abstract new (...never: never[]) => ManagedResource<T>);

/**
 * The service identifier of a resource; for `container.get(resourceIdentifier(definition))`. Subpath:
 * `uno-config/resources`.
 *
 * @throws TypeError when `definition` is not what `defineResource` gives.
 */
export function resourceIdentifier<T>(definition: ResourceDefinition<T>): ResourceIdentifier<T> {
  // Decorators run while modules load: in a circular import the definition is still undefined, whatever its type.
  const { identifier } = (definition as ResourceDefinition<T> | undefined) ?? {};
  if (typeof identifier !== 'symbol') {
    throw new TypeError(
      'InjectResource(definition): give what defineResource(…) gives. One that is imported in a circle is not there yet.',
    );
  }
  // The symbol is typed as an abstract class, which cannot be instantiated, so the cast is safe.
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
