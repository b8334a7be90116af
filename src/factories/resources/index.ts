// resources: clients that are made from settings and replaced beneath their users. src/resources.ts shows them.
//
//   definition (recipe) -> life, one in each module -> held clients: made, probed, in use, draining, closed
//   handle (ManagedResource) -> the held client of the pair in use
export { ContainerMaker } from './container-maker.js';
export * from './define-resource.js';
export { HeldClient, type ClientParts } from './held-client.js';
export type { FieldAt, FieldOf } from './field-path.js';
export { InjectResource, resourceIdentifier, type ResourceIdentifier } from './inject-resource.js';
export type { ResourceSecrets, SecretProvider } from './live-secrets.js';
export type { ManagedResource, ResourceHealth, UseOptions } from './managed-resource.js';
export type { NeededClient, Recipe, RecipeContext, RecipeInside } from './recipe.js';
export { sectionLike } from './section-like.js';
export * from './service-definition.js';
export { recipeOf, ResourceDefinition } from './resource-definition.js';
