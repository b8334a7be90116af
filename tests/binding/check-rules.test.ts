import { describe, expect, it } from '@jest/globals';
import { ruleFinding, violationsOf } from '../../src/binding/index.js';

describe('the violations in a verdict', () => {
  it('are none when it is true', () => {
    expect(violationsOf(true, 'is wrong', 'Mend it.')).toEqual([]);
  });

  it('are what the rule declares when it is false, without a hint where none is declared', () => {
    expect(violationsOf(false, 'is wrong', 'Mend it.')).toStrictEqual([{ message: 'is wrong', hint: 'Mend it.' }]);
    expect(violationsOf(false, 'is wrong', undefined)).toStrictEqual([{ message: 'is wrong' }]);
  });

  it('are those that it names, one or several', () => {
    const one = { message: 'one', path: 'a' };
    const two = { message: 'two' };
    expect(violationsOf(one, 'is wrong', 'Mend it.')).toEqual([one]);
    expect(violationsOf([one, two], 'is wrong', 'Mend it.')).toEqual([one, two]);
  });
});

describe('the finding of a violation', () => {
  it('is about the section where nobody names a field', () => {
    expect(ruleFinding({ message: 'is wrong' }, ['app'], ['app'])).toStrictEqual({
      code: 'rule',
      path: ['app'],
      message: 'is wrong',
    });
  });

  it('is about the declared fields, at the first of them', () => {
    expect(ruleFinding({ message: 'is wrong', hint: 'Mend it.' }, ['app'], ['app'], ['a', 'b.c'])).toStrictEqual({
      code: 'rule',
      path: ['app', 'a'],
      message: 'is wrong',
      fields: [
        ['app', 'a'],
        ['app', 'b', 'c'],
      ],
      hint: 'Mend it.',
    });
  });

  it('is about the field that it names itself', () => {
    expect(ruleFinding({ message: 'is wrong', path: 'x' }, ['app'], [], ['a', 'b'])).toMatchObject({
      path: ['x'],
      fields: [['x']],
    });
  });
});
