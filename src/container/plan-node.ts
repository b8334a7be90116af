/** A node of an inversify plan: a service node with bindings, or a binding node with what its binding needs. */
export interface PlanNode {
  readonly bindings?: unknown;
  readonly binding?: PlannedBinding;
  readonly constructorParams?: readonly unknown[];
  readonly propertyParams?: ReadonlyMap<unknown, unknown>;
  /** Of `toResolvedValue`. */
  readonly params?: readonly unknown[];
  /** Of `toService`. */
  readonly redirection?: unknown;
}

/** A binding in a plan; the part we look at. */
export interface PlannedBinding {
  readonly type?: unknown;
  readonly scope?: unknown;
  readonly serviceIdentifier?: unknown;
  readonly implementationType?: unknown;
  /** Of `toDynamicValue`: what makes the value. */
  readonly value?: unknown;
  /** `isRight` marks a singleton that has been made, which is the value then. */
  readonly cache?: { readonly isRight?: unknown; readonly value?: unknown };
}

export function planNode(node: unknown): PlanNode | undefined {
  // All properties of a node are optional and of unknown content, so any object is one.
  return typeof node === 'object' && node !== null ? node : undefined;
}

export function nodesBelow(node: PlanNode): readonly unknown[] {
  const { bindings, constructorParams = [], propertyParams, params = [], redirection } = node;
  const services: readonly unknown[] = Array.isArray(bindings) ? bindings : [bindings];
  return [...services, ...constructorParams, ...(propertyParams?.values() ?? []), ...params, redirection];
}
