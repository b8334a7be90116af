import { ModuleDefinition, type ModuleResource, type OpenResource, type ResourceHost } from '../../container/index.js';
import type { SectionTarget } from '../../runtime/index.js';
import { ClientLife } from './client-life.js';
import { LiveResource } from './managed-resource.js';
import type { Recipe } from './recipe.js';

// Filled in by the class, so that only this folder reaches what a definition does.
let readRecipe!: (definition: ResourceDefinition<unknown>) => Recipe;

export function recipeOf(definition: ResourceDefinition<unknown>): Recipe {
  return readRecipe(definition);
}

/**
 * How a client is made from settings, probed, replaced and closed: what {@link defineResource} gives. It holds no client:
 * each module that lists it makes its own. Subpath: `uno-config/resources`.
 */
export class ResourceDefinition<T> extends ModuleDefinition {
  static {
    readRecipe = (definition) => definition.#recipe;
  }

  /** What kind of client it gives, for the compiler; not there at run time. */
  declare public readonly client?: T;
  public readonly isOfTenants: boolean;
  readonly #recipe: Recipe;

  /** Made by `defineResource`. */
  public constructor(recipe: Recipe, from: readonly SectionTarget[], needs: readonly ModuleResource[]) {
    const open = (host: ResourceHost): OpenResource => {
      const life = new ClientLife(recipe, host);
      return { handle: new LiveResource<T>(recipe, life, host), prepare: async (context) => life.prepare(context) };
    };
    super({ kind: 'resource', name: recipe.name, from, needs, open });
    this.isOfTenants = recipe.isOfTenants === true;
    this.#recipe = recipe;
    if (new.target === ResourceDefinition) Object.freeze(this);
  }
}
