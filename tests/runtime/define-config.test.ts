import { describe, expect, it } from '@jest/globals';
import { defineConfig, type ConfigDefinition } from '../../src/runtime/index.js';

class HttpSettings {}

const definition: ConfigDefinition = { sections: [HttpSettings], sources: [] };

describe('defineConfig', () => {
  it('gives back what it is told, frozen', () => {
    const defined = defineConfig({ ...definition, environments: ['test'], region: 'eu' });
    expect(defined).toEqual({ ...definition, environments: ['test'], region: 'eu' });
    expect(Object.isFrozen(defined)).toBe(true);
  });

  it.each([[[]], ['test']])('refuses the environments %j', (environments) => {
    // What JavaScript may pass.
    const told = { ...definition, environments } as unknown as ConfigDefinition;
    expect(() => defineConfig(told)).toThrow(
      new TypeError('environments: list one or more of development, test, production.'),
    );
  });

  it('refuses a word that is not an environment', () => {
    const told = { ...definition, environments: ['test', 'prod'] } as unknown as ConfigDefinition;
    expect(() => defineConfig(told)).toThrow(
      new TypeError('environments: "prod" is not an environment; write development, test, production.'),
    );
  });
});
