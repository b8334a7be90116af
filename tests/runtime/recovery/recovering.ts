import { jest } from '@jest/globals';
import type { ConfigLayer, ConfigSource, LoadContext } from '../../../src/core/index.js';
import { ConfigError, createLayer } from '../../../src/core/index.js';
import type { LastKnownGoodCache, RecoveryPolicy, SourceRecoveryOptions } from '../../../src/runtime/index.js';
import { SourceRecovery, withRecovery } from '../../../src/runtime/index.js';
import { loadContext } from '../../sources/file-fixtures.js';
import { FakeClock } from '../fake-clock.js';
import { RecordingLogger } from '../loading.js';

export const outage = (code = 'source-unreachable'): ConfigError =>
  new ConfigError({ code, category: 'source', message: 'service cannot be reached.', recovery: 'Wait.' });
export const garbage = (): ConfigError =>
  new ConfigError({ code: 'invalid-json', category: 'parse', message: 'service answers nonsense.' });
export const answer = (tree: object): readonly ConfigLayer[] => [createLayer({ name: 'service', tree: { ...tree } })];

/** A recovery for one source called `service`, and the hands to play with it. */
export class Recovering {
  readonly clock = new FakeClock();
  readonly logger = new RecordingLogger();
  readonly requested: string[] = [];
  readonly onStatus = jest.fn<NonNullable<SourceRecoveryOptions['onStatus']>>();
  readonly recovery: SourceRecovery;

  constructor(policy: RecoveryPolicy | undefined, more: Partial<SourceRecoveryOptions> = {}) {
    const inner: ConfigSource = { name: 'service', load: () => ({}) };
    this.recovery = new SourceRecovery({
      sources: [policy === undefined ? inner : withRecovery(inner, policy)],
      logger: this.logger,
      clock: this.clock,
      random: () => 0.5,
      requestReload: (index, reason) => this.requested.push(`${String(index)}: ${reason}`),
      onStatus: this.onStatus,
      ...more,
    });
  }

  /** Reads once; what the source does is a list of layers, or the error that it fails with. */
  async read(
    source: readonly ConfigLayer[] | Error,
    previous?: readonly ConfigLayer[],
    context: Partial<LoadContext> = {},
  ): Promise<readonly ConfigLayer[]> {
    return this.recovery.read(
      0,
      loadContext({ environment: 'test', ...(previous !== undefined && { previous }), ...context }),
      async () => (source instanceof Error ? Promise.reject(source) : Promise.resolve(source)),
    );
  }

  get health() {
    return this.recovery.sourceHealth()[0];
  }

  /** Keeps what was committed. */
  async save(layers: readonly ConfigLayer[], isSecret = (path: readonly string[]) => path.includes('password')) {
    const normalised = layers.map((layer) => ({ layer, tree: layer.tree }));
    const plan = { schema: loadContext().schema, isSecret };
    await this.recovery.save({ layersOf: () => normalised, plan, selectors: { environment: 'test' } });
  }
}

/** The same service, started anew. */
export function restarted(
  lastKnownGood: LastKnownGoodCache,
  policy: RecoveryPolicy = { lastKnownGood: true },
): Recovering {
  return new Recovering(policy, { lastKnownGood });
}
