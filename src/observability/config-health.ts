import type { ReloadService } from '../runtime/index.js';
import { serviceHealth, type ConfigHealth, type HealthStatus } from './health.js';

/**
 * Reports how the configuration does. `degraded` when the last reload was rejected, a source is not `ok`, what it says is
 * not in use, a setting waits for a restart, or a singleton keeps old settings; `unhealthy` when the reload service has been closed, or is absent
 * because nothing could be loaded. Of several modules, `configHealth(container.getAll(ReloadService))`, it is the report of
 * all, with the worst status and without a `generation`, because each module counts its own. Subpath: `uno-config`.
 *
 * @example
 * ```ts
 * const health = configHealth(container.get(ReloadService));
 * if (health.status !== 'healthy') report(health.problems);
 * ```
 */
export function configHealth(reloads: ReloadService | readonly ReloadService[] | undefined): ConfigHealth {
  const all = reloads === undefined ? [] : 'status' in reloads ? [reloads] : reloads;
  return all.length > 1 ? together(all.map(serviceHealth)) : serviceHealth(all[0]);
}

const FROM_WORST: readonly HealthStatus[] = ['unhealthy', 'degraded', 'healthy'];

function together(all: readonly ConfigHealth[]): ConfigHealth {
  const [last] = all
    .flatMap(({ lastRejection }) => lastRejection ?? [])
    .toSorted((one, other) => other.time - one.time);
  return {
    status: FROM_WORST.find((status) => all.some((health) => health.status === status)) ?? 'healthy',
    problems: all.flatMap(({ problems }) => problems),
    sources: all.flatMap(({ sources }) => sources),
    sections: all.flatMap(({ sections }) => sections),
    wanted: all.flatMap(({ wanted }) => wanted),
    participants: all.flatMap(({ participants }) => participants),
    ...(last !== undefined && { lastRejection: last }),
    restartRequired: all.flatMap(({ restartRequired }) => restartRequired),
    staleSingletons: all.flatMap(({ staleSingletons }) => staleSingletons),
  };
}
