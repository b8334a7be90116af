import { describe, expect, it } from '@jest/globals';
import fc from '../fast-check.js';
import { normaliseMap } from '../../src/binding/index.js';
import { createLayer, isConfigMap, mergeTrees, UNSET } from '../../src/core/index.js';
import { deepFrozen } from '../core/deep-frozen.js';
import * as evil from './evil.js';
import { FUZZ_SCHEMA } from './fuzz-settings.js';
import { expectHarmless, survives } from './survive.js';

const layers = fc
  .array(evil.tree, { maxLength: 4 })
  .map((trees) =>
    trees.map((tree) => normaliseMap(createLayer({ name: 'fuzz', tree }), deepFrozen(tree), FUZZ_SCHEMA).tree),
  );

function holdsUnset(node: unknown): boolean {
  if (node === UNSET) return true;
  return (Array.isArray(node) || isConfigMap(node)) && Object.values(node).some(holdsUnset);
}

describe('merge', () => {
  it('survives any layers, changes none of them, and leaves nothing unset behind', async () => {
    await survives(layers, (trees) => {
      const merged = mergeTrees(deepFrozen(trees), FUZZ_SCHEMA);
      expectHarmless(merged);
      expect(holdsUnset(merged)).toBe(false);
    });
    expect.hasAssertions();
  });

  it('touches no prototype even when nobody has checked the keys', async () => {
    await survives(fc.array(evil.tree, { maxLength: 4 }), (trees) => mergeTrees(deepFrozen(trees), FUZZ_SCHEMA));
    expect.hasAssertions();
  });
});
