import { describe, expect, it } from '@jest/globals';
import type { ConfigPath } from '../../src/core/index.js';
import { nearestPosition, type PositionNode } from '../../src/sources/format/file-positions.js';
import { locateJson } from '../../src/sources/format/json-locate.js';
import { scanJson } from '../../src/sources/format/json-scan.js';
import fc from '../fast-check.js';

function pathsOf({ children }: PositionNode, path: ConfigPath = []): readonly ConfigPath[] {
  const below = [...(children ?? [])].flatMap(([key, child]) => pathsOf(child, [...path, key]));
  return [path, ...below, [...path, 'nobody', 'there']];
}

describe('the place of one value in a JSON text', () => {
  const texts = fc.constantFrom('a', 'b', 'a"b', 'c\\', '\\b', '{', ']', ',', ':', 'é\u2028', '__proto__', '0', '');
  const { tree } = fc.letrec((tie) => ({
    tree: fc.oneof(
      { maxDepth: 4 },
      fc.oneof(texts, fc.integer(), fc.boolean(), fc.constant(null)),
      fc.array(tie('tree'), { maxLength: 4 }),
      fc.dictionary(texts, tie('tree'), { maxKeys: 5 }),
    ),
  }));
  const layouts = fc.constantFrom<string | number | undefined>(undefined, 1, '\t', 4);

  it('is the one that a scan of the whole text finds, or that of the nearest value above', () => {
    fc.assert(
      fc.property(tree, layouts, fc.boolean(), (value, layout, isEscaped) => {
        const plain = JSON.stringify(value, null, layout);
        const text = isEscaped ? ` \r\n${plain.replaceAll('"a"', '"\\u0061"').replaceAll('\n', '\r\n')}` : plain;
        const all = scanJson(text);
        const [found, expected] = [locateJson, (_: string, path: ConfigPath) => nearestPosition(all, path)].map(
          (locate) =>
            pathsOf(all).map((path) => {
              const { offset, keyOffset } = locate(text, path);
              return { path, offset, keyOffset };
            }),
        );
        expect(found).toEqual(expected);
      }),
    );
  });
});
