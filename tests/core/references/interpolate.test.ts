import type { IssueCode } from '../../../src/core/index.js';
import { describe, expect, it } from '@jest/globals';
import type { ConfigMap, ConfigPath, ReferenceScope } from '../../../src/core/index.js';
import { parsePath, UNRESOLVED, valueAt } from '../../../src/core/index.js';
import { resolved } from './reference-scope.js';

/** A scope with variables. */
function withVariables(variables: Readonly<Record<string, string>>): Partial<ReferenceScope> {
  return { environment: (name) => variables[name] };
}

/** A scope with files. */
function withFiles(files: Readonly<Record<string, string>>): Partial<ReferenceScope> {
  return {
    file: (name) => files[name] ?? { code: 'source-not-found', message: `${name} is missing`, hint: 'Make it.' },
  };
}

/** `k0: ${k1}`, `k1: ${k2}`, …, and the last one as given. */
function chain(length: number, last: unknown): ConfigMap {
  const links = Array.from({ length: length - 1 }, (_, index) => [
    `k${String(index)}`,
    `\${k${String(index + 1)}}`,
  ]) satisfies string[][];
  return Object.fromEntries([...links, [`k${String(length - 1)}`, last]]) as ConfigMap;
}

describe('interpolate', () => {
  it('fills texts from other values', () => {
    const tree = { host: 'db', port: 5432, url: 'postgres://${host}:${port}/x', deep: ['${url}!'] };
    expect(resolved(tree).tree).toEqual({ ...tree, url: 'postgres://db:5432/x', deep: ['postgres://db:5432/x!'] });
  });

  it.each<[string, unknown]>([
    ['a number', 5432],
    ['a boolean', false],
    ['zero', 0],
    ['a bigint', 10n],
    ['null', null],
    ['an empty string', ''],
    ['a date', new Date(0)],
    ['a list', [1, { a: 2 }]],
    ['a map', { a: { b: 1 } }],
  ])('hands over %s with its type when it is the whole text', (_what, value) => {
    const { tree, issues } = resolved({ value, copy: '${value}' });
    expect(tree['copy']).toBe(value);
    expect(issues).toEqual([]);
  });

  it.each<[string, unknown, unknown]>([
    ['a number', 1.5, '1.5'],
    ['a bigint', 10n, '10'],
    ['true', true, 'true'],
    ['a URL', new URL('http://a/b'), 'http://a/b'],
    ['a text', 'x', 'x'],
    ['null', null, null],
    ['a list', [1], [1]],
    ['a map', { a: 1 }, { a: 1 }],
  ])('writes %s as a text where a text is wanted', (_what, value, text) => {
    const isText = (path: ConfigPath): boolean => path[0] === 'copy';
    expect(resolved({ value, copy: '${value}' }, { isText }).tree['copy']).toEqual(text);
  });

  it('writes value objects into a text as they write themselves', () => {
    const tree = { url: new URL('http://a/b'), big: 10n, yes: true, text: '<${url}|${big}|${yes}>' };
    expect(resolved(tree).tree['text']).toBe('<http://a/b|10|true>');
  });

  it('resolves references inside a group that another one brings in', () => {
    const { tree } = resolved({ name: 'x', group: { list: ['${name}'], n: 1 }, copy: '${group}' });
    expect(tree['copy']).toEqual({ list: ['x'], n: 1 });
    expect(tree['group']).toEqual({ list: ['x'], n: 1 });
  });

  it('looks behind references of references', () => {
    expect(resolved({ a: { b: '${c}' }, c: '${d}', d: 1, x: '${a.b}' }).tree).toEqual({
      a: { b: 1 },
      c: 1,
      d: 1,
      x: 1,
    });
  });

  it('looks into a group that a reference brings in, however many links away', () => {
    const tree = {
      base: { list: [{ n: 1 }], text: 'x' },
      a: { b: '${base}' },
      c: '${a}',
      n: '${c.b.list.0.n}',
      text: '<${c.b.text}>',
      list: '${a.b.list}',
      gone: '${a.b.gone:-none}',
    };
    expect(resolved(tree).tree).toMatchObject({ n: 1, text: '<x>', list: [{ n: 1 }], gone: 'none' });
  });

  it('looks into no text that takes `${` literally, nor into one that brings in no group', () => {
    const tree = {
      base: { n: 1 },
      literal: '${base}',
      text: '${base.n}',
      a: '${literal.n:-none}',
      b: '${text.n:-none}',
    };
    const { tree: found } = resolved(tree, { isTemplate: ([key]) => key !== 'literal' });
    expect(found).toMatchObject({ a: 'none', b: 'none' });
  });

  it('takes what a group that is brought in does not say from what stands below it otherwise', () => {
    const tree = {
      base: { n: 1, inner: { x: 1 } },
      group: '${base}',
      n: '${group.n}',
      text: '${group.text}',
      inner: '${group.inner}',
    };
    const initial = { n: '${gone}', text: '${base.n}!', inner: { x: 0, y: '${base.n}' } };
    const { tree: found, issues } = resolved(tree, {
      lookup: (name) => {
        const path = parsePath(name);
        if (path[0] !== 'group') return { path, value: valueAt(tree, path) };
        return { path, value: valueAt({ group: initial }, path), above: { path: ['group'], value: tree.group } };
      },
    });
    expect(issues).toEqual([]);
    expect(found).toMatchObject({ n: 1, text: '1!', inner: { x: 1, y: 1 } });
  });

  it('takes what a lookup brings from outside the tree', () => {
    const { tree } = resolved(
      { a: '${b}', port: '${port.default}' },
      {
        lookup: (name) =>
          name === 'b' ? { path: ['b'], value: '${c}' } : { path: [name], value: name === 'c' ? 3 : 5432 },
      },
    );
    expect(tree).toEqual({ a: 3, port: 5432 });
  });

  it('is the same object when there is nothing to resolve', () => {
    const tree = { a: 'x', b: [1, { c: '$a' }], d: new Date(0) };
    const result = resolved(tree);
    expect(result.tree).toBe(tree);
    expect(result).toMatchObject({ issues: [], references: new Map(), tainted: new Set() });
  });

  it('shares the parts that have nothing to resolve', () => {
    const tree = { still: { a: 1 }, list: [{ a: 1 }, '${still.a}', 2], text: '${still.a}' };
    const result = resolved(tree).tree;
    expect(result).toEqual({ still: { a: 1 }, list: [{ a: 1 }, 1, 2], text: 1 });
    expect(result['still']).toBe(tree.still);
    expect((result['list'] as readonly unknown[])[0]).toBe(tree.list[0]); // it is a list above, too
  });

  it('leaves texts alone whose source takes them literally', () => {
    const tree = { a: 1, literal: '${a}', template: '${a}', through: '${literal}' };
    const { tree: result, references } = resolved(tree, { isTemplate: (path) => path[0] !== 'literal' });
    expect(result).toEqual({ a: 1, literal: '${a}', template: 1, through: '${a}' });
    expect(references.has('literal')).toBe(false);
  });

  it('turns $${ into a literal ${', () => {
    expect(resolved({ a: '$${b}', b: 'x', c: '$${b} is ${b}' }).tree).toEqual({ a: '${b}', b: 'x', c: '${b} is x' });
  });

  it('says which references each text held, in their own spelling and once', () => {
    const tree = { a: 'x', 'b.c': '${a}${a}${env:V:-${ a }}${file:f:-}', d: ['${a}'] };
    expect(resolved(tree).references).toEqual(
      new Map([
        ['["b.c"]', ['${a}', '${env:V}', '${file:f}']],
        ['d.0', ['${a}']],
      ]),
    );
  });

  it('does not follow fallbacks that are not needed', () => {
    const { references, issues } = resolved({ a: 'x', b: '${a:-${missing}}' });
    expect(references.get('b')).toEqual(['${a}']);
    expect(issues).toEqual([]);
  });
});

