import { describe, expect, it } from '@jest/globals';
import { checkEnvironments, ENVIRONMENTS } from '../../src/core/index.js';

describe('checkEnvironments', () => {
  it.each([[ENVIRONMENTS], [['test']], ['production']])('takes %j', (names) => {
    expect(() => {
      checkEnvironments('in', names);
    }).not.toThrow();
  });

  it.each([
    ['prod', '"prod"'],
    [['test', 'staging'], '"staging"'],
    [5, 'a number'],
    [[undefined], 'nothing'],
  ])('refuses %j, and lists those that there are', (names, shown) => {
    expect(() => {
      checkEnvironments('in', names);
    }).toThrow(new TypeError(`in: ${shown} is not an environment; write development, test, production.`));
  });
});
