import { describe, expect, it } from '@jest/globals';
import type { ConfigIssue } from '../../src/core/index.js';
import { ConfigError } from '../../src/core/index.js';

const MISSING: ConfigIssue = { code: 'missing', path: ['database', 'host'], message: 'is not set' };
const WRONG: ConfigIssue = {
  code: 'not-an-integer',
  path: ['http', 'port'],
  message: 'must be an integer, got "80a"',
  hint: 'Write digits only.',
  origin: { kind: 'environment', source: 'environment', key: 'APP_HTTP__PORT' },
};

describe('ConfigError', () => {
  it('says everything that is wrong, and the way out last', () => {
    const error = new ConfigError({
      code: 'invalid-settings',
      category: 'validation',
      message: 'The settings are not valid.',
      issues: [MISSING, WRONG],
      recovery: 'Correct them and start again.',
    });
    expect(error.message).toBe(
      [
        'The settings are not valid.',
        '  - database.host: is not set',
        '  - http.port: must be an integer, got "80a"',
        '    from APP_HTTP__PORT (environment)',
        '    Write digits only.',
        'Correct them and start again.',
      ].join('\n'),
    );
  });

  it('holds code, category, issues and recovery as data', () => {
    const error = new ConfigError({
      code: 'source-not-found',
      category: 'source',
      message: 'It is not there.',
      issues: [MISSING],
      recovery: 'Create it.',
    });
    expect(error).toMatchObject({
      name: 'ConfigError',
      code: 'source-not-found',
      category: 'source',
      issues: [MISSING],
      recovery: 'Create it.',
    });
  });

  it('is one line when there is nothing to add', () => {
    const error = new ConfigError({ code: 'acme:x', category: 'source', message: 'It failed.' });
    expect(error.message).toBe('It failed.');
    expect(error.issues).toEqual([]);
    expect(error.recovery).toBe('');
  });

  it('keeps issues of its own that nobody can change', () => {
    const given = [MISSING];
    const error = new ConfigError({ code: 'acme:x', category: 'source', message: 'It failed.', issues: given });
    given.push(WRONG);
    expect(error.issues).toEqual([MISSING]);
    expect(Object.isFrozen(error.issues)).toBe(true);
  });

  it('is an Error with the cause it was given', () => {
    const cause = new Error('disk');
    const error = new ConfigError({ code: 'acme:x', category: 'source', message: 'It failed.', cause });
    expect(error).toBeInstanceOf(Error);
    expect(error.cause).toBe(cause);
  });

  it('has no cause at all when none was given', () => {
    expect('cause' in new ConfigError({ code: 'acme:x', category: 'source', message: 'It failed.' })).toBe(false);
  });
});

describe('ConfigError.is', () => {
  it('knows its own', () => {
    expect(ConfigError.is(new ConfigError({ code: 'acme:x', category: 'source', message: 'It failed.' }))).toBe(true);
  });

  it('knows the error of another copy of the package', () => {
    const other = Object.assign(new Error('x'), { [Symbol.for('uno-config.ConfigError')]: true });
    expect(ConfigError.is(other)).toBe(true);
  });

  it.each([[new Error('x')], [null], [undefined], ['ConfigError'], [{ name: 'ConfigError' }], [() => undefined]])(
    'is false for %p',
    (other) => {
      expect(ConfigError.is(other)).toBe(false);
    },
  );
});
