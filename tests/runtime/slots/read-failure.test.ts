import { describe, expect, it } from '@jest/globals';
import { ConfigError, type ConfigErrorCode, SourceUnreachable } from '../../../src/core/index.js';
import { readFailure } from '../../../src/runtime/slots/read-failure.js';

const sourceError = (code: ConfigErrorCode, rest: Partial<ConfigError> = {}): ConfigError =>
  new ConfigError({ code, category: 'source', message: 'No.', ...rest });
const failed = (code: string | number, key = 'code'): Error => Object.assign(new Error('no'), { [key]: code });
const kindOf = (thrown: unknown): string => {
  const { kind, refused } = readFailure('vault', thrown);
  return refused ? 'refused' : kind;
};
const messageOf = (thrown: unknown): string => readFailure('vault', thrown).error.message;

describe('a ConfigError that a source throws', () => {
  it.each(['source-not-found', 'source-unreadable', 'source-timeout', 'source-unreachable'] as const)(
    'is no answer: %s',
    (code) => {
      expect(kindOf(sourceError(code))).toBe('none');
    },
  );

  it('is a refusal by its code, or by what caused it', () => {
    expect(kindOf(sourceError('source-refused'))).toBe('refused');
    expect(kindOf(sourceError('source-unreachable', { cause: failed('28P01') }))).toBe('refused');
  });

  it.each(['not-a-map', 'too-deep', 'source-failed', 'forbidden-key'] as const)('is a bad answer: %s', (code) => {
    expect(kindOf(sourceError(code))).toBe('bad');
  });

  it('is a bad answer when it does not parse', () => {
    expect(kindOf(new ConfigError({ code: 'source-unreadable', category: 'parse', message: 'No.' }))).toBe('bad');
  });

  it('is a bad answer when it has issues', () => {
    const issues = [{ code: 'acme:x' as const, path: ['a'], message: 'is wrong' }];
    expect(kindOf(sourceError('source-unreadable', { issues }))).toBe('bad');
  });

  it('is passed on as it is, with when to ask again', () => {
    const error = new SourceUnreachable({ source: 'vault', why: 'the server answers 503', retryAfter: 7_000 });
    expect(readFailure('vault', error)).toEqual({ kind: 'none', refused: false, error, retryAfter: 7_000 });
  });
});

describe('another error that a source throws', () => {
  it.each(['ECONNREFUSED', 'ENOTFOUND', 'ETIMEDOUT', 500])('is no answer: %s', (code) => {
    expect(kindOf(failed(code))).toBe('none');
  });

  it.each([401, 403, '28P01', 'ERR_TLS_CERT_ALTNAME_INVALID', 'CERT_HAS_EXPIRED', 'DEPTH_ZERO_SELF_SIGNED_CERT'])(
    'is a refusal: %s',
    (code) => {
      expect(kindOf(failed(code))).toBe('refused');
    },
  );

  it.each(['status', 'statusCode'])('is a refusal by the %s of an answer', (key) => {
    expect(kindOf(failed(401, key))).toBe('refused');
  });

  it('is a refusal by its cause, and by one of several', () => {
    const cause = new Error('b', { cause: failed('CERT_HAS_EXPIRED') });
    expect(kindOf(new Error('a', { cause }))).toBe('refused');
    expect(kindOf(new AggregateError([failed('ECONNREFUSED'), failed(403)]))).toBe('refused');
  });

  it('may be its own cause', () => {
    const error = failed('ECONNRESET');
    error.cause = error;
    expect(kindOf(error)).toBe('none');
  });

  it('is no answer where fetch failed', () => {
    expect(kindOf(new TypeError('fetch failed', { cause: failed('ECONNREFUSED') }))).toBe('none');
  });

  it('is a bad answer where a parser or the code slipped', () => {
    const slips = [new SyntaxError('x'), new TypeError('x'), new TypeError('x', { cause: new TypeError('y') })];
    expect(slips.map(kindOf)).toEqual(['bad', 'bad', 'bad']);
  });

  it('is a bad answer where it is no error object', () => {
    expect([undefined, 'down'].map(kindOf)).toEqual(['bad', 'bad']);
  });
});

describe('the words for another error', () => {
  it('say that the source cannot be reached, with the code and the address', () => {
    const error = Object.assign(new Error('connect ECONNREFUSED 10.0.0.7:443'), {
      code: 'ECONNREFUSED',
      address: '10.0.0.7',
      port: 443,
    });
    expect(messageOf(error)).toBe(
      'vault cannot be reached: it threw Error ECONNREFUSED at 10.0.0.7:443.\nCheck that it runs and can be reached from here.',
    );
  });

  it('say that the source refuses us', () => {
    expect(messageOf(failed('28P01'))).toBe(
      'vault refuses the connection: it threw Error 28P01, wrong user or password.\nCheck the credentials and the certificates it is reached with.',
    );
  });

  it('find the code of a failed fetch in its cause', () => {
    expect(messageOf(new TypeError('fetch failed', { cause: failed('ENOTFOUND') }))).toContain('TypeError ENOTFOUND');
  });

  it('never hold its text, which may hold a secret, or what only pretends to be a code', () => {
    const secret = 'hunter2 hunter2';
    const all = [
      new SyntaxError(`Unexpected token 'h', "${secret}" is not valid JSON`),
      Object.assign(new Error(secret), { code: secret, name: secret, status: secret, address: secret, port: secret }),
      new Error('postgres://app:hunter2@db/x'),
      { message: secret, code: secret },
      secret,
    ];
    for (const thrown of all) {
      const { error } = readFailure('vault', thrown);
      expect(`${error.message}${String(error.cause)}`).not.toContain('hunter2');
    }
  });

  it('tell how to say more', () => {
    expect(messageOf(new RangeError('no route'))).toBe(
      'vault could not be read: it threw RangeError.\nIts message may hold a secret and is not shown; throw a ConfigError to say more.',
    );
  });
});
