import { describe, expect, it } from '@jest/globals';
import { checkRule, RULE_DEPTH, RULE_NODES } from '../../../src/core/rules/index.js';

const refs = new Set(['is-large']);

function problemsOf(rule: unknown): string[] {
  return checkRule(rule, { refs }).map(({ path, message }) => `${path.join('.')}: ${message}`);
}

describe('a rule', () => {
  it.each<[string, unknown]>([
    ['a comparison', { '>': [{ var: 'data.total' }, 100] }],
    ['a value between two', { '<': [1, { var: 'data.total' }, 100] }],
    ['an argument without its list', { '!': { var: 'data.isPaid' } }],
    ['a default', { '==': [{ var: ['data.country', 'DE'] }, 'DE'] }],
    ['membership', { and: [{ in: [{ var: 'data.country' }, ['DE', 'AT']] }, { in: ['x', { var: 'id' }] }] }],
    ['strings', { or: [{ starts_with: [{ var: 'type' }, 'order.'] }, { ends_with: [{ var: 'type' }, '.v2'] }] }],
    ['versions', { sem_ver: [{ var: 'data.version' }, '>=', '1.2'] }],
    ['a share by a key of its own', { fractional: [{ cat: ['x', { var: 'id' }] }, ['a', 10], ['b', 90]] }],
    ['a share by the usual key', { fractional: [['a'], ['b']] }],
    [
      'a share of computed names and weights',
      {
        fractional: [
          [{ var: 'tier' }, { if: [true, 1, 2] }],
          [true, 3],
        ],
      },
    ],
    ['another rule by its name', { and: [{ $ref: 'is-large' }, true] }],
    ['missing values', { missing_some: [1, ['data.a', 'data.b']] }],
    ['true', true],
  ])('may be %s', (_, rule) => {
    expect(problemsOf(rule)).toEqual([]);
  });

  it.each<[string, unknown, string]>([
    ['an operator that nobody knows', { '=': [1, 1] }, '=: there is no operator "=" in rules'],
    ['an operator that makes lists', { map: [[1], 1] }, 'map: there is no operator "map" in rules'],
    ['one that everything inherits', { constructor: [1] }, 'constructor: there is no operator "constructor" in rules'],
    ['two operators', { and: [{ '==': [1, 1], '!=': [1, 2] }] }, 'and.0: it must have one operator'],
    ['none', {}, ': it must have one operator'],
    ['too few arguments', { '==': [1] }, '==: "==" takes 2 arguments, not 1'],
    ['too many', { '<': [1, 2, 3, 4] }, '<: "<" takes 2 to 3 arguments, not 4'],
    ['no condition', { if: [true] }, 'if: "if" takes 2 arguments or more, not 1'],
    ['a name that is no text', { var: 5 }, 'var: "var" must name a value, such as "data.total"'],
    ['what a class has', { var: 'data.__proto__.x' }, 'var: "var" must name a value of the context, not of its class'],
    ['a number among strings', { starts_with: [{ var: 'type' }, 5] }, 'starts_with.1: "starts_with" compares strings'],
    ['no version', { sem_ver: [{ var: 'v' }, '>', 'new'] }, 'sem_ver.2: "sem_ver" compares versions, such as "1.4.0"'],
    ['no comparison', { sem_ver: ['1.0', '==', '1.0'] }, 'sem_ver.1: "sem_ver" compares by = != < <= > >= ^ ~'],
    [
      'an unknown operator in a bucket',
      { fractional: [[{ vat: 'x' }]] },
      'fractional.0.vat: there is no operator "vat" in rules',
    ],
    ['a name of no rule', { $ref: 'is-larg' }, '$ref: there is no evaluator "is-larg"'],
    ['a name that is none', { $ref: ['is-large'] }, '$ref: there is no evaluator of such a name'],
    ['half a weight', { fractional: [['a', 0.5]] }, 'fractional.0.1: a weight must be a whole number from 0 on'],
    [
      'a bucket that is none',
      { fractional: ['x', 'a'] },
      'fractional.1: "fractional" takes buckets, such as ["a", 50]',
    ],
    [
      'too much weight',
      { fractional: [['a', 2 ** 31]] },
      'fractional.0: all weights together must not be more than 2147483647',
    ],
    ['nothing to look into', { in: ['a', 5] }, 'in.1: "in" looks into a list or a string'],
    ['names that are none', { missing: [5] }, 'missing.0: "missing" takes names of values'],
    ['what JSON does not know', { '==': [1, Number.NaN] }, '==.1: it is no value that JSON knows'],
  ])('is refused for %s, at its place', (_, rule, problem) => {
    expect(problemsOf(rule)).toEqual([problem]);
  });

  it('is refused when an engine could not come to its end', () => {
    let deep: unknown = true;
    for (let depth = 0; depth < 5_000; depth++) deep = { '!': deep };
    const path = Array.from({ length: RULE_DEPTH }, () => '!').join('.');
    expect(problemsOf(deep)).toEqual([`${path}: it is deeper than 32 operators`]);
    const wide = { or: Array.from({ length: RULE_NODES }, () => true) };
    expect(problemsOf(wide)).toEqual([': it has more than 2000 operators and values']);
  });

  it('leads to the operator, and the rule, that was meant', () => {
    expect(checkRule({ $ref: 'is-larg' }, { refs })[0]?.hint).toBe('Did you mean "is-large"?');
    expect(checkRule({ $ref: 'is-large' })[0]?.message).toBe('there is no operator "$ref" in rules');
    expect(checkRule({ start_with: [1, 2] })[0]?.hint).toBe('Did you mean "starts_with"?');
  });
});
