import { describe, expect, it } from '@jest/globals';
import { ConfigStore, loadGeneration, ReloadService } from '../../src/runtime/index.js';
import { TWINS, TwinSources } from './twin-sections.js';

describe('a reload among others that misbehave', () => {
  it('outlives a listener of the commit and a drain that throw, and reloads again', async () => {
    const twins = new TwinSources();
    const options = { sections: TWINS, sources: twins.sources, environment: 'test', env: {} } as const;
    const store = new ConfigStore(await loadGeneration(options));
    const reloads = new ReloadService(store, options, {
      dependants: [{ name: 'pool', prepare: () => ({ commit: () => undefined, drain: () => fail('drain') }) }],
    });
    store.onCommit(() => fail('listener'));
    for (const serial of [1, 2]) {
      twins.serial = serial;
      expect(await reloads.reload('next')).toMatchObject({ status: 'committed', generation: { number: serial + 1 } });
    }
    await reloads.close();
  });
});

function fail(who: string): never {
  throw new Error(`${who} misbehaves`);
}
