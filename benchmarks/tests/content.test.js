import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { writeContent } from '../harness/content/content.js';
import { buildTree, describeSections, valueAt } from '../harness/content/sections.js';
import { parserOf } from '../harness/subjects/read-tree.js';

describe('the content', () => {
  it('has the leaves it says, 50 in each section', () => {
    const tree = buildTree(1_000);
    assert.equal(Object.keys(tree).length, 20);
    assert.ok(Object.values(tree).every((section) => Object.keys(section).length === 50));
  });

  it('names the fields of each section apart, but for the first', () => {
    const names = describeSections(1_000).flatMap(({ fields }) => fields.map(({ name }) => name));
    assert.equal(new Set(names).size, 20 * 49 + 1);
  });

  it('keeps its own rules', () => {
    for (const [section, { fields }] of describeSections(10_000).entries()) {
      for (const [index, { kind, min, max }] of fields.entries()) {
        const value = valueAt(section, index);
        if (kind === 'integer') assert.ok(Number.isInteger(value) && value >= min && value <= max);
        else assert.equal(typeof value, kind === 'text' ? 'string' : 'boolean');
      }
    }
  });

  it('is the same in JSON and in YAML', async () => {
    for (const format of ['json', 'yaml']) {
      const { path } = await writeContent(1_000, format);
      const parse = await parserOf(format);
      assert.deepEqual(parse(readFileSync(path, 'utf8')), buildTree(1_000), format);
    }
  });

  it('can be broken in exactly one leaf', async () => {
    const { path } = await writeContent(1_000, 'json', { broken: true });
    const sound = buildTree(1_000);
    const wrong = Object.entries(JSON.parse(readFileSync(path, 'utf8'))).flatMap(([section, fields]) =>
      Object.entries(fields).filter(([field, value]) => sound[section][field] !== value),
    );
    assert.deepEqual(wrong, [['limit00', 1_000_001]]);
  });
});
