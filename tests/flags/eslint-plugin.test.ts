import { describe, expect, it } from '@jest/globals';
import { Linter } from 'eslint';
import { parser } from 'typescript-eslint';
import { flagsPlugin } from '../../src/flags/eslint-plugin.js';

/** What the rule says about a class with a flag. */
function problemsOf(options: string): readonly string[] {
  const code = `class Flags {\n  @Flag(${options}) readonly a!: boolean;\n}`;
  const config = { languageOptions: { parser }, plugins: { flags: flagsPlugin }, rules: { 'flags/expired': 'error' } };
  return new Linter().verify(code, [config] as never).map(({ line, message }) => `${String(line)}: ${message}`);
}

describe('the lint rule for flags', () => {
  it('reports a flag whose last day is over', () => {
    expect(problemsOf(`{ key: 'old', default: false, 'expires': '2020-01-31' }`)).toEqual([
      '2: The flag "old" was to be gone after 2020-01-31: keep the branch that is taken, and remove the flag.',
    ]);
  });

  it.each([
    `{ key: 'new', default: false, expires: '9999-01-31' }`,
    `{ key: 'new', default: false }`,
    `{ key: 'new', default: false, expires: someDay }`,
    `options`,
    ``,
    `{ ...options, expires: 'soon', key: 'x' }`,
  ])('says nothing about %s', (options) => {
    expect(problemsOf(options)).toEqual([]);
  });
});
