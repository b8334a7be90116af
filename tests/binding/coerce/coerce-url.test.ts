import { describe, expect, it } from '@jest/globals';
import { coerceUrl, NOT_SET } from '../../../src/binding/coerce/index.js';
import { failureOf } from './failure-of.js';

function hrefOf(raw: unknown): unknown {
  const coerced = coerceUrl(raw);
  return coerced instanceof URL ? coerced.href : failureOf(coerced);
}

describe('coerceUrl', () => {
  it.each([
    ['https://example.com', 'https://example.com/'],
    ['HTTPS://Example.com/a?b=c#d', 'https://example.com/a?b=c#d'],
    ['postgres://db:5432/orders', 'postgres://db:5432/orders'],
    ['file:///etc/app.json', 'file:///etc/app.json'],
  ])('reads %s', (text, href) => {
    expect(hrefOf(text)).toBe(href);
  });

  const relative = ['/path', 'example.com', '//example.com', 'localhost:5432', 'http:example.com', 'mailto:a', '://x'];
  it.each([...relative, 'http://', 'http://a:b', 'http://exa mple.com', ' http://a', 'http://a ', 'http://a/b c'])(
    'refuses %j',
    (text) => {
      expect(hrefOf(text)).toBe(`not-a-url: must be an absolute URL, got "${text}"`);
    },
  );

  it('refuses a line break, which the standard would drop silently', () => {
    expect(hrefOf('http://a\n.example')).toBe('not-a-url: must be an absolute URL, got "http://a\\n.example"');
  });

  it('shows no credentials of a malformed URL', () => {
    expect(hrefOf('postgres://admin:hunter2@db:port/x')).toBe(
      'not-a-url: must be an absolute URL, got "postgres://[secure]@db:port/x"',
    );
  });

  it.each([
    [5, '5 (a number)'],
    [null, 'null'],
    [{ href: 'http://a' }, 'a map'],
  ])('refuses %p', (raw, shown) => {
    expect(hrefOf(raw)).toBe(`not-a-url: must be an absolute URL, got ${shown}`);
  });

  it('takes an empty string for "not set"', () => {
    expect(coerceUrl('')).toBe(NOT_SET);
  });

  it('copies a URL, so that its owner cannot change the settings', () => {
    const given = new URL('http://a/');
    const coerced = coerceUrl(given);
    given.host = 'b';
    expect(hrefOf(coerced)).toBe('http://a/');
  });

  it('passes its own result as it is', () => {
    const coerced = coerceUrl('http://a/');
    expect(coerceUrl(coerced)).toBe(coerced);
  });
});
