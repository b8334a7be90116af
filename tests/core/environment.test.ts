import { describe, expect, it } from '@jest/globals';
import {
  appliesIn,
  checkDeclared,
  checkEnvironments,
  declaredEnvironments,
  environmentKind,
  ENVIRONMENTS,
  environmentSpellings,
  parseEnvironment,
} from '../../src/core/index.js';

const declared = { staging: 'production', qa: 'test' } as const;

describe('parseEnvironment', () => {
  it.each([
    ['dev', 'development'],
    ['development', 'development'],
    ['test', 'test'],
    ['testing', 'test'],
    ['prod', 'production'],
    ['production', 'production'],
    ['staging', 'staging'],
    ['qa', 'qa'],
  ])('reads %s as %s in any case', (spelling, environment) => {
    const read = [spelling, ` ${spelling.toUpperCase()} `].map((text) => parseEnvironment(text, declared));
    expect(read).toEqual([environment, environment]);
    expect(environmentSpellings(declared)).toContain(spelling);
  });

  it('knows no other spelling', () => {
    expect(['staging', 'toString', ''].map((text) => parseEnvironment(text))).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });
});

describe('what an environment is like', () => {
  it('is what is declared of it, and itself for one of the three', () => {
    expect(environmentKind({ environment: 'qa', like: 'test' })).toBe('test');
    expect(ENVIRONMENTS.map((environment) => environmentKind({ environment }))).toEqual(ENVIRONMENTS);
  });

  it('is as strict as there is where nobody knows', () => {
    expect(environmentKind({ environment: 'moon' })).toBe('production');
  });

  it('decides where something applies, and so does its name', () => {
    const staging = { environment: 'staging', like: 'production' } as const;
    const only = [undefined, 'staging', 'production', ['test', 'production'], 'qa', 'development', []] as const;
    expect(only.map((names) => appliesIn(names, staging))).toEqual([true, true, true, true, false, false, false]);
    // What is for staging alone is not for production.
    expect(appliesIn('staging', { environment: 'production' })).toBe(false);
  });
});

describe('declaredEnvironments', () => {
  it('takes environments with the kind that each is like', () => {
    const given = { staging: 'production', qa: 'test', 'load-test': 'development' };
    expect(declaredEnvironments(given)).toEqual(given);
    expect(declaredEnvironments(undefined)).toEqual({});
  });

  it.each<[unknown, string]>([
    [['staging'], "environments: give the kind of each, such as { staging: 'production', qa: 'test' }."],
    [{ Staging: 'production' }, 'environments.Staging: a name has small letters, digits and single hyphens.'],
    [{ 'eu.west': 'production' }, 'environments.eu.west: a name has small letters, digits and single hyphens.'],
    [{ prod: 'production' }, 'environments.prod: always exists; leave it out.'],
    [{ local: 'development' }, 'environments.local: files with this name have another meaning.'],
    [{ database: 'test' }, 'environments.database: is the name of a section, whose files it would take.'],
    [
      { qa: 'staging' },
      `environments.qa: "staging" is not a kind of environment; write 'development' or 'test' or 'production'.`,
    ],
    [{ qa: 'prod' }, `environments.qa: "prod" is not a kind of environment; write 'production'.`],
    [
      { qa: 1 },
      `environments.qa: a number is not a kind of environment; write 'development' or 'test' or 'production'.`,
    ],
  ])('refuses %j', (given, message) => {
    expect(() => declaredEnvironments(given, ['database'])).toThrow(new TypeError(message));
  });
});

describe('checkEnvironments', () => {
  it.each([[ENVIRONMENTS], [['test']], ['production'], ['staging']])('takes %j', (names) => {
    expect(() => {
      checkEnvironments('in', names);
    }).not.toThrow();
  });

  it.each([
    ['prod', '"prod"'],
    [['test', 'Staging'], '"Staging"'],
    [5, 'a number'],
    [[undefined], 'nothing'],
  ])('refuses %j, and lists those that there are', (names, shown) => {
    expect(() => {
      checkEnvironments('in', names);
    }).toThrow(new TypeError(`in: ${shown} is not an environment; write development, test, production.`));
  });
});

describe('checkDeclared', () => {
  it('takes those that there are, and refuses what nobody has declared with the way to do so', () => {
    expect(() => {
      checkDeclared('in', 'staging', declared);
    }).not.toThrow();
    expect(() => {
      checkDeclared('in', 'moon', declared);
    }).toThrow(
      new TypeError(
        'in: "moon" is not an environment; write development, test, production, staging, qa; ' +
          "or declare its kind: environments: { moon: 'production' }.",
      ),
    );
  });

  it('leaves that out for a slip', () => {
    expect(() => {
      checkDeclared('in', 'stagin', declared);
    }).toThrow(/staging, qa[.]$/);
  });
});
