import { describe, expect, it } from '@jest/globals';
import { defineConfig, type ConfigDefinition } from '../../src/runtime/index.js';

class HttpSettings {}

const definition: ConfigDefinition = { sections: [HttpSettings], sources: [] };

describe('defineConfig', () => {
  it('gives back what it is told, frozen', () => {
    const defined = defineConfig({ ...definition, validateIn: ['test'], region: 'eu' });
    expect(defined).toEqual({ ...definition, validateIn: ['test'], region: 'eu' });
    expect(Object.isFrozen(defined)).toBe(true);
  });

  it.each([
    [[], 'an empty list'],
    ['test', 'a string'],
  ])('refuses to validate in %j', (validateIn, got) => {
    // What JavaScript may pass.
    const told = { ...definition, validateIn } as unknown as ConfigDefinition;
    expect(() => defineConfig(told)).toThrow(
      new TypeError(`validateIn must be a list of one environment or more; got ${got}.`),
    );
  });

  it('refuses a word that is not an environment', () => {
    const told = { ...definition, validateIn: ['test', 'prod'] } as unknown as ConfigDefinition;
    expect(() => defineConfig(told)).toThrow(
      new TypeError('validateIn: "prod" is not an environment; write development, test, production.'),
    );
  });
});
