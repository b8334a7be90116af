import { describe, expect, it } from '@jest/globals';
import { ConfigError, SourceUnreachable } from '../../src/core/index.js';

describe('a source that cannot be reached', () => {
  it('says so in words, and when to ask again', () => {
    const error = new SourceUnreachable({ source: 'settings service', why: 'the server answers 503', retryAfter: 5 });
    expect([ConfigError.is(error), error.code, error.category, error.retryAfter, error.message]).toEqual([
      true,
      'source-unreachable',
      'source',
      5,
      'settings service cannot be reached: the server answers 503.\nCheck that it runs and can be reached from here.',
    ]);
  });

  it('is told from one that refuses us', () => {
    const error = new SourceUnreachable({ source: 'vault', why: 'the server answers 403', refused: true });
    expect([error.code, error.message]).toEqual([
      'source-refused',
      'vault refuses the connection: the server answers 403.\nCheck the credentials and the certificates it is reached with.',
    ]);
  });
});
