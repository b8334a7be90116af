import { describe, expect, it } from '@jest/globals';
import fc from '../fast-check.js';
import { compilePathPattern, foldedKeys } from '../../src/core/index.js';

function matches(pattern: string, path: string): boolean {
  return compilePathPattern(pattern)(foldedKeys(path));
}

/** The same meaning said in the plainest way. */
function obviously([step, ...steps]: readonly string[], path: readonly string[]): boolean {
  if (step === undefined) return path.length === 0;
  const [key, ...keys] = path;
  if (step === '**') return obviously(steps, path) || (key !== undefined && obviously([step, ...steps], keys));
  return key !== undefined && (step === '*' || step === key) && obviously(steps, keys);
}

describe('A path pattern', () => {
  it.each([
    ['database.port', 'database.port', true],
    ['database.port', 'database.port.x', false],
    ['database', 'database.port', false],
    ['database.*', 'database.port', true],
    ['database.*', 'database.pool.max', false],
    ['database.**', 'database.pool.max', true],
    ['database.**', 'database', true],
    ['**', 'anything.at.all', true],
    ['**.timeout', 'timeout', true],
    ['**.timeout', 'http.client.timeout', true],
    ['servers.*.port', 'servers[0].port', true],
    ['servers[0].port', 'servers[0].port', true],
    ['a.**.b.**.c', 'a.x.b.b.y.c', true],
    ['a.**.b.**.c', 'a.x.c', false],
    ['**.**', 'x', true],
    ['routes["a.b"].target', 'routes["a.b"].target', true],
    ['routes["*"]', 'routes["*"]', true],
    ['routes["*"]', 'routes.x', false],
    ['routes["**"]', 'routes["**"]', true],
    ['routes["**"]', 'routes.x', false],
    ['database.max-size', 'database.maxSize', true],
  ])('%s on %s: %s', (pattern, path, expected) => {
    expect(matches(pattern, path)).toBe(expected);
  });

  it('means the same as the plainest definition', () => {
    const key = fc.constantFrom('a', 'b', 'c');
    const step = fc.constantFrom('a', 'b', '*', '**');
    fc.assert(
      fc.property(
        fc.array(step, { minLength: 1, maxLength: 7 }),
        fc.array(key, { minLength: 1, maxLength: 9 }),
        (steps, path) => {
          expect(matches(steps.join('.'), path.join('.'))).toBe(obviously(steps, path));
        },
      ),
    );
  });

  it('has room for 30 keys', () => {
    const path = Array.from({ length: 30 }, () => 'a').join('.');
    expect(matches(path, path)).toBe(true);
    expect(matches(path.replace(/a$/, '**'), path)).toBe(true);
  });

  it('takes one look at each key, whatever the pattern', () => {
    const pattern = Array.from({ length: 30 }, () => '**.a').join('.');
    const path = Array.from({ length: 4_000 }, () => 'a').join('.');
    // A matcher that tries everything would not end before the sun does.
    expect(matches(pattern, `${path}.b`)).toBe(false);
    expect(matches(pattern, path)).toBe(true);
  });

  it('names a path that is too long for all others when it names everything', () => {
    const path = `a.${'x'.repeat(10_000)}`;
    expect(matches('**', path)).toBe(true);
    expect(matches('a.*', path)).toBe(false);
  });

  const way =
    'Write keys with dots between them, * for any one key and ** for any number of keys, such as database.** or servers.*.port.';

  it.each([
    ['', 'its keys cannot be read'],
    ['a..b', 'its keys cannot be read'],
    ['a.__proto__', 'its keys cannot be read'],
    ['data*.x', 'in "data*" the star is only a part of the key; * matches a whole key'],
    ['a.***', 'in "***" the star is only a part of the key; * matches a whole key'],
    [Array.from({ length: 31 }, () => 'a').join('.'), 'it has more than 30 keys'],
  ])('is refused when it is "%s"', (pattern, why) => {
    expect(() => compilePathPattern(pattern)).toThrow(
      new TypeError(`pattern: "${pattern}" cannot be used: ${why}. ${way}`),
    );
  });

  it('is shown shortened when it is long', () => {
    expect(() => compilePathPattern('*a'.repeat(100))).toThrow(`"${'*a'.repeat(40)}…" cannot be used`);
  });

  it('names the option it was given for when it is refused', () => {
    expect(() => compilePathPattern('a.***', 'rules[0].paths[1]')).toThrow(
      /^rules\[0\]\.paths\[1\]: "a\.\*\*\*" cannot/,
    );
  });

  it('is refused when it is no text', () => {
    // A caller without types.
    expect(() => compilePathPattern(/a/ as unknown as string)).toThrow(
      new TypeError('pattern: must be a text such as database.**.'),
    );
  });
});

describe('a pattern with stars in its keys', () => {
  const matches = (pattern: string, path: string): boolean =>
    compilePathPattern(pattern, 'foreignKeys', true)(foldedKeys(path));

  it.each<[string, readonly string[], readonly string[]]>([
    ['port*', ['port', 'port80TcpAddr', 'PORT_X'], ['support', 'port.x', 'por']],
    ['*port', ['port', 'support'], ['port8']],
    ['a*b*c', ['abc', 'aXbYc', 'abbc', 'a-b-c'], ['acb', 'ab', 'ac', 'abcd']],
    ['a*a', ['aa', 'aba'], ['a']],
    ['vendor.x*.**', ['vendor.x', 'vendor.xy.z.z'], ['vendor.y', 'vendor']],
    ['service*.port', ['serviceHost.port'], ['service.host']],
  ])('%s names what begins, goes on and ends like it', (pattern, named, others) => {
    expect([named.map((path) => matches(pattern, path)), others.map((path) => matches(pattern, path))]).toEqual([
      named.map(() => true),
      others.map(() => false),
    ]);
  });

  it('takes no longer for a key made to be almost like it', () => {
    const key = 'a'.repeat(50_000);
    const pattern = compilePathPattern(`${'a*'.repeat(20)}b`, 'foreignKeys', true);
    const { user } = process.cpuUsage();
    expect(pattern([key])).toBe(false);
    expect(process.cpuUsage().user - user).toBeLessThan(1_000_000);
  });
});
