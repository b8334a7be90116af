import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { writeContent } from '../harness/content/content.js';
import { buildOverlay, buildTree, describeSections, leavesOf, listVariables } from '../harness/content/sections.js';
import { parserOf } from '../harness/subjects/read-tree.js';

describe('the content', () => {
  it('has the leaves it says, 50 in each section', () => {
    const tree = buildTree({ leaves: 1_000 });
    assert.equal(Object.keys(tree).length, 20);
    assert.ok(Object.values(tree).every((section) => Object.keys(section).length === 50));
  });

  it('names the fields of each section apart, but for the first', () => {
    const names = describeSections({ leaves: 1_000 }).flatMap(({ fields }) => fields.map(({ name }) => name));
    assert.equal(new Set(names).size, 20 * 49 + 1);
  });

  it('keeps its own rules', () => {
    for (const content of [{ leaves: 10_000 }, { shape: 'service', leaves: 10_000 }]) {
      for (const { field } of leavesOf(content)) {
        for (const value of [field.base, field.value]) {
          if (field.kind === 'integer') assert.ok(Number.isInteger(value) && value >= field.min && value <= field.max);
          else assert.equal(typeof value, field.kind === 'text' ? 'string' : 'boolean');
        }
      }
    }
  });

  it('is the same in JSON and in YAML', async () => {
    for (const format of ['json', 'yaml']) {
      const { path } = await writeContent(1_000, format);
      const parse = await parserOf(format);
      assert.deepEqual(parse(readFileSync(path, 'utf8')), buildTree({ leaves: 1_000 }), format);
    }
  });

  it('can be broken in exactly one leaf', async () => {
    const { path } = await writeContent(1_000, 'json', { broken: true });
    const sound = buildTree({ leaves: 1_000 });
    const wrong = Object.entries(JSON.parse(readFileSync(path, 'utf8'))).flatMap(([section, fields]) =>
      Object.entries(fields).filter(([field, value]) => sound[section][field] !== value),
    );
    assert.deepEqual(wrong, [['limit00', 1_000_001]]);
  });
});

describe('the content of a service', () => {
  const content = { shape: 'service', leaves: 10_000 };

  it('has 100 sections of ten groups of ten fields, every name its own', () => {
    const sections = describeSections(content);
    assert.equal(sections.length, 100);
    assert.ok(sections.every(({ fields, groups }) => fields.length === 0 && groups.length === 10));
    const names = leavesOf(content).map(({ field }) => field.name);
    assert.equal(new Set(names).size, 10_000);
  });

  it('has its sizes down to one group', () => {
    for (const leaves of [10, 100, 1_000]) {
      const described = leavesOf({ shape: 'service', leaves });
      assert.equal(described.length, leaves);
      assert.ok(described.some(({ field }) => field.overlay !== undefined));
      assert.equal(listVariables({ shape: 'service', leaves }).length, Math.min(100, leaves / 10));
    }
  });

  it('says in its overlay and its variables something else than in its base', () => {
    const overlaid = leavesOf(content).filter(({ field }) => field.overlay !== undefined);
    assert.equal(overlaid.length, 200);
    assert.ok(overlaid.every(({ field }) => field.overlay !== field.base));
    assert.equal(Object.values(buildOverlay(content)).length, 100);
    assert.ok(leavesOf(content).every(({ field: { variable, base } }) => variable === undefined || variable !== base));
  });

  it('can be below one root key', () => {
    const rooted = { ...content, root: 'service' };
    assert.deepEqual(buildTree(rooted), { service: buildTree(content) });
    assert.equal(listVariables(rooted)[0].path[0], 'service');
  });
});
