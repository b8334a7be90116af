import { describe, expect, it } from '@jest/globals';
import { normaliseMap } from '../../src/binding/index.js';
import { createLayer, type SectionNode } from '../../src/core/index.js';

const anything: SectionNode = { kind: 'section', keys: new Map(), spellings: new Map(), open: true };

function issuesWith(tree: Readonly<Record<string, unknown>>): readonly string[] {
  const { issues } = normaliseMap(createLayer({ name: 'object', tree }), tree, anything);
  return issues.map(({ code, path, message }) => `${code} ${path.join('.')}: ${message}`);
}

describe('a layer of too many values', () => {
  it('may have two million, the list that holds them counted', () => {
    expect(issuesWith({ list: new Array(1_999_999).fill(1) })).toEqual([]);
  });

  it('is refused at the first value beyond', () => {
    expect(issuesWith({ list: new Array(1_999_998).fill(1), more: { one: 1 } })).toEqual([
      'too-large more: holds more than two million values',
    ]);
  });

  it('is refused beyond, once, where the limit is passed', () => {
    const half = new Array(1_000_000).fill('x');
    expect(issuesWith({ a: half, b: half, c: half, d: { e: 1 } })).toEqual([
      'too-large b: holds more than two million values',
    ]);
  });
});
