import { describe, expect, it } from '@jest/globals';
import { ConfigError } from '../../src/core/index.js';
import { detectEnvironment } from '../../src/sources/index.js';

describe('detectEnvironment', () => {
  it('is development when nothing says otherwise', () => {
    expect(detectEnvironment({})).toBe('development');
  });

  it('asks UNO_ENV, ENVIRONMENT, ENV and NODE_ENV in that order', () => {
    const env: NodeJS.ProcessEnv = { UNO_ENV: 'prod', ENVIRONMENT: 'test', ENV: 'dev', NODE_ENV: 'testing' };
    const answers = [detectEnvironment(env)];
    for (const name of ['UNO_ENV', 'ENVIRONMENT', 'ENV']) {
      // The test walks down the order by removing what was asked before.
      env[name] = undefined;
      answers.push(detectEnvironment(env));
    }
    expect(answers).toEqual(['production', 'test', 'development', 'test']);
  });

  it('passes over blank variables', () => {
    expect(detectEnvironment({ UNO_ENV: '', ENVIRONMENT: '  ', NODE_ENV: 'production' })).toBe('production');
  });

  it('reads the environment of this process when given none', () => {
    expect(detectEnvironment()).toBe('test');
  });

  it('refuses another value, naming the variable, the value and the legal ones', () => {
    let caught: unknown;
    try {
      detectEnvironment({ NODE_ENV: 'staging' });
    } catch (error) {
      caught = error;
    }
    expect(caught).toBeInstanceOf(ConfigError);
    expect(caught).toMatchObject({
      code: 'unknown-environment',
      category: 'source',
      message:
        'NODE_ENV is "staging", which is not an environment.\n' +
        'Set NODE_ENV to one of dev, development, test, testing, prod, production; or set UNO_ENV, which is asked first; ' +
        "or declare its kind: environments: { staging: 'production' }.",
    });
  });

  it('knows those that the application declares, whatever the case', () => {
    expect(detectEnvironment({ NODE_ENV: 'Staging' }, { staging: 'production' })).toBe('staging');
  });

  it('tells nobody to declare what seems to be a slip, or is no name', () => {
    for (const text of ['prodution', 'a b', 'local']) {
      expect(() => detectEnvironment({ UNO_ENV: text })).toThrow(/prod, production[.]$/);
    }
  });

  it('shortens a long value', () => {
    expect(() => detectEnvironment({ UNO_ENV: 'x'.repeat(5000) })).toThrow(`UNO_ENV is "${'x'.repeat(40)}…"`);
  });
});
