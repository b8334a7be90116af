import { describe, expect, it } from '@jest/globals';
import fc from '../fast-check.js';
import { loadSettings } from '../../src/runtime/index.js';
import { cliArgs, object, processEnv } from '../../src/sources/index.js';
import * as evil from './evil.js';
import { FUZZ_KEYS, FuzzSettings } from './fuzz-settings.js';
import { survives } from './survive.js';

const names = fc.array(fc.constantFrom(...FUZZ_KEYS), { minLength: 1, maxLength: 3 });
const env = fc
  .array(fc.tuple(names, evil.text), { maxLength: 3 })
  .map((entries) =>
    Object.fromEntries(entries.map(([keys, text]) => [`APP_A__${keys.join('__').toUpperCase()}`, text])),
  );
const argv = fc
  .array(fc.tuple(names, evil.text), { maxLength: 3 })
  .map((entries) => entries.map(([keys, text]) => `--a.${keys.join('.')}=${text}`));

describe('loadSettings', () => {
  it('survives any layers: frozen settings or a ConfigError', async () => {
    const input = fc.record({ low: evil.tree, high: evil.map(evil.text), env, argv });
    await survives(input, async ({ low, high, env: variables, argv: given }) => {
      const settings = await loadSettings(FuzzSettings, {
        environment: 'test',
        env: {},
        unknownKeys: 'ignore',
        sources: [
          object(low),
          object({ a: high }),
          processEnv({ prefix: 'APP_', env: variables }),
          cliArgs({ argv: given }),
        ],
      });
      expect(settings).toBeInstanceOf(FuzzSettings);
      expect(Object.isFrozen(settings)).toBe(true);
    });
    expect.hasAssertions();
  });
});
