import { describe, expect, it } from '@jest/globals';
import fc from '../../fast-check.js';
import type { Template } from '../../../src/core/index.js';
import { isTemplateProblem, mayHoldReferences, parseTemplate } from '../../../src/core/index.js';

describe('mayHoldReferences', () => {
  it.each(['${a}', 'x${', '$${a}'])('is true for %s', (text) => {
    expect(mayHoldReferences(text)).toBe(true);
  });

  it.each(['', '$a', '$ {a}', '{a}', '$(a)', '$'])('is false for %j', (text) => {
    expect(mayHoldReferences(text)).toBe(false);
  });
});

describe('parseTemplate', () => {
  const path = (name: string, fallback?: Template): Template[number] => ({
    kind: 'path',
    name,
    ...(fallback !== undefined && { fallback }),
  });

  it.each<[string, Template]>([
    ['', []],
    ['plain', ['plain']],
    ['${a.b}', [path('a.b')]],
    ['${ a.b }', [path('a.b')]],
    ['x${a}y${b}z', ['x', path('a'), 'y', path('b'), 'z']],
    ['${a}${b}', [path('a'), path('b')]],
    ['${env:HOME}', [{ kind: 'env', name: 'HOME' }]],
    ['${env: HOME }', [{ kind: 'env', name: 'HOME' }]],
    ['${ env:HOME }', [{ kind: 'env', name: 'HOME' }]],
    ['${file:/run/secrets/db}', [{ kind: 'file', name: '/run/secrets/db' }]],
    ['${file:a\nb}', [{ kind: 'file', name: 'a\nb' }]],
    ['${environment:x}', [path('environment:x')]],
    ['${xenv:a}', [path('xenv:a')]],
    ['${routes["a.b"]}', [path('routes["a.b"]')]],
    ['${a:-}', [path('a', [])]],
    ['${a:-b}', [path('a', ['b'])]],
    ['${a :- b }', [path('a', [' b '])]],
    ['${a:b}', [path('a:b')]],
    ['${a-b}', [path('a-b')]],
    ['${a:-x:-y}', [path('a', ['x:-y'])]],
    ['${env:A:-1}', [{ kind: 'env', name: 'A', fallback: ['1'] }]],
    ['${a:-${b}}', [path('a', [path('b')])]],
    ['${a:-x${b:-${c}y}z}!', [path('a', ['x', path('b', [path('c'), 'y']), 'z']), '!']],
    ['$${a}', ['${a}']],
    ['x$${a}y', ['x${a}y']],
    ['$$${a}', ['$${a}']],
    ['$${${a}', ['${', path('a')]],
    ['${a:-$${b}', [path('a', ['${b'])]],
    ['a}b', ['a}b']],
    ['${a}}', [path('a'), '}']],
    ['$', ['$']],
    ['a$', ['a$']],
    ['$$', ['$$']],
    ['$a{b}', ['$a{b}']],
    ['${toString}', [path('toString')]],
  ])('takes %j apart', (text, template) => {
    expect(parseTemplate(text)).toEqual(template);
  });

  it.each([
    ['${', 'a reference is not closed with "}"'],
    ['${a', 'a reference is not closed with "}"'],
    ['${a:-b', 'a reference is not closed with "}"'],
    ['${a:-${b}', 'a reference is not closed with "}"'],
    ['${a} ${b', 'a reference is not closed with "}"'],
    ['${}', 'a reference names nothing'],
    ['${ }', 'a reference names nothing'],
    ['${:-x}', 'a reference names nothing'],
    ['${env:}', 'a reference names nothing'],
    ['${file: }', 'a reference names nothing'],
    ['${a${b}}', 'a reference is inside the name of another one'],
    ['${a:-${b${c}}}', 'a reference is inside the name of another one'],
    ['${a${} and ${', 'a reference is inside the name of another one'],
  ])('finds the problem of %j', (text, problem) => {
    expect(parseTemplate(text)).toEqual({ problem });
  });

  it('reads 20 references inside each other, and refuses more', () => {
    const nested = (depth: number): string => '${a:-'.repeat(depth) + '}'.repeat(depth);
    expect(isTemplateProblem(parseTemplate(nested(20)))).toBe(false);
    expect(parseTemplate(nested(21))).toEqual({ problem: 'its references are nested too deeply' });
    expect(parseTemplate(nested(1_000))).toEqual({ problem: 'its references are nested too deeply' });
  });

  it('counts nesting, not references side by side', () => {
    expect(parseTemplate('${a:-b}'.repeat(100))).toHaveLength(100);
  });

  it.each(['${'.repeat(1_000), '${'.repeat(500_000), '${a:-'.repeat(500_000), '$'.repeat(500_000) + '{'])(
    'answers at once for a hostile text',
    (text) => {
      const result = parseTemplate(text);
      expect(isTemplateProblem(result) || typeof result[0] === 'string').toBe(true);
    },
  );

  it('gives a text without references as it is', () => {
    fc.assert(
      fc.property(
        fc.string({ minLength: 1 }).filter((text) => !mayHoldReferences(text)),
        (text) => {
          expect(parseTemplate(text)).toEqual([text]);
        },
      ),
    );
  });

  it('gives an escaped text as it was before', () => {
    const text = fc.string({ unit: fc.constantFrom('$', '{', '}', 'a', ':', '-') });
    fc.assert(
      fc.property(text, (given) => {
        const template = parseTemplate(given.split('${').join('$${'));
        expect(template).toEqual(given === '' ? [] : [given]);
      }),
    );
  });
});

describe('isTemplateProblem', () => {
  it('tells a problem from a template', () => {
    expect(isTemplateProblem({ problem: 'x' })).toBe(true);
    expect(isTemplateProblem([])).toBe(false);
  });
});
