import { describe, expect, it } from '@jest/globals';
import fc from '../../fast-check.js';
import type { SecretScope } from '../../../src/security/index.js';
import { scopeHash } from '../../../src/security/index.js';

describe('scopeHash', () => {
  it('stays as it is for ever: values that are stored carry it', () => {
    expect(scopeHash({ app: 'orders' })).toBe('xGINUfTAqLnBQqEcXFKjrw');
    expect(scopeHash({ app: 'orders', environment: 'production', tenant: 'acme', path: 'database.password' })).toBe(
      'nYTh8kVx3aBXHGgDJ7XXog',
    );
  });

  it('differs for every two scopes that differ, wherever their names are cut', () => {
    const name = fc.option(fc.string({ unit: fc.constantFrom('a', '/', '.', '"', ',', '\\', '\u0000') }), {
      nil: undefined,
    });
    const scopes = fc.record(
      { app: fc.string({ minLength: 1 }), environment: name, tenant: name, path: name },
      { requiredKeys: ['app'] },
    ) as fc.Arbitrary<SecretScope>; // undefined counts as absent
    const parts = ({ app, environment, tenant, path }: SecretScope): unknown[] => [app, environment, tenant, path];
    fc.assert(
      fc.property(scopes, scopes, (one, other) => {
        const same = JSON.stringify(parts(one)) === JSON.stringify(parts(other));
        expect(scopeHash(one) === scopeHash(other)).toBe(same);
      }),
    );
  });

  it('needs an application', () => {
    expect(() => scopeHash({ app: '' })).toThrow(
      new TypeError('scopeHash: app must be the name of the application, a text that is not empty.'),
    );
  });
});