describe('interpolate in a single pass', () => {
  it('does not search what a variable brings in', () => {
    const { tree, issues } = resolved(
      { secret: 's', a: { b: '${c}' }, c: '${env:USER_TEXT}', text: '<${env:USER_TEXT}>' },
      withVariables({ USER_TEXT: '${secret} $(id) $${x}' }),
    );
    expect(tree).toMatchObject({ a: { b: '${secret} $(id) $${x}' }, text: '<${secret} $(id) $${x}>' });
    expect(issues).toEqual([]);
  });

  it('does not search what a file brings in', () => {
    const { tree } = resolved({ a: '${file:f}', b: '${a}!' }, withFiles({ f: '${b}' }));
    expect(tree).toEqual({ a: '${b}', b: '${b}!' });
  });

  it('does not search what an escape leaves', () => {
    expect(resolved({ a: '$${b}', b: 'x', c: '${a}' }).tree).toEqual({ a: '${b}', b: 'x', c: '${b}' });
  });
});

describe('interpolate with fallbacks', () => {
  it.each<[string, unknown, unknown]>([
    ['a missing value', undefined, 'f'],
    ['null', null, 'f'],
    ['an empty string', '', 'f'],
    ['a value', 'v', 'v'],
    ['zero', 0, 0],
    ['false', false, false],
    ['an empty list', [], []],
  ])('for %s', (_what, value, outcome) => {
    expect(resolved({ value, text: '${value:-f}' }).tree['text']).toEqual(outcome);
  });

  it('may be empty, references, and texts with references', () => {
    const tree = { port: 80, a: '${x:-}', b: '${x:-${port}}', c: '${x:-:${port}}', d: 'a${x:-${y:-${port}}}b' };
    expect(resolved(tree).tree).toEqual({ port: 80, a: '', b: 80, c: ':80', d: 'a80b' });
  });

  it('is a text, even when it looks like a number', () => {
    expect(resolved({ a: '${x:-80}' }).tree['a']).toBe('80');
  });

  it('does not stand in for a value that could not be resolved', () => {
    const { tree, issues } = resolved({ a: '${missing}', b: '${a:-f}' });
    expect(tree['b']).toBe(UNRESOLVED);
    expect(issues).toHaveLength(1);
  });
});

