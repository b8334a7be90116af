import { describe, expect, it } from '@jest/globals';
import { readReloadOptions, type ReloadOptions } from '../../../src/runtime/reload/reload-options.js';

describe('readReloadOptions', () => {
  it('knows the defaults', () => {
    expect(readReloadOptions({})).toMatchObject({
      watch: false,
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
    const checking = (): unknown => readReloadOptions(options);
    expect(checking).toThrow(TypeError);
    expect(checking).toThrow(`reload.${name} must be `);
  });

  it('says what the option is, in the words of who wrote it', () => {
    // As a caller without types may write it.
    const reading = (given: unknown) => () => readReloadOptions(given as ReloadOptions);
    expect(reading(true)).toThrow(
      new TypeError('reload must be an object of options, such as { watch: … }; got true.'),
    );
    expect(reading({ wach: true })).toThrow(new TypeError('reload.wach is not an option; did you mean watch?'));
    expect(reading({ debounce: 5 })).toThrow(
      new TypeError('reload.debounce must be a duration with a unit, such as 500ms, 10s or 1h30m; got 5.'),
    );
  });
});
