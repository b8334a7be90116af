import { describe, expect, it } from '@jest/globals';
import fc from '../fast-check.js';
import { normaliseMap } from '../../src/binding/index.js';
import { createLayer, UNRESOLVED } from '../../src/core/index.js';
import { resolved } from '../core/references/reference-scope.js';
import * as evil from './evil.js';
import { FUZZ_SCHEMA } from './fuzz-settings.js';
import { expectHarmless, survives } from './survive.js';

const PIECES = [
  ...[
    '${',
    '${',
    '}',
    '}',
    ':-',
    '$${',
    '$',
    'a',
    'b',
    'c',
    'a.b',
    'a.text',
    '.',
    'env:',
    'file:',
    'env:SECRET',
    '["',
    '"]',
  ],
  ...[
    '${a}',
    '${b}',
    '${c}',
    '${a.b}',
    '${a.b:-',
    '${c:-${b}}',
    '${env:USER_TEXT}',
    '${file:f}',
    '${__proto__.x}',
    ' ',
  ],
];
const template = fc.array(fc.constantFrom(...PIECES), { maxLength: 8 }).map((pieces) => pieces.join(''));
const value = fc.oneof(template, evil.jsonValue);
const group = fc.dictionary(fc.constantFrom('a', 'b', 'c', 'text', 'secret'), value);
const trees = fc
  .record({ a: fc.oneof(value, group), b: fc.oneof(value, group), c: fc.array(value) }, { requiredKeys: [] })
  .map((tree) => normaliseMap(createLayer({ name: 'fuzz', tree }), tree, FUZZ_SCHEMA).tree);

describe('references', () => {
  it('survive any tree', async () => {
    await survives(trees, (tree) => {
      const result = resolved(tree, {
        environment: (name) => (name === 'USER_TEXT' ? '${secret} ${a}' : undefined),
        file: (name) => (name === 'f' ? '${b}' : { code: 'source-not-found', message: 'is not there' }),
      });
      expectHarmless(result.tree);
      const gaps = JSON.stringify(result.tree, (_key, node: unknown) => (node === UNRESOLVED ? 'gap!' : node));
      expect(result.issues.length > 0).toBe(gaps.includes('"gap!"'));
    });
    expect.hasAssertions();
  });
});
