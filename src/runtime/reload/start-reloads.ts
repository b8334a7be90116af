import { silentLogger } from '../../core/index.js';
import { ConfigStore } from '../config-store.js';
import { loadGeneration } from '../load-generation.js';
import type { LoadOptions } from '../load-options.js';
import type { LoadPlan } from '../load-plan.js';
import type { ConfigEventListener } from '../events/index.js';
import { SourceRecovery, type SourceHealth, type SourceStatus } from '../recovery/index.js';
import { checkReloadOptions } from './check-reload-options.js';
import type { ReloadOptions } from './reload-options.js';
import { ReloadService } from './reload-service.js';

/** Settings that are loaded and kept current. */
export interface RunningSettings {
  readonly store: ConfigStore;
  readonly reloads: ReloadService;
}

/** Somebody who looks at what a program with these options would do, beside that program. */
export interface ReloadObserver {
  /** Hears all events, those of the first load among them. */
  readonly listener: ConfigEventListener;
}

/**
 * Loads the first generation and starts what keeps it current. When the load fails, nothing is left running. For an
 * observer the last known good is used and not written: the program itself says what has proved good.
 *
 * @throws ConfigError of a source, or `invalid-settings` with all issues.
 */
export async function startReloads(
  options: LoadOptions,
  plan: LoadPlan,
  reload: ReloadOptions = {},
  observer?: ReloadObserver,
): Promise<RunningSettings> {
  const { sources, logger = silentLogger, clock, lastKnownGood } = options;
  const { settle } = checkReloadOptions(reload);
  // What happens to sources during the first load is told when there is somebody to tell it.
  let reloads: ReloadService | undefined;
  const early: [SourceHealth, SourceStatus | undefined][] = [];
  const recovery = new SourceRecovery({
    sources,
    logger,
    ...(clock !== undefined && { clock }),
    ...(lastKnownGood !== undefined && { lastKnownGood }),
    saves: observer === undefined,
    requestReload: (index, reason) => reloads?.retrySource(index, reason),
    onStatus: (health, before) => {
      if (reloads === undefined) early.push([health, before]);
      else reloads.sourceChanged(health, before);
    },
  });
  try {
    const store = new ConfigStore(await loadGeneration(options, { plan, recovery, settle }));
    reloads = new ReloadService(store, options, reload, recovery);
    if (observer !== undefined) reloads.events.on(observer.listener);
    for (const [health, before] of early) reloads.sourceChanged(health, before);
    await reloads.start();
    return { store, reloads };
  } catch (error) {
    await (reloads?.close() ?? recovery.close());
    throw error;
  }
}