describe('interpolate with ${env:…}', () => {
  it('takes the text of the variable', () => {
    expect(resolved({ a: '${env:V}', b: 'x${env:V}' }, withVariables({ V: '80' })).tree).toEqual({ a: '80', b: 'x80' });
  });

  it('takes an empty variable as it is, unless there is a fallback', () => {
    expect(resolved({ a: '${env:V}', b: '${env:V:-f}' }, withVariables({ V: '' })).tree).toEqual({ a: '', b: 'f' });
  });

  it('takes a set variable before its fallback', () => {
    expect(resolved({ a: '${env:V:-f}' }, withVariables({ V: 'v' })).tree).toEqual({ a: 'v' });
  });

  it('says that a variable is not set, and what to do', () => {
    const { tree, issues } = resolved({ a: { b: 'x${env:V}' } });
    expect(tree).toEqual({ a: { b: UNRESOLVED } });
    expect(issues).toEqual([
      {
        code: 'unresolved-reference',
        path: ['a', 'b'],
        message: 'refers to the environment variable V, which is not set',
        hint: 'Set V, or give a fallback: ${env:V:-…}.',
      },
    ]);
  });
});

describe('interpolate with ${file:…}', () => {
  it('takes the text of the file, whole or inside', () => {
    expect(resolved({ a: '${file:f}', b: '<${file:f}>' }, withFiles({ f: 'x' })).tree).toEqual({ a: 'x', b: '<x>' });
  });

  it('takes an empty file as it is', () => {
    expect(resolved({ a: '${file:f:-y}' }, withFiles({ f: '' })).tree).toEqual({ a: '' });
  });

  it('tells the scope from where it is asked', () => {
    const asked: unknown[] = [];
    resolved(
      { a: ['${file:f}'] },
      {
        file: (name, at) => {
          asked.push([name, at]);
          return '';
        },
      },
    );
    expect(asked).toEqual([['f', ['a', '0']]]);
  });

  it('passes on why a file cannot be had', () => {
    expect(resolved({ a: '${file:f}' }, withFiles({})).issues).toEqual([
      { code: 'source-not-found', path: ['a'], message: 'f is missing', hint: 'Make it.' },
    ]);
  });

  it('takes the fallback of a file that is not there', () => {
    expect(resolved({ a: '${file:f:-y}' }, withFiles({})).tree).toEqual({ a: 'y' });
  });

  it('takes no fallback for a file that is there and cannot be read', () => {
    const file = (): { code: IssueCode; message: string } => ({ code: 'source-unreadable', message: 'cannot be read' });
    const { tree, issues } = resolved({ a: '${file:f:-y}' }, { file });
    expect(tree).toEqual({ a: UNRESOLVED });
    expect(issues).toEqual([{ code: 'source-unreadable', path: ['a'], message: 'cannot be read' }]);
  });
});

