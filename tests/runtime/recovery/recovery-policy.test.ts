import { describe, expect, it, jest } from '@jest/globals';
import type { ConfigSource, WatchContext } from '../../../src/core/index.js';
import { systemClock } from '../../../src/core/index.js';
import { policyOf, withRecovery } from '../../../src/runtime/recovery/recovery-policy.js';
import { loadContext } from '../../sources/file-fixtures.js';

describe('withRecovery', () => {
  it('declares retries, and nothing that stands in, unless told otherwise', () => {
    const policy = policyOf(withRecovery({ load: () => ({}) }, {}));
    expect(policy).toMatchObject({ lastKnownGood: false, defaults: false, backoff: { initial: 1000 } });
    expect(policyOf(withRecovery({ load: () => ({}) }, { retry: false }))?.backoff).toBeUndefined();
    expect(policyOf({ load: () => ({}) })).toBeUndefined();
  });

  it('refuses what is no source', () => {
    // What a caller without types might write.
    const nothing = {} as ConfigSource;
    expect(() => withRecovery(nothing, {})).toThrow(
      new TypeError('withRecovery: source must be a source with load(); got an object.'),
    );
  });

  it('keeps the name, has an id of its own, and passes on load, watch and close', async () => {
    const inner = {
      name: 'a',
      id: 'b',
      load: () => ({ x: 1 }),
      watch: jest.fn<(context: WatchContext) => void>(),
      close: jest.fn<() => void>(),
    };
    const source = withRecovery(inner, {});
    expect(source).toMatchObject({ name: 'a', id: 'recovery:b' });
    expect(await source.load(loadContext())).toEqual({ x: 1 });
    const context = { ...loadContext(), changed: () => undefined, pollInterval: 500, clock: systemClock };
    await source.watch?.(context);
    expect(inner.watch).toHaveBeenCalledWith(context);
    await source.close?.();
    expect(inner.close).toHaveBeenCalledTimes(1);
  });

  it('does not watch for a source that cannot', () => {
    expect(withRecovery({ load: () => ({}) }, {})).not.toHaveProperty('watch');
  });

  it('keeps the pace that the source declares', () => {
    expect(withRecovery({ load: () => ({}), poll: '30s', timeout: '5s' }, {})).toMatchObject({
      poll: '30s',
      timeout: '5s',
    });
  });
});
