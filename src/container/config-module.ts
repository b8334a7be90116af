import { ContainerModule, type ContainerModuleLoadOptions } from 'inversify';
import { planLoad, startReloads, type LoadOptions, type LoadPlan, type ReloadOptions } from '../runtime/index.js';
import { bindScope } from './bind-scope.js';
import { ConfigScope } from './config-scope.js';
import { refuseBoundTwice, scopesAbove } from './loaded-scopes.js';

/** What {@link ConfigModule} takes: the sections, their sources, how strictly they are read, and when again. */
export interface ConfigModuleOptions extends LoadOptions {
  /** When and how settings are reloaded while the program runs; only when asked to, by default. */
  readonly reload?: ReloadOptions;
  /** Tells this module from others of the same container: `@inject(ReloadService) @named('billing')`. */
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
   *   `container.loadAsync`, `section-bound-twice` when another module of the container binds one of the sections.
   */
  public static fromOptions(options: ConfigModuleOptions): ConfigModule {
    return new ConfigModule(options, planLoad(options, false));
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

/** All that can fail comes before anything is bound: a module that throws half-way would leave its bindings behind. */
async function loadScope(
  container: ContainerModuleLoadOptions,
  options: ConfigModuleOptions,
  plan: LoadPlan,
): Promise<void> {
  refuseBoundTwice(container, plan, options.name);
  const running = await startReloads(options, plan, options.reload);
  try {
    // Another module may have been loaded meanwhile.
    refuseBoundTwice(container, plan, options.name);
  } catch (error) {
    await running.reloads.close();
    throw error;
  }
  const { name, logger, metrics, secrets } = options;
  const parents = scopesAbove(container);
  bindScope(container, new ConfigScope({ ...running, plan, name, logger, metrics, access: secrets?.access, parents }));
}
