import { inject } from 'inversify';
import { handleIdentifier, type HandleIdentifier } from '../../container/index.js';
import type { ManagedResource } from './managed-resource.js';
import type { ResourceDefinition } from './resource-definition.js';

/**
 * A typed service identifier: `container.get(identifier)` is a `ManagedResource<T>`. At run time it is a symbol.
 */
export type ResourceIdentifier<T> = HandleIdentifier<ManagedResource<T>>;

/**
 * The service identifier of a resource; for `container.get(resourceIdentifier(definition))`. Subpath:
 * `uno-config/resources`.
 *
 * @throws TypeError when `definition` is not what `defineResource` gives.
 */
export function resourceIdentifier<T>(definition: ResourceDefinition<T>): ResourceIdentifier<T> {
  return handleIdentifier<ManagedResource<T>>(definition, 'InjectResource', 'defineResource(…)');
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
