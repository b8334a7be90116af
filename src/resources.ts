// `uno-config/resources`: clients that are made from settings and replaced beneath their users.
export { defineResource, InjectResource, resourceIdentifier } from './factories/resources/index.js';
export type { HandleIdentifier, ModuleDefinition } from './container/index.js';
export type {
  CreateContext,
  FieldAt,
  FieldOf,
  HotFields,
  ManagedResource,
  ResourceDefinition,
  ResourceHealth,
  ResourceIdentifier,
  ResourceNeeds,
  ResourceOptions,
  ResourceSecrets,
  SecretProvider,
  ServiceDefinition,
  UseOptions,
} from './factories/resources/index.js';
