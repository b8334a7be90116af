import { describe, expect, it, jest } from '@jest/globals';
import type { ConfigSource, LoadContext, WatchContext } from '../../../src/core/index.js';
import { ConfigError, createLayer, systemClock } from '../../../src/core/index.js';
import { policyOf, withRecovery } from '../../../src/runtime/recovery/recovery-policy.js';
import { markStandIn } from '../../../src/runtime/recovery/stand-in.js';
import { caught } from '../../sources/caught.js';
import { loadContext } from '../../sources/file-fixtures.js';

const failing = (error: Error, name?: string): ConfigSource =>
  withRecovery({ ...(name !== undefined && { name }), load: () => Promise.reject(error) }, {});
const failure = async (error: Error, name?: string): Promise<ConfigError> =>
  caught(async () => failing(error, name).load(loadContext()));

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
      new TypeError('withRecovery: source must be an object with a load function.'),
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

  it('says that a source cannot be reached, without its credentials', async () => {
    const error = await failure(new Error('connect redis://app:hunter2@cache:6379'), 'cache');
    expect(error).toMatchObject({ code: 'source-unreachable', category: 'source' });
    expect(error.cause).toBeUndefined();
    expect(error.message).toBe(
      'cache cannot be reached: Error: connect redis://[secure]@cache:6379\nCheck that it runs and can be reached from here.',
    );
  });

  it('says that a source refuses us', async () => {
    const error = await failure(Object.assign(new Error('password authentication failed'), { code: '28P01' }));
    expect(error.code).toBe('source-refused');
    expect(error.message).toMatch(/^The source refuses the connection: Error: password authentication failed\n/);
  });

  it('has words for an error without any', async () => {
    expect((await failure(Object.assign(new AggregateError([]), { code: 'ECONNREFUSED' }), 'db')).message).toMatch(
      /^db cannot be reached: AggregateError: ECONNREFUSED\n/,
    );
  });

  it("passes on the source's own ConfigError, and a slip in its code", async () => {
    const own = new ConfigError({ code: 'x', category: 'parse', message: 'No.' });
    expect(await failure(own)).toBe(own);
    const slip = new TypeError('undefined is not a function');
    await expect(Promise.resolve(failing(slip).load(loadContext()))).rejects.toBe(slip);
  });

  it('shows the source what it said itself, and never what stood in for it', async () => {
    const seen: LoadContext['previous'][] = [];
    const source = withRecovery({ load: ({ previous }) => (seen.push(previous), {}) }, {});
    const own = [createLayer({ name: 'a', tree: {} })];
    const other = [createLayer({ name: 'a', tree: {} })];
    markStandIn(other);
    await source.load(loadContext({ previous: own }));
    await source.load(loadContext({ previous: other }));
    expect(seen).toEqual([own, undefined]);
  });
});
