import { describe, expect, it } from '@jest/globals';
import { firstOpen, linesOf, treeOf, type Line } from '../../src/inspector/page/tree.js';

const root = treeOf({
  generation: 1,
  places: ['config/app.yaml'],
  types: ['string'],
  rows: [
    ['http.port', '80', 0, 0, 2, ''],
    ['routes["a.b"].target', '"orders"', 0, 0, 0, ''],
    ['routes["a.b"]["c\\"]d"]', '[secure]', 0, -1, 0, 'secret'],
  ],
});

const shown = (lines: readonly Line[]): readonly string[] =>
  lines.map(
    ({ node, position, siblings }) => `${String(node.depth)} ${node.key} ${String(position)}/${String(siblings)}`,
  );

describe('the tree of the page', () => {
  it('has a group for each key on the way, dots in keys or not', () => {
    expect(shown(linesOf(root, firstOpen(root, 3), ''))).toEqual([
      '1 http 1/2',
      '2 port 1/1',
      '1 routes 2/2',
      '2 ["a.b"] 1/1',
      '3 target 1/2',
      '3 ["c\\"]d"] 2/2',
    ]);
  });

  it('is closed at first where there is much, and opens a group at a time', () => {
    expect([...firstOpen(root, 10_000)]).toEqual([]);
    expect(shown(linesOf(root, new Set(['routes']), ''))).toEqual(['1 http 1/2', '1 routes 2/2', '2 ["a.b"] 1/1']);
  });

  it('finds all words of a search in path, value and place, with the groups around', () => {
    const found = (search: string): readonly string[] => shown(linesOf(root, new Set(), search));
    expect(found('ROUTES orders')).toEqual(['1 routes 1/1', '2 ["a.b"] 1/1', '3 target 1/1']);
    expect(found('app.yaml:2')).toEqual(['1 http 1/1', '2 port 1/1']);
    expect(found('nothing')).toEqual([]);
  });
});
