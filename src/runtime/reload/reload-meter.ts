import { guardMetrics, systemClock, traced } from '../../core/index.js';
import type { ConfigStore } from '../generation/index.js';
import type { LoadOptions } from '../plan/index.js';
import { PhaseMeter } from '../load/index.js';
import type { ReloadOutcome } from './reload-outcome.js';

/** Runs a reload inside a span, and counts and measures it; only where the options ask for any of that. */
export async function meteredReload(
  { clock = systemClock, metrics: port, tracer }: LoadOptions,
  reload: () => Promise<ReloadOutcome>,
): Promise<ReloadOutcome> {
  const metrics = guardMetrics(port);
  return traced(tracer, 'config.reload', {}, async (span) => {
    const started = clock.monotonic();
    const outcome = await reload();
    const { status: result, generation } = outcome;
    span.set({ 'config.result': result, 'config.generation': generation.number });
    if (outcome.status === 'rejected') span.fail(outcome.error.code);
    metrics.count('config.reloads', 1, { result });
    metrics.record('config.reload.duration', (clock.monotonic() - started) / 1_000, { result });
    return outcome;
  });
}

/** Takes the time of the parts of a reload, and of a rollback, that come after the load. */
export function moveMeter({ clock = systemClock, metrics }: LoadOptions): PhaseMeter<'prepare' | 'commit'> {
  return new PhaseMeter('config.reload.phase.duration', clock, guardMetrics(metrics));
}

/** Lets the age of the settings in use be collected, in seconds; the answer ends it. */
export function meterAge(store: ConfigStore, { clock = systemClock, metrics }: LoadOptions): () => void {
  return guardMetrics(metrics).observe('config.generation.age', () => (clock.now() - store.current.time) / 1_000);
}
