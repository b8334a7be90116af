import { describe, expect, it } from '@jest/globals';
import { Describe, fieldDeclarations } from '../../src/sections/index.js';

describe('@Describe', () => {
  it('declares a description alone', () => {
    class Settings {
      @Describe('The host.') host = '';
    }
    expect(fieldDeclarations(Settings).get('host')).toEqual({ description: 'The host.' });
  });

  it('takes one example, or several', () => {
    class Settings {
      @Describe('One.', { example: 'a' }) one = '';
      @Describe('Several.', { examples: ['a', 'b'] }) several = '';
      @Describe('Both.', { example: 'a', examples: ['b'] }) both = '';
      @Describe('None.', { examples: [] }) none = '';
    }
    const examples = [...fieldDeclarations(Settings).values()].map((field) => field.examples);
    expect(examples).toEqual([['a'], ['a', 'b'], ['a', 'b'], undefined]);
  });

  it.each([null, undefined, false, 0, ''])('takes %p for an example', (example) => {
    class Settings {
      @Describe('Odd.', { example }) field = '';
    }
    expect(fieldDeclarations(Settings).get('field')?.examples).toEqual([example]);
  });
});
