import { describe, expect, it } from '@jest/globals';
import { optionMistake } from '../../src/cli/usage-error.js';
import { ConfigError, OptionMistake } from '../../src/core/index.js';

describe('optionMistake', () => {
  it.each([
    new OptionMistake('sources[1] must be a source with load(); got a string.'),
    new ConfigError({ code: 'duplicate-section', category: 'binding', message: 'Twice.' }),
  ])('names the file for: %s', (error) => {
    expect(optionMistake('uno.config.ts', error)).toMatchObject({
      name: 'UsageError',
      message: `uno.config.ts cannot be used. ${error.message}`,
    });
  });

  it.each([new TypeError("Cannot read properties of undefined (reading 'x')"), new RangeError('sections: x'), 'text'])(
    'does not hide what is no mistake of the definition: %s',
    (error) => {
      const thrown = (): unknown => {
        try {
          return optionMistake('uno.config.ts', error);
        } catch (caught) {
          return [caught];
        }
      };
      expect(thrown()).toEqual([error]);
    },
  );
});
