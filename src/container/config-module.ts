import { ContainerModule, type ContainerModuleLoadOptions } from 'inversify';
import { formatPath, guardMetrics } from '../core/index.js';
import {
  ConfigStore,
  createSectionMonitor,
  ConfigEvents,
  planLoad,
  ReloadService,
  startReloads,
  type LoadOptions,
  type LoadPlan,
  type ReloadOptions,
} from '../runtime/index.js';
import { bindSecrets } from './bind-secrets.js';
import { monitorIdentifier } from './inject-monitor.js';
import { trackSingletons } from './stale-singletons.js';

/** What {@link ConfigModule} takes: the sections, their sources, how strictly they are read, and when again. */
export interface ConfigModuleOptions extends LoadOptions {
  /** When and how settings are reloaded while the program runs; only when asked to, by default. */
  readonly reload?: ReloadOptions;
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
  private constructor(options: ConfigModuleOptions, plan: LoadPlan) {
    super(async (container) => {
      // All that can fail comes first: a module that throws half-way would leave its bindings behind.
      const { store, reloads } = await startReloads(options, plan, options.reload);
      bindSections(container, store, reloads, plan, options);
      bindSecrets(container, store, plan, options.secrets?.access);
    });
  }

  /**
   * Checks the options at once; sources are read by `container.loadAsync(module)`, which rejects with everything that is
   * wrong and binds nothing then.
   *
   * @throws TypeError naming an option that cannot be used.
   * @throws ConfigError `field-without-type`, `unusable-section-class`, `duplicate-section`, `ambiguous-key`.
   */
  public static fromOptions(options: ConfigModuleOptions): ConfigModule {
    return new ConfigModule(options, planLoad(options, false));
  }
}

// Asked for in place of the class: a container with `autobind` would try to make one of that.
const FIRST_STORE = Symbol('first ConfigStore of a container');

/** Binds every section of a plan, and the store, to what the store holds. */
export function bindSections(
  { bind, isBound }: ContainerModuleLoadOptions,
  store: ConfigStore,
  reloads: ReloadService,
  plan: LoadPlan,
  { logger, metrics: port }: Pick<LoadOptions, 'logger' | 'metrics'> = {},
): void {
  const track = trackSingletons(store, reloads, logger);
  const metrics = guardMetrics(port);
  // A second module brings sections of its own; the store injected by class is the first one's.
  if (!isBound(FIRST_STORE)) {
    bind(FIRST_STORE).toConstantValue(true);
    bind(ConfigStore).toConstantValue(store);
    bind(ConfigEvents).toConstantValue(reloads.events);
    // Unloading the module, or unbinding everything, ends the watching with it.
    bind(ReloadService)
      .toConstantValue(reloads)
      .onDeactivation(async (service) => service.close());
  }
  plan.sections.forEach(({ entry: { target, path, name } }, index) => {
    const attributes = { section: formatPath(path) };
    const read = metrics.sectionReads
      ? (): unknown => {
          metrics.count('config.section.reads', 1, attributes);
          return store.current.instances[index];
        }
      : (): unknown => store.current.instances[index];
    track(read, index);
    // The store holds one instance for each section of the plan. Asked anew each time, even where the container's default
    // is to keep what it got: the store moves on.
    const section = bind<unknown>(target).toDynamicValue(read).inTransientScope();
    const monitor = bind(monitorIdentifier(target)).toConstantValue(createSectionMonitor(store, index));
    if (name !== undefined) {
      section.whenNamed(name);
      monitor.whenNamed(name);
    } else {
      // Without a constraint this one would answer for every name too, a misspelled one included.
      section.whenDefault();
      monitor.whenDefault();
    }
  });
}