describe('interpolate with references that lead nowhere', () => {
  it('says what no source sets, and what to do', () => {
    expect(resolved({ a: 'x${b.c}', b: {} }).issues).toEqual([
      {
        code: 'unresolved-reference',
        path: ['a'],
        message: 'refers to ${b.c}, which no source sets',
        hint: 'Set b.c, or give a fallback: ${b.c:-…}.',
      },
    ]);
  });

  it('names the setting that was most likely meant', () => {
    const { issues } = resolved({ a: '${hots}${env:X}' }, { nearest: (name) => (name === 'hots' ? 'host' : 'never') });
    expect(issues.map(({ hint }) => hint)).toEqual(['Did you mean ${host}?']);
  });

  it('says what cannot be read, and how to mean it literally', () => {
    const { tree, issues } = resolved({ a: 'x${b' });
    expect(tree).toEqual({ a: UNRESOLVED });
    expect(issues).toEqual([
      {
        code: 'malformed-reference',
        path: ['a'],
        message: 'cannot be read: a reference is not closed with "}"',
        hint: 'Write $${ for a literal ${.',
      },
    ]);
  });

  it.each(['${__proto__.x}', '${a.__proto__}', '${constructor.name}', '${constructor.prototype}', '${a..b}', '${a.}'])(
    'passes on what the lookup says about %s',
    (text) => {
      const { tree, issues } = resolved({ a: {}, x: text });
      expect(tree['x']).toBe(UNRESOLVED);
      expect(issues).toEqual([
        { code: 'malformed-reference', path: ['x'], message: 'refers to no path: invalid-path' },
      ]);
    },
  );

  it('never finds what is inherited', () => {
    expect(resolved({ a: { b: 1 }, x: '${toString:-f}', y: '${a.hasOwnProperty:-f}' }).tree).toMatchObject({
      x: 'f',
      y: 'f',
    });
  });

  it('keeps the fallback of a name that is no path from hiding the mistake', () => {
    expect(resolved({ x: '${a..b:-f}' }).issues).toMatchObject([{ code: 'malformed-reference' }]);
  });

  it.each<[string, unknown, string]>([
    ['null', null, 'builds a string from nothing (null)'],
    ['a list', [1], 'builds a string from a list'],
    ['a map', { a: 1 }, 'builds a string from a map of settings'],
  ])('builds no text from %s', (_what, value, message) => {
    const { tree, issues } = resolved({ value, text: 'x${value}' });
    expect(tree['text']).toBe(UNRESOLVED);
    expect(issues).toEqual([{ code: 'reference-not-text', path: ['text'], message, hint: 'Refer to a single value.' }]);
  });

  it('reports a gap once, however many look at it', () => {
    const { tree, issues } = resolved({ a: '${b}', b: 'x${c}', c: '${gone}', d: 'y${c}', e: { f: '${c}' }, g: '${e}' });
    expect(issues.map(({ path }) => path)).toEqual([['c']]);
    expect(tree).toEqual({
      a: UNRESOLVED,
      b: UNRESOLVED,
      c: UNRESOLVED,
      d: UNRESOLVED,
      e: { f: UNRESOLVED },
      g: { f: UNRESOLVED },
    });
  });

  it('reports a group that cannot be brought in once, whoever looks into it', () => {
    const { issues, tree } = resolved({
      group: '${gone}',
      a: '${group.x}',
      b: { c: '${a.y:-none}' },
      d: '<${group.x}>',
    });
    expect(issues).toMatchObject([{ code: 'unresolved-reference', path: ['group'] }]);
    expect(tree).toEqual({ group: UNRESOLVED, a: UNRESOLVED, b: { c: UNRESOLVED }, d: UNRESOLVED });
  });

  it('reports a gap in a group once, whoever looks below it', () => {
    const { issues, tree } = resolved({ base: { x: '${gone}' }, group: '${base}', a: '${group.x.y:-none}' });
    expect(issues).toMatchObject([{ code: 'unresolved-reference', path: ['base', 'x'] }]);
    expect(tree['a']).toBe(UNRESOLVED);
  });

  it('reports all gaps', () => {
    expect(resolved({ a: '${x}', b: '${y}', c: '${env:Z}' }).issues.map(({ path }) => path[0])).toEqual([
      'a',
      'b',
      'c',
    ]);
  });
});

