import { describe, expect, it } from '@jest/globals';
import * as decorators from '../../src/sections/decorators.js';

/** As code without types calls them. */
const {
  Alias,
  ConfigSection,
  Deprecated,
  Describe,
  IsByteSize,
  IsDuration,
  ListOf,
  MapOf,
  Merge,
  mergeBy,
  Rule,
  Secure,
} = decorators as unknown as Record<keyof typeof decorators, (...given: readonly unknown[]) => unknown>;

describe('a decorator without types', () => {
  it.each([
    // A level in the wrong place would have been a secret that is only masked.
    ['@Secure: the options must be an object of options', () => Secure('sealed')],
    ['@Secure: lvl is not an option; did you mean level?', () => Secure({ lvl: 'sealed' })],
    ['@Secure: scope is not an option', () => Secure({ scope: 'x' })],
    [
      '@Secure: level must be one of "mask", "encrypt", "sealed"; got "seald". Did you mean',
      () => Secure({ level: 'seald' }),
    ],
    ['@Secure: as must be one of "text"', () => Secure({ as: 'jsn' })],
    ['@Secure: audit must be one of "required"', () => Secure({ audit: true })],
    ['@Secure: optional must be true or false', () => Secure({ optional: 'no' })],
    ['@Secure: readers is a list of classes', () => Secure({ readers: 'injectd' })],
    ['@Merge: strategy must be one of "replace"', () => Merge('apend')],
    ['@Merge: strategy.by must be a string that is not empty', () => Merge({ by: '' })],
    ['mergeBy: key must be a string that is not empty', () => mergeBy()],
    ['@IsDuration: mn is not an option; did you mean min?', () => IsDuration({ mn: '1s' })],
    ['@IsDuration: min must be a duration', () => IsDuration({ min: '1' })],
    ['@IsByteSize: mx is not an option; did you mean max?', () => IsByteSize({ mx: '1MB' })],
    ['@IsByteSize: max must be a size', () => IsByteSize({ max: 'much' })],
    [
      "@ConfigSection('db'): versoin is not an option; did you mean version?",
      () => ConfigSection('db', { versoin: 2 }),
    ],
    ["@ConfigSection('db'): version must be a whole number from 1 on", () => ConfigSection('db', { version: 0 })],
    ["@Alias('5'): an alias is", () => Alias(5)],
    ['@Describe: description must be a string', () => Describe({ example: 1 })],
    ['@Describe: exmple is not an option; did you mean example?', () => Describe('Host.', { exmple: 'db' })],
    ['@Deprecated: instead is not an option', () => Deprecated({ instead: 'host' })],
    ['@Deprecated: use must be a string that is not empty', () => Deprecated({ use: '' })],
    ['@ListOf: item must be a function', () => ListOf()],
    ['@MapOf: item must be a function', () => MapOf('string')],
  ])('is told: %s', (words, decorate) => {
    expect(decorate).toThrow(TypeError);
    expect(decorate).toThrow(words);
  });

  it('is told of the options of a rule where it is declared', () => {
    // A caller without types.
    const options: object = { feilds: ['min'] };
    expect(() => Rule('min must not exceed max', options)).toThrow(
      "@Rule('min must not exceed max'): feilds is not an option; did you mean fields?",
    );
  });

  it('may allow lengths and sizes of nothing', () => {
    expect(() => [IsDuration({ min: '0s' }), IsByteSize({ min: '0B' })]).not.toThrow();
  });
});
