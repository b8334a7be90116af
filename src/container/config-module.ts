import { ContainerModule, type ContainerModuleLoadOptions } from 'inversify';
import {
  guardLogger,
  guardMetrics,
  option,
  type OptionKinds,
  readOptions,
  scopeLevels,
  systemClock,
} from '../core/index.js';
import {
  DEFINITION_OPTIONS,
  definitionOf,
  planLoad,
  RELOAD_OPTIONS,
  sectionEntries,
  startReloads,
  type ConfigDefinition,
  type LoadPlan,
  type ReloadOptions,
  type SectionInput,
} from '../runtime/index.js';
import { bindScope, bindView } from './bind-scope.js';
import { ConfigScope } from './config-scope.js';
import type { RunningTenants, TenantsBase } from './tenants-port.js';
import { refuseBoundTwice, scopesAbove } from './loaded-scopes.js';
import {
  bindResources,
  checkResources,
  openResources,
  refuseResourcesTwice,
  type ModuleResource,
} from './module-resource.js';

/** What {@link ConfigModule} takes: the sections, their sources, how strictly they are read, and when again. */
export interface ConfigModuleOptions extends ConfigDefinition {
  /** When and how settings are reloaded while the program runs; only when asked to, by default. */
  readonly reload?: ReloadOptions;
  /** Distinguishes this module from others of the same container: `@inject(ReloadService) @named('billing')`. */
  readonly name?: string;
}

/**
 * The container module that loads settings and binds them: every section by its class, a live monitor for each, and the
 * {@link ConfigStore}. Each section is bound once, to what the store holds; what the store holds may move on. Subpath:
 * `uno-config`.
 *
 * @example
 * ```ts
 * const container = new Container();
 * await container.loadAsync(
 *   ConfigModule.fromOptions({
 *     sections: [HttpSettings, DatabaseSettings],
 *     sources: [configFolder('config'), processEnv({ prefix: 'APP_' })],
 *   }),
 * );
 * const http = container.get(HttpSettings);
 * ```
 */
export class ConfigModule extends ContainerModule {
  readonly #plan: LoadPlan;

  private constructor(options: ConfigModuleOptions, plan: LoadPlan) {
    super(async (container) => loadScope(container, options, plan));
    this.#plan = plan;
  }

  /**
   * Checks the options at once; sources are read by `container.loadAsync(module)`, which rejects with everything that is
   * wrong and binds nothing then.
   *
   * @throws TypeError naming an option that cannot be used.
   * @throws ConfigError `field-without-type`, `unusable-section-class`, `duplicate-section`, `ambiguous-key`; and from
   *   `container.loadAsync`, `section-bound-twice` and `resource-bound-twice` when another module of the container binds
   *   one of the sections or resources, and `reload-vetoed` when a resource cannot be made.
   */
  public static fromOptions(options: ConfigModuleOptions): ConfigModule {
    readOptions('', options, MODULE_OPTIONS);
    const plan = planLoad(definitionOf(options), false);
    checkResources(resourcesOf(options), plan, options.tenants !== undefined);
    return new ConfigModule(options, plan);
  }

  /**
   * A container module that binds sections as a module of the application, or a component of one, sees them: what is set
   * at `modules.billing.database` goes over `database`, key by key, and what is set at
   * `modules.billing.components.invoices.database` over both. Load it beside the `ConfigModule` with the sections; inject
   * with `@InjectSection(Section, { scope })` and `@InjectMonitor(Section, { scope })`.
   *
   * @param scope a module, `billing`, or a component of one, `billing/invoices`
   * @throws TypeError for a scope that names no module, or when a section is no settings class.
   * @throws ConfigError `section-bound-twice` from `container.load`, when the container binds a section for the scope
   *   already; `section-not-bound` from its `get` methods, when no `ConfigModule` binds the section.
   *
   * @example
   * ```ts
   * const container = new Container();
   * await container.loadAsync(
   *   ConfigModule.fromOptions({ sections: [DatabaseSettings], sources: [configFolder('config')] }),
   *   ConfigModule.forScope('billing', [DatabaseSettings]),
   * );
   * const database = container.get(sectionIdentifier(DatabaseSettings, 'billing'));
   * ```
   */
  public static forScope(scope: string, sections: readonly SectionInput[]): ContainerModule {
    scopeLevels(scope);
    option.list.read(sections, 'forScope: sections');
    const entries = sectionEntries(sections);
    return new ContainerModule((container) => {
      bindView(container, scope, entries);
    });
  }

  /**
   * True for what this module has loaded, in whatever container.
   *
   * @internal
   */
  public owns({ plan }: ConfigScope): boolean {
    return plan === this.#plan;
  }
}

const MODULE_OPTIONS = {
  ...DEFINITION_OPTIONS,
  reload: RELOAD_OPTIONS,
  name: option.name,
} satisfies OptionKinds<ConfigModuleOptions>;

/** What `defineResource` and its siblings make is all of this; the floor of definitions knows no container. */
function resourcesOf({ resources = [] }: ConfigModuleOptions): readonly ModuleResource[] {
  return resources as readonly ModuleResource[];
}

/** All that can fail comes before anything is bound: a module that throws half-way would leave its bindings behind. */
async function loadScope(
  container: ContainerModuleLoadOptions,
  options: ConfigModuleOptions,
  plan: LoadPlan,
): Promise<void> {
  const { name, logger, metrics, secrets } = options;
  const resources = resourcesOf(options);
  const refuse = (): void => {
    refuseBoundTwice(container, plan, name);
    refuseResourcesTwice(container, resources);
  };
  refuse();
  const opened =
    resources.length === 0
      ? undefined
      : openResources(resources, plan, {
          clock: options.clock ?? systemClock,
          logger: guardLogger(logger),
          metrics: guardMetrics(metrics),
          hasTenants: options.tenants !== undefined,
        });
  const running = await startReloads(options, plan, options.reload, undefined, opened?.participants);
  opened?.attach(running);
  let tenants: RunningTenants | undefined;
  try {
    const base: TenantsBase = { ...running, plan, options };
    // What defineTenants makes starts so; the floor of definitions knows no container.
    tenants = (await options.tenants?.start(base)) as RunningTenants | undefined;
    if (tenants !== undefined) opened?.attachTenants(tenants.live);
    // Another module may have been loaded meanwhile.
    refuse();
  } catch (error) {
    await tenants?.close();
    await running.reloads.close();
    throw error;
  }
  const parents = scopesAbove(container);
  const access = secrets?.access;
  const scope = new ConfigScope({ ...running, plan, name, logger, metrics, access, parents, tenants });
  bindScope(container, scope);
  if (opened !== undefined) bindResources(container, opened.opened, scope);
  tenants?.bind(container, scope);
}