describe('interpolate with cycles', () => {
  it.each<[string, ConfigMap, string]>([
    ['a text and itself', { a: 'x${a}' }, 'a -> a'],
    ['two texts', { a: '${b}', b: '${a}' }, 'a -> b -> a'],
    ['a group and a text inside it', { a: { b: '${a}' } }, 'a.b -> a -> a.b'],
    ['a fallback', { a: '${x:-${a}}' }, 'a -> a'],
    ['a cycle that others lead to', { x: '${a}', a: '${b.c}', b: { c: '${a}' } }, 'a -> b.c -> a'],
    ['a list', { a: ['${b}'], b: '${a}' }, 'a.0 -> b -> a -> a.0'],
    ['a text that looks into what it brings in', { a: '${a.b}' }, 'a -> a'],
    ['two that look into what the other brings in', { a: '${b.x}', b: '${a.x:-1}' }, 'a -> b -> a'],
    ['a group and who looks into it from there', { a: '${b}', b: { x: '${a.y}', y: 1 } }, 'a -> b -> b.x -> a'],
  ])('names the members: %s', (_what, tree, members) => {
    const { issues } = resolved(tree);
    expect(issues).toMatchObject([
      {
        code: 'reference-cycle',
        message: `refers to itself: ${members}`,
        hint: 'Give one of them a value of its own.',
      },
    ]);
  });

  it('names up to eleven members in full', () => {
    const names = Array.from({ length: 11 }, (_, index) => `k${String(index)}`);
    expect(resolved(chain(11, '${k0}')).issues).toMatchObject([
      { path: ['k0'], message: `refers to itself: ${[...names, 'k0'].join(' -> ')}` },
    ]);
  });

  it('names of 1,000 members the first and counts the rest', () => {
    const { tree, issues } = resolved(chain(1_000, '${k0}'));
    expect(issues).toMatchObject([
      {
        message: 'refers to itself: k0 -> k1 -> k2 -> k3 -> k4 -> k5 -> k6 -> k7 -> k8 -> k9 -> … 990 more -> k0',
      },
    ]);
    expect(new Set(Object.values(tree))).toEqual(new Set([UNRESOLVED]));
  });

  it('finds none where one value is used twice', () => {
    expect(resolved({ a: '${c}${c}', b: '${c}', c: 1, d: '${a}${b}' }).issues).toEqual([]);
  });

  it('finds none where a text refers to a sibling', () => {
    expect(resolved({ a: { b: '${a.c}', c: 1 }, d: '${a}' }).tree).toEqual({ a: { b: 1, c: 1 }, d: { b: 1, c: 1 } });
  });
});

describe('interpolate within bounds', () => {
  it('follows a chain of any length', () => {
    const { tree, issues } = resolved(chain(5_000, 7));
    expect(issues).toEqual([]);
    expect(tree['k0']).toBe(7);
  });

  it('follows a chain through nested fallbacks', () => {
    const open = '${x:-'.repeat(19);
    const link = (index: number): string => `${open}\${k${String(index + 1)}}${'}'.repeat(19)}`;
    const links = Array.from({ length: 300 }, (_, index) => [`k${String(index)}`, link(index)]) satisfies string[][];
    const { tree } = resolved(Object.fromEntries([...links, ['k300', 7]]) as ConfigMap);
    expect(tree['k0']).toBe(7);
  });

  it('stops exponential growth at 1 MiB', () => {
    const doubling = Array.from({ length: 40 }, (_, index) => [
      `k${String(index)}`,
      `\${k${String(index + 1)}}`.repeat(2),
    ]) satisfies string[][];
    const { tree, issues } = resolved(Object.fromEntries([...doubling, ['k40', 'x']]) as ConfigMap);
    expect(issues).toEqual([
      {
        code: 'reference-too-large',
        path: ['k19'],
        message: 'grows past 1 MiB when its references are filled in',
      },
    ]);
    expect(tree['k20']).toHaveLength(1024 * 1024);
  });

  it('stops groups from doubling at a million values', () => {
    const doubling = Array.from({ length: 40 }, (_, index) => [
      `k${String(index)}`,
      [`\${k${String(index + 1)}}`, `\${k${String(index + 1)}}`],
    ]) satisfies unknown[][];
    const { issues } = resolved(Object.fromEntries([...doubling, ['k40', [1]]]) as ConfigMap);
    expect(issues[0]).toEqual({
      code: 'reference-too-large',
      path: expect.anything() as unknown,
      message: 'brings in more than a million values through its references',
    });
    expect(issues.length).toBeLessThan(100);
  });

  it('counts what all references bring in together', () => {
    const group = Array.from({ length: 999 }, () => 1);
    const tree = { group, list: Array.from({ length: 1_001 }, () => '${group}') };
    const { issues } = resolved(tree);
    // Each brings in 1,000 values, the list included; a million is one too many.
    expect(issues.map(({ path }) => path)).toEqual([
      ['list', '999'],
      ['list', '1000'],
    ]);
  });

  it('walks a group once, however many refer to it', () => {
    const group = Array.from({ length: 5_000 }, () => '${one}');
    const { tree } = resolved({ one: 1, group, list: Array.from({ length: 40 }, () => '${group}') });
    const [first, ...others] = tree['list'] as readonly unknown[]; // it is a list above, too
    expect(first).toBeInstanceOf(Array);
    expect(others.every((other) => other === first)).toBe(true);
  });

  it('brings in groups of 100 levels, and none deeper', () => {
    const nested = (levels: number): unknown => JSON.parse('['.repeat(levels) + ']'.repeat(levels));
    expect(resolved({ a: nested(100), b: '${a}' }).issues).toEqual([]);
    expect(resolved({ a: nested(101), b: '${a}' })).toMatchObject({
      tree: { b: UNRESOLVED },
      issues: [
        {
          code: 'reference-too-deep',
          path: ['b'],
          message: 'brings in a group that is nested more than 100 levels deep',
        },
      ],
    });
  });

  it('does not let groups in groups grow deeper than that', () => {
    const links = Array.from({ length: 120 }, (_, index) => [
      `k${String(index + 1)}`,
      { below: `\${k${String(index)}}` },
    ]) satisfies unknown[][];
    const { issues } = resolved(Object.fromEntries([['k0', { leaf: 1 }], ...links]) as ConfigMap);
    expect(new Set(issues.map(({ code }) => code))).toEqual(new Set(['reference-too-deep']));
  });
});

