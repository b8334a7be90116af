import { describe, expect, it } from '@jest/globals';
import { ConfigError } from '../../../src/core/index.js';
import { failureKind, foreignFailureKind } from '../../../src/runtime/recovery/failure-kind.js';

const sourceError = (code: string, rest: Partial<ConfigError> = {}): ConfigError =>
  new ConfigError({ code, category: 'source', message: 'No.', ...rest });
const failed = (code: string | number, key = 'code'): Error => Object.assign(new Error('no'), { [key]: code });

describe('failureKind', () => {
  it.each(['source-not-found', 'source-unreadable', 'source-timeout', 'source-unreachable'])(
    'takes %s for a source out of reach',
    (code) => {
      expect(failureKind(sourceError(code))).toBe('unreachable');
    },
  );

  it('knows a refusal by its code, and by what caused it', () => {
    expect(failureKind(sourceError('source-refused'))).toBe('refused');
    expect(failureKind(sourceError('source-unreachable', { cause: failed('28P01') }))).toBe('refused');
  });

  it.each(['not-a-map', 'too-deep', 'source-failed', 'forbidden-key'])('takes %s for a broken answer', (code) => {
    expect(failureKind(sourceError(code))).toBe('broken');
  });

  it('takes what does not parse for a broken answer', () => {
    expect(failureKind(new ConfigError({ code: 'source-unreadable', category: 'parse', message: 'No.' }))).toBe(
      'broken',
    );
  });

  it('takes an error with issues for a broken answer', () => {
    const issues = [{ code: 'x', path: ['a'], message: 'is wrong' }];
    expect(failureKind(sourceError('source-unreadable', { issues }))).toBe('broken');
  });
});

describe('foreignFailureKind', () => {
  it.each(['ECONNREFUSED', 'ENOTFOUND', 'ETIMEDOUT', 500])('takes %s for out of reach', (code) => {
    expect(foreignFailureKind(failed(code))).toBe('unreachable');
  });

  it.each([401, 403, '28P01', 'ERR_TLS_CERT_ALTNAME_INVALID', 'CERT_HAS_EXPIRED', 'DEPTH_ZERO_SELF_SIGNED_CERT'])(
    'takes %s for a refusal',
    (code) => {
      expect(foreignFailureKind(failed(code))).toBe('refused');
    },
  );

  it.each(['status', 'statusCode'])('reads the %s of an answer', (key) => {
    expect(foreignFailureKind(failed(401, key))).toBe('refused');
  });

  it('looks into causes and into several errors at once', () => {
    expect(foreignFailureKind(new Error('a', { cause: new Error('b', { cause: failed('CERT_HAS_EXPIRED') }) }))).toBe(
      'refused',
    );
    expect(foreignFailureKind(new AggregateError([failed('ECONNREFUSED'), failed(403)]))).toBe('refused');
  });

  it('ends at a cause that is its own cause', () => {
    const error = failed('ECONNRESET');
    error.cause = error;
    expect(foreignFailureKind(error)).toBe('unreachable');
  });

  it('takes a failed fetch for out of reach', () => {
    expect(foreignFailureKind(new TypeError('fetch failed', { cause: failed('ECONNREFUSED') }))).toBe('unreachable');
  });

  it('takes a parser and a slip in the code for broken', () => {
    const slips = [new SyntaxError('x'), new TypeError('x'), new TypeError('x', { cause: new TypeError('y') })];
    expect(slips.map((error) => foreignFailureKind(error))).toEqual(['broken', 'broken', 'broken']);
  });

  it('takes what is no error object for broken', () => {
    expect([undefined, 'down'].map((error) => foreignFailureKind(error))).toEqual(['broken', 'broken']);
  });
});
