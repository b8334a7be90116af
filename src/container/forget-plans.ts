import type { BindingConstraints, ContainerModuleLoadOptions, ServiceIdentifier } from 'inversify';

/**
 * Has a container forget how it resolves an identifier. Inversify publishes a binding before it knows its constraint: a
 * plan that was made earlier, for an optional injection or all bindings, would take the binding as it is.
 */
export function forgetPlans({ bind, unbind }: ContainerModuleLoadOptions, identifier: ServiceIdentifier): void {
  // Taking away a binding that asks for its surroundings does it.
  const probe = bind<unknown>(identifier).toConstantValue(undefined);
  probe.when(asksSurroundings);
  unbind(probe.getIdentifier());
}

function asksSurroundings(constraints: BindingConstraints): boolean {
  constraints.getAncestor();
  return false;
}
