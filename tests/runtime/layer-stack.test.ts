import { describe, expect, it } from '@jest/globals';
import fc from '../fast-check.js';
import { createLayer, UNSET, type ConfigMap } from '../../src/core/index.js';
import type { NormalisedLayer } from '../../src/binding/index.js';
import { LayerStack } from '../../src/runtime/layer-stack.js';
import type { SourceReading } from '../../src/runtime/source-reading.js';

const KEYS = ['a', 'b', 'c', 'd'] as const;

const tree = fc.dictionary(fc.constantFrom(...KEYS), fc.constantFrom<unknown>('plain', '${a}', UNSET));

function layerOf(values: ConfigMap): NormalisedLayer {
  const held = Object.values(values);
  return {
    layer: createLayer({ name: 'values', tree: values }),
    tree: values,
    holdsReferences: held.includes('${a}'),
    holdsSecrets: false,
    holdsUnset: held.includes(UNSET),
    issues: [],
    unknownKeys: [],
    values: held.length,
  };
}

const reading = fc.array(tree.map(layerOf), { maxLength: 3 }).map((normalised): SourceReading => ({
  layers: normalised.map(({ layer }) => layer),
  normalised,
}));

const READINGS = 5;

describe('a stack of layers', () => {
  it('knows of replaced readings what one made anew from all of them knows', () => {
    const steps = fc.array(fc.dictionary(fc.nat(READINGS - 1).map(String), reading, { minKeys: 1 }), { maxLength: 6 });
    const first = fc.array(reading, { minLength: READINGS, maxLength: READINGS });
    const lowest = fc.option(tree.map(layerOf), { nil: undefined });
    fc.assert(
      fc.property(first, steps, lowest, fc.boolean(), (readings, replacements, defaultLayer, asked) => {
        let stack = LayerStack.of(readings, { defaultLayer });
        for (const replacement of replacements) {
          // Whoever has been asked for layers keeps more than one who has not.
          if (asked) stack.layersWith('a');
          const replaced = Object.keys(replacement).map(Number);
          readings = readings.map((old, index) => replacement[index] ?? old);
          stack = stack.after(readings, replaced, { defaultLayer });
          const anew = LayerStack.of(readings, { defaultLayer });
          expect(stack.layers).toEqual(anew.layers);
          expect([stack.holdsUnset, stack.holdsReferences]).toEqual([anew.holdsUnset, anew.holdsReferences]);
          for (const key of KEYS) expect(stack.layersWith(key)).toEqual(anew.layersWith(key));
        }
      }),
    );
  });

  it('gives the layers that have a key, low to high', () => {
    const [low, high] = [layerOf({ a: 'low', b: 'low' }), layerOf({ a: 'high' })];
    const stack = LayerStack.of(
      [low, high].map((layer) => ({ layers: [layer.layer], normalised: [layer] })),
      { defaultLayer: undefined },
    );
    expect(KEYS.map((key) => stack.layersWith(key).length)).toEqual([2, 1, 0, 0]);
    expect(stack.layersWith('a').map(({ tree: { a } }) => a)).toEqual(['low', 'high']);
  });
});
