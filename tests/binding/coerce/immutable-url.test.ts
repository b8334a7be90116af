import { describe, expect, it } from '@jest/globals';
import { ImmutableURL } from '../../../src/binding/coerce/index.js';

describe('ImmutableURL', () => {
  const parts = ['href', 'protocol', 'username', 'password', 'host', 'hostname', 'port', 'pathname', 'search', 'hash'];

  it.each(parts)('throws when %s is set, and says what to do', (part) => {
    const url = new ImmutableURL('http://a/');
    expect(() => Reflect.set(url, part, 'x')).toThrow(
      new TypeError('A URL of the configuration cannot be changed; copy it first: new URL(url).'),
    );
  });

  it('has the parts of a URL', () => {
    const text = 'https://user:pass@example.com:8443/path?q=1#top';
    const url = new ImmutableURL(text);
    const plain = new URL(text);
    expect([...parts, 'origin'].map((part) => Reflect.get(url, part) as unknown)).toEqual(
      [...parts, 'origin'].map((part) => Reflect.get(plain, part) as unknown),
    );
  });

  it('is a URL to everybody who reads it', () => {
    const url = new ImmutableURL('http://a/');
    expect([url instanceof URL, String(url), JSON.stringify(url), new URL('b', url).href]).toEqual([
      true,
      'http://a/',
      '"http://a/"',
      'http://a/b',
    ]);
  });

  it('hands out copies of its search parameters', () => {
    const url = new ImmutableURL('http://a/?q=1');
    url.searchParams.set('q', '2');
    expect([url.href, url.searchParams.get('q')]).toEqual(['http://a/?q=1', '1']);
  });

  it('takes no own properties', () => {
    expect(Reflect.set(new ImmutableURL('http://a/'), 'toString', () => 'x')).toBe(false);
  });
});
