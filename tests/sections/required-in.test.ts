import { describe, expect, it } from '@jest/globals';
import { fieldDeclarations, RequiredIn } from '../../src/sections/index.js';

describe('@RequiredIn', () => {
  it('declares the environments in which a default does not count', () => {
    class Settings {
      @RequiredIn('production', 'test') server = '';
    }
    expect(fieldDeclarations(Settings).get('server')).toEqual({ requiredIn: ['production', 'test'] });
  });

  it('needs at least one environment, and knows which there are', () => {
    // @ts-expect-error no environment would make it a decorator that does nothing
    RequiredIn();
    // prod is an alias people type, the environment is called production
    expect(() => RequiredIn('prod')).toThrow(TypeError);
  });
});
