import { describe, expect, it } from '@jest/globals';
import { ConfigSection } from '../../src/index.js';
import { fakeRemoteSource, testConfig, testKeyring, testSettings } from '../../src/testing/index.js';

@ConfigSection('http')
class HttpSettings {}

describe('the options of what tests use', () => {
  // As a caller without types may call them.
  it.each<[string, (options: never) => unknown, unknown, string]>([
    [
      'fakeRemoteSource',
      (options) => fakeRemoteSource({}, options),
      { pol: '1s' },
      'fakeRemoteSource: pol is not an option; did you mean poll?',
    ],
    ['testKeyring', testKeyring, { ap: 'orders' }, 'testKeyring: ap is not an option; did you mean app?'],
    [
      'testConfig',
      (options) => testConfig([HttpSettings], {}, options),
      { env: 1 },
      'env must be an object of strings; got 1.',
    ],
    [
      'testConfig',
      (options) => testConfig([HttpSettings], {}, options),
      7,
      'The options must be a plain object; got 7.',
    ],
    [
      'testSettings',
      (options) => testSettings(HttpSettings, {}, options),
      { enviroment: 'test' },
      'enviroment is not an option; did you mean environment?',
    ],
  ])('are refused by %s where they cannot be meant: %#', async (_, make, options, message) => {
    await expect((async () => Promise.resolve(make(options as never)))()).rejects.toThrow(new TypeError(message));
  });

  it('are followed by settings that are an object', () => {
    expect(() => fakeRemoteSource(undefined as never)).toThrow(
      new TypeError('fakeRemoteSource: the settings must be an object; got nothing.'),
    );
  });
});
