import type { SectionTarget } from '../runtime/index.js';
import type { ModuleResource, OpenResource, ResourceHost } from './module-resource.js';

export interface DefinitionParts {
  readonly kind: string;
  readonly name: string;
  readonly from?: readonly SectionTarget[];
  readonly needs?: readonly ModuleResource[];
  readonly open: (host: ResourceHost) => OpenResource;
}

/** What is listed in the `resources` of a module: each kind of definition extends this. Subpath: `uno-config/resources`. */
export class ModuleDefinition implements ModuleResource {
  public readonly kind: string;
  public readonly name: string;
  public readonly identifier: symbol;
  public readonly from: readonly SectionTarget[];
  public readonly needs: readonly ModuleResource[];
  readonly #open: (host: ResourceHost) => OpenResource;

  /** Made by `defineResource`, `outbox` and their like. */
  public constructor({ kind, name, from = [], needs = [], open }: DefinitionParts) {
    this.kind = kind;
    this.name = name;
    this.identifier = Symbol(`uno-config ${kind}<${name}>`);
    this.from = Object.freeze([...from]);
    this.needs = Object.freeze([...needs]);
    this.#open = open;
  }

  /**
   * Called by the module that lists it.
   *
   * @internal
   */
  public open(host: ResourceHost): OpenResource {
    return this.#open(host);
  }
}