describe('interpolate and secrets', () => {
  it('taints what a secret goes into, and what that goes into', () => {
    const tree = { secret: 's', url: 'x${secret}', copy: '${url}', list: ['<${copy}>'], clean: '${plain}', plain: 1 };
    expect(resolved(tree).tainted).toEqual(new Set(['url', 'copy', 'list.0']));
  });

  it('taints through a value below a secret', () => {
    expect(resolved({ secret: { user: 'u' }, a: '${secret.user}' }).tainted).toEqual(new Set(['a']));
  });

  it('taints in the order that does not suit', () => {
    expect(resolved({ c: '${b}', b: '${a}', a: '${secret}', secret: 's' }).tainted).toEqual(new Set(['a', 'b', 'c']));
  });

  it('taints what a secret variable goes into, the fallback included', () => {
    const { tainted } = resolved(
      { a: '${env:SECRET}', b: '${env:OTHER}', c: '${env:SECRET:-}', d: '${a}' },
      withVariables({ SECRET: 's', OTHER: 'o' }),
    );
    expect(tainted).toEqual(new Set(['a', 'c', 'd']));
  });

  it('taints what the file of a secret goes into, by the name of the file', () => {
    const files = { '/run/secret': 's', 'x\\secret': 's', '/secret/plain': 'p', 'line\nbreak/secret': 's' };
    const names = Object.keys(files);
    const { tainted } = resolved({ list: names.map((name) => `\${file:${name}}`) }, withFiles(files));
    expect(tainted).toEqual(new Set(['list.0', 'list.1', 'list.3']));
  });

  it('taints a whole group that is secret', () => {
    expect(resolved({ secret: { a: 1 }, copy: '${secret}' }).tainted).toEqual(new Set(['copy', 'copy.a']));
  });

  it('taints the secrets of a group at the places it is brought to', () => {
    const tree = {
      secret: 's',
      db: { url: 'x${secret}', user: 'app', 'tls.key': { secret: 'k' } },
      copies: ['${db}'],
      again: '${x:-${db}}',
      through: '${again}',
    };
    const { tainted } = resolved(tree);
    const places = ['copies.0', 'again', 'through'].flatMap((to) => [`${to}.url`, `${to}["tls.key"].secret`]);
    expect(tainted).toEqual(new Set(['db.url', ...places]));
  });

  it('taints what comes out of a group that is brought in, and what that goes into', () => {
    const tree = {
      secret: 's',
      db: { url: 'x${secret}', user: 'app', inner: { secret: 'k' } },
      group: '${db}',
      url: '${group.url}',
      text: '<${group.inner.secret}>',
      inner: '${group.inner}',
      user: '${group.user}',
      again: '${url}',
    };
    const places = ['group.url', 'group.inner.secret', 'url', 'text', 'inner.secret', 'again'];
    expect(resolved(tree).tainted).toEqual(new Set(['db.url', ...places]));
  });

  it('taints a text even when it could not be built', () => {
    expect(resolved({ secret: 's', a: '${secret}${gone}' }).tainted).toEqual(new Set(['a']));
  });
});
