import { Container } from 'inversify';
import { ConfigModule, ReloadService, type ConfigModuleOptions, type ReloadOutcome } from '../../../src/index.js';
import { configMetrics, type ConfigMetrics } from '../../../src/observability.js';
import { FakeClock } from '../../runtime/fake-clock.js';
import { RecordingLogger } from '../../runtime/loading.js';

/** A container over settings that a test edits. */
export interface World {
  readonly container: Container;
  readonly reloads: ReloadService;
  readonly clock: FakeClock;
  readonly logger: RecordingLogger;
  readonly metrics: ConfigMetrics;
  /** Sets values, and tells nobody. */
  readonly changeSilently: (next: object) => void;
  /** Sets values and reloads. */
  readonly edit: (next: object) => Promise<ReloadOutcome>;
}

/** Loads a module whose one source says what a test says. */
export async function world(
  options: Omit<ConfigModuleOptions, 'sources'>,
  first: object = {},
  container = new Container(),
): Promise<World> {
  let values = first;
  const [clock, logger, metrics] = [new FakeClock(), new RecordingLogger(), configMetrics()];
  const module = ConfigModule.fromOptions({
    environment: 'test',
    env: {},
    clock,
    logger,
    metrics,
    ...options,
    sources: [{ name: 'values', load: () => ({ ...values }) }],
  });
  await container.loadAsync(module);
  const reloads = container.get(ReloadService);
  return {
    container,
    reloads,
    clock,
    logger,
    metrics,
    changeSilently: (next) => {
      values = { ...values, ...next };
    },
    edit: async (next) => {
      values = { ...values, ...next };
      return reloads.reload('edited');
    },
  };
}
