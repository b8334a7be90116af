import { describe, expect, it } from '@jest/globals';
import { FlagSettings } from '../../src/flags/index.js';
import { section } from '../../src/index.js';
import { testSettings } from '../../src/testing/index.js';

const onOff = { variants: { on: true, off: false } };

/** What is wrong with a flag named `f`, or with a whole section. */
async function issuesOf(given: object): Promise<readonly string[]> {
  const values = 'flags' in given ? given : { flags: { f: given } };
  const error: unknown = await testSettings(FlagSettings, values).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error === undefined) return [];
  const { issues } = error as { issues: { path: readonly string[]; message: string; hint?: string }[] };
  return issues.map(
    ({ path, message, hint }) => `${path.slice(2).join('.')}: ${message}${hint === undefined ? '' : ` ${hint}`}`,
  );
}

describe('definitions of flags', () => {
  it.each<[string, object]>([
    ['a default', { ...onOff, defaultVariant: 'on' }],
    ['null for a default, as flagd has it', { ...onOff, defaultVariant: null }],
    ['an empty rule', { ...onOff, targeting: {} }],
    ['branches without a variant', { ...onOff, targeting: { if: [{ var: 'a' }, 'on', null] } }],
    [
      'a share as a condition',
      {
        ...onOff,
        targeting: {
          if: [
            {
              fractional: [
                [true, 1],
                [false, 3],
              ],
            },
            'on',
          ],
        },
      },
    ],
    ['a share of branches', { ...onOff, targeting: { fractional: [[{ if: [{ var: 'a' }, 'on', 'off'] }, 1]] } }],
    ['objects for variants', { variants: { a: { x: 1 }, b: [1] } }],
    ['a time', { ...onOff, activeFrom: '2027-01-01', activeUntil: '2027-02-01T12:00:00Z' }],
  ])('may have %s', async (_, flag) => {
    expect(await issuesOf(flag)).toEqual([]);
  });

  it('is refused once where it has no variants, whatever its default is', async () => {
    expect(await issuesOf({ defaultVariant: 'on' })).toEqual([
      'f.variants: a flag needs a variant Write variants: { on: true, off: false }.',
    ]);
  });

  it.each<[string, object, string]>([
    ['no variant', {}, 'f.variants: a flag needs a variant Write variants: { on: true, off: false }.'],
    ['null for a value', { variants: { a: null } }, 'f.variants.a: a variant has a value, not null'],
    [
      'two types',
      { variants: { a: 1, b: 'x' } },
      'f.variants.b: the variants of a flag have one type: this is a string, the first a number',
    ],
    [
      'no such default',
      { ...onOff, defaultVariant: 'onn' },
      'f.defaultVariant: there is no variant "onn" Did you mean "on"?',
    ],
    ['no such off', { ...onOff, offVariant: 'x' }, 'f.offVariant: there is no variant "x" The variants are on, off.'],
    [
      'what everything inherits',
      { ...onOff, forced: 'constructor' },
      'f.forced: there is no variant "constructor" The variants are on, off.',
    ],
    [
      'an unknown operator',
      { ...onOff, targeting: { iff: [] } },
      'f.targeting.iff: there is no operator "iff" in rules Did you mean "if"?',
    ],
    [
      'a branch to no variant',
      { ...onOff, targeting: { if: [true, { if: [false, 'on', 'of'] }] } },
      'f.targeting.if.1.if.2: there is no variant "of" Did you mean "on"?',
    ],
    [
      'a share of no variant',
      {
        ...onOff,
        targeting: {
          fractional: [
            ['on', 1],
            ['out', 2],
          ],
        },
      },
      'f.targeting.fractional.1.0: there is no variant "out" The variants are on, off.',
    ],
    [
      'an unknown evaluator',
      { ...onOff, targeting: { if: [{ $ref: 'eu' }, 'on'] } },
      'f.targeting.if.0.$ref: there is no evaluator "eu"',
    ],
    [
      'an end before its beginning',
      { ...onOff, activeFrom: '2027-02-01', activeUntil: '2027-01-01' },
      'f.activeUntil: it must be later than activeFrom',
    ],
    [
      'an unknown prerequisite',
      { ...onOff, prerequisites: { 'new-api': 'on' } },
      'f.prerequisites.new-api: there is no flag "new-api"',
    ],
    [
      'itself as a prerequisite',
      { ...onOff, prerequisites: { f: 'on' } },
      'f.prerequisites: prerequisites go in a circle: f -> f',
    ],
    [
      'no such variant of another',
      { ...onOff, prerequisites: { f: ['on', 'maybe'] } },
      'f.prerequisites.f: there is no variant "maybe" The variants are on, off.',
    ],
    [
      'a number for a variant',
      { ...onOff, prerequisites: { f: [1] } },
      'f.prerequisites.f: name the variant that the flag must have, or a list of them',
    ],
    [
      'a misspelled field',
      { ...onOff, stat: 'ENABLED' },
      'f.stat: is not a known key Did you mean settings.flags.f.state?',
    ],
  ])('are refused for %s, at the place', async (_, flag, issue) => {
    expect(await issuesOf(flag)).toContain(issue);
  });

  it('share rules that end, and are not too large together', async () => {
    const flags = { f: { ...onOff, targeting: { if: [{ $ref: 'a' }, 'on'] } } };
    const circle = { a: { '!': [{ $ref: 'b' }] }, b: { and: [true, { $ref: 'a' }] } };
    expect(await issuesOf({ flags, $evaluators: circle })).toEqual([
      'a: evaluators name each other in a circle: a -> b -> a',
    ]);
    // Each names the next one twice: 2 to the 40th of the last.
    const bomb: Record<string, object> = { e40: { var: 'x' } };
    for (let at = 0; at < 40; at++)
      bomb[`e${String(at)}`] = { and: [{ $ref: `e${String(at + 1)}` }, { $ref: `e${String(at + 1)}` }] };
    const issues = await issuesOf({
      flags: { f: { ...onOff, targeting: { if: [{ $ref: 'e30' }, 'on'] } } },
      $evaluators: bomb,
    });
    expect(issues).toEqual(['f.targeting: it has more than 2000 operators and values Split it into several rules.']);
    const deep = await issuesOf({
      flags: { f: { ...onOff, targeting: { if: [{ $ref: 'e0' }, 'on'] } } },
      $evaluators: bomb,
    });
    expect(deep[0]).toContain('it is deeper than 32 operators');
  });

  it('take a document of flagd as it is, with keys that JavaScript has, too', async () => {
    const document = {
      $schema: 'https://flagd.dev/schema/v0/flags.json',
      metadata: { team: 'shop' },
      flags: { toString: { state: 'DISABLED', ...onOff, defaultVariant: 'on', metadata: { ticket: 'X-1' } } },
    };
    const settings = await testSettings(FlagSettings, document);
    expect(settings.flags['toString' as string]?.state).toBe('DISABLED');
    expect(Object.isFrozen(settings.flags)).toBe(true);
    await expect(testSettings(FlagSettings, { flags: JSON.parse('{"__proto__":{}}') as object })).rejects.toThrow(
      '__proto__',
    );
  });

  it('may be used several times', () => {
    expect(section(FlagSettings, { path: 'a', name: 'a' }).path).toEqual(['a']);
  });
});
