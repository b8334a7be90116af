import {
  type ConfigSource,
  type Environment,
  checkDeclared,
  declaredEnvironments,
  option,
  type OptionKinds,
  readOptions,
} from '../../core/index.js';
import { LOAD_OPTIONS, type LoadOptions } from './load-options.js';

/** Several tenants of one application; made by `defineTenants` of `uno-config/tenants`. */
export interface TenantsDefinition {
  /** @internal */
  start(base: unknown): Promise<unknown>;
  /** @internal */
  examine(base: unknown): Promise<unknown>;
  /**
   * The sources that it was made with, where they are sources.
   *
   * @internal
   */
  readonly parts?: TenantParts;
  /**
   * The same with other sources in their places.
   *
   * @internal
   */
  over?(parts: TenantParts): TenantsDefinition;
}

/** The sources of a definition of tenants. */
export type TenantParts = Readonly<Partial<Record<'layers' | 'plans' | 'ceiling', ConfigSource>>>;

/** What a module makes from its settings; made by `defineResource` of `uno-config/resources` and its siblings. */
export interface ResourceDefinition {
  readonly name: string;
  readonly kind: string;
  /** @internal */
  open(host: never): unknown;
}

/** What {@link defineConfig} takes: the load's options, and what modules and the command line take besides. */
export interface ConfigDefinition extends LoadOptions {
  /**
   * The environments that `uno-config validate` checks without `--env`; default: the one named by `environment`, or else
   * `development`, `test`, `production` and those that `environments` declares.
   */
  readonly validateIn?: readonly Environment[];
  /** The regions in which the program runs, which `uno-config validate --report` checks in every environment; default: none. */
  readonly regions?: readonly string[];
  /** Several tenants of one application, each with settings of its own over these; made by `defineTenants`. */
  readonly tenants?: TenantsDefinition | undefined;
  /**
   * What a module makes from the settings, and replaces when they change: of `uno-config/resources` and its siblings. A load
   * without a container makes none.
   */
  readonly resources?: readonly ResourceDefinition[];
}

/** Several applications of one repository, each with a configuration file in a folder of its own. */
export interface WorkspacesDefinition {
  /** The folders by name, relative to this file: `{ orders: 'services/orders' }`. */
  readonly workspaces: Readonly<Record<string, string>>;
}

/**
 * Declares what a program loads, once, for the program and for the command line: `uno.config.ts` exports it as its
 * default, and `ConfigModule.fromOptions` takes it too. Nothing is read yet. With `workspaces` instead, commands at the root of
 * a repository run in all of these folders, or in the one of `--workspace`. Subpath: `uno-config`.
 *
 * @throws TypeError naming the option.
 *
 * @example
 * ```ts
 * export default defineConfig({
 *   sections: [HttpSettings, DatabaseSettings],
 *   sources: [configFolder('config'), processEnv({ prefix: 'APP_' })],
 * });
 * ```
 */
export function defineConfig(definition: ConfigDefinition): ConfigDefinition;
export function defineConfig(definition: WorkspacesDefinition): WorkspacesDefinition;
export function defineConfig(
  definition: ConfigDefinition | WorkspacesDefinition,
): ConfigDefinition | WorkspacesDefinition {
  if ('workspaces' in definition) {
    const { workspaces } = readOptions('', definition, WORKSPACES_OPTIONS);
    return Object.freeze({ workspaces: Object.freeze({ ...workspaces }) });
  }
  const { environments, validateIn = [] } = readOptions('', definition, DEFINITION_OPTIONS);
  const declared = declaredEnvironments(environments);
  for (const name of validateIn) checkDeclared('validateIn', name, declared);
  return Object.freeze({ ...definition });
}

/** What a definition may hold, and so every function that takes one. */
export const DEFINITION_OPTIONS = {
  ...LOAD_OPTIONS,
  validateIn: option.kind('a list of one environment or more', (value) => Array.isArray(value) && value.length > 0),
  regions: option.listOf(option.name),
  tenants: option.having('what defineTenants({ … }) makes', 'start', 'examine'),
  resources: option.list,
} satisfies OptionKinds<ConfigDefinition>;

const WORKSPACES_OPTIONS = {
  workspaces: option.required(option.kind('folders by name, such as { orders: "services/orders" }', areFolders)),
} satisfies OptionKinds<WorkspacesDefinition>;

function areFolders(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const entries: readonly (readonly [string, unknown])[] = Object.entries(value);
  return (
    entries.length > 0 &&
    entries.every(([name, folder]) => /^\w[\w.@/-]*$/.test(name) && typeof folder === 'string' && folder !== '')
  );
}

/** Of options that hold more than a definition, the definition. */
export function definitionOf(options: ConfigDefinition): ConfigDefinition {
  const ours = Object.entries(options).filter(([name]) => Object.hasOwn(DEFINITION_OPTIONS, name));
  // Nothing that a definition declares has been left out.
  return Object.fromEntries(ours) as unknown as ConfigDefinition;
}
