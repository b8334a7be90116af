import { describe, expect, it } from '@jest/globals';
import { checkReloadOptions } from '../../../src/runtime/reload/check-reload-options.js';

describe('checkReloadOptions', () => {
  it('knows the defaults', () => {
    expect(checkReloadOptions({})).toEqual({
      debounce: 100,
      pollInterval: 500,
      settle: 500,
      bake: 0,
      prepareTimeout: 30_000,
      verifyTimeout: 30_000,
      closeTimeout: 10_000,
      history: 10,
    });
  });

  it.each([
    ['debounce', { debounce: 'soon' }],
    ['pollInterval', { pollInterval: 'often' }],
    ['settle', { settle: 'a bit' }],
    // Not when the first generation is to be verified: it has become current by then.
    ['bake', { verify: [], bake: 'long' }],
    ['prepareTimeout', { prepareTimeout: 30 as never }],
    ['verifyTimeout', { verifyTimeout: 'long' }],
    ['closeTimeout', { closeTimeout: 'a while' }],
    ['verify[0]', { verify: [(() => true) as never] }],
    ['dependants[1]', { dependants: [{ name: 'pool', prepare: () => undefined }, { name: 'cache' } as never] }],
    ['signal', { signal: 'SIGTERM' as never }],
    ['history', { history: 0 }],
    ['history', { history: 1.5 }],
  ])('names %s when it is wrong', (name, options) => {
    const checking = (): unknown => checkReloadOptions(options);
    expect(checking).toThrow(TypeError);
    expect(checking).toThrow(`reload.${name}: `);
  });
});
