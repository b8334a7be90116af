import { ConfigError, guardMetrics, systemClock, traced } from '../../core/index.js';
import type { Generation } from '../generation/index.js';
import type { LoadOptions } from '../plan/index.js';
import { PhaseMeter } from './phase-meter.js';

/** Takes the time of the parts of a load. */
export type LoadMeter = PhaseMeter<'read' | 'merge' | 'resolve' | 'bind' | 'check'>;

/** Runs a load inside a span, and counts and measures it; only where the options ask for any of that. */
export async function meteredLoad(
  { clock = systemClock, metrics: port, tracer, sources, sections }: LoadOptions,
  isReload: boolean,
  load: (meter: LoadMeter) => Promise<Generation>,
): Promise<Generation> {
  const metrics = guardMetrics(port);
  const meter: LoadMeter = new PhaseMeter('config.load.phase.duration', clock, metrics);
  const attributes = {
    'config.sources': sources.length,
    'config.sections': sections.length,
    'config.reload': isReload,
  };
  return traced(tracer, 'config.load', attributes, async (span) => {
    const started = clock.monotonic();
    let result = 'failed';
    try {
      const generation = await load(meter);
      result = 'ok';
      span.set({ 'config.generation': generation.number });
      return generation;
    } catch (error) {
      span.fail(ConfigError.is(error) ? error.code : 'unknown');
      throw error;
    } finally {
      meter.end();
      metrics.count('config.loads', 1, { result });
      metrics.record('config.load.duration', (clock.monotonic() - started) / 1_000, { result });
    }
  });
}
