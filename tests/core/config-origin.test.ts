import { describe, expect, it } from '@jest/globals';
import type { ConfigOrigin } from '../../src/core/index.js';
import { formatOrigin, formatPlace, originAtPath } from '../../src/core/index.js';

const IN_FILE: ConfigOrigin = { kind: 'file', source: 'app.yaml', key: 'database.port', line: 12, column: 9 };

describe('formatOrigin', () => {
  it.each([
    [{ kind: 'environment', source: 'environment', key: 'APP_PORT' }, 'APP_PORT (environment)'],
    [IN_FILE, 'database.port (app.yaml:12:9)'],
    [{ kind: 'env-file', source: '.env', key: 'PORT', line: 3 }, 'PORT (.env:3)'],
    [{ ...IN_FILE, key: '' }, 'app.yaml:12:9'],
    [
      { kind: 'remote', source: 'postgres settings', key: 'database.port', version: '41' },
      'database.port (postgres settings, revision 41)',
    ],
  ] satisfies [ConfigOrigin, string][])('of %j', (origin, text) => {
    expect(formatOrigin(origin)).toBe(text);
  });
});

describe('formatPlace', () => {
  it('is the source with its line and column, where it has them', () => {
    expect(formatPlace(IN_FILE)).toBe('app.yaml:12:9');
    expect(formatPlace({ kind: 'file', source: 'app.yaml', key: 'a', line: 12 })).toBe('app.yaml:12');
    expect(formatPlace({ kind: 'file', source: 'app.yaml', key: 'a', column: 3 })).toBe('app.yaml');
  });
});

describe('originAtPath', () => {
  it('has the dotted path as its key', () => {
    expect(originAtPath('object', 'defaults', ['a', 'b.c'])).toEqual({
      kind: 'object',
      source: 'defaults',
      key: 'a["b.c"]',
    });
  });
});
