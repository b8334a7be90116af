import type { ModuleResource } from './module-resource.js';

/**
 * A typed service identifier: `container.get(identifier)` is an `H`. At run time it is a symbol. Subpath:
 * `uno-config/resources`.
 */
export type HandleIdentifier<H> = symbol & (abstract new (...never: never[]) => H);

/**
 * The service identifier of what a definition stands for.
 *
 * @param decorator which injects it: `InjectOutbox`
 * @param maker what gives such a definition: `outbox(…)`
 * @throws TypeError when `definition` is none.
 */
export function handleIdentifier<H>(definition: ModuleResource, decorator: string, maker: string): HandleIdentifier<H> {
  // Decorators run while modules load: in a circular import the definition is still undefined, whatever its type.
  const { identifier } = (definition as ModuleResource | undefined) ?? {};
  if (typeof identifier !== 'symbol') {
    throw new TypeError(
      `${decorator}(definition): give what ${maker} gives. One that is imported in a circle is not there yet.`,
    );
  }
  // The symbol is typed as an abstract class, which cannot be instantiated, so the cast is safe.
  return identifier as HandleIdentifier<H>;
}
