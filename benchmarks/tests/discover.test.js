import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { importBenchmark, listIds, selectIds } from '../harness/discover.js';

describe('a folder of benchmarks', () => {
  let folder;

  before(() => {
    folder = mkdtempSync(path.join(os.tmpdir(), 'uno-config-discover-'));
    for (const area of ['load', 'harness', 'tests', 'node_modules']) mkdirSync(path.join(folder, area));
    writeFileSync(path.join(folder, 'package.json'), '{ "type": "module" }');
    for (const name of ['load/a-10000', 'load/a-1000', 'load/half', 'harness/part', 'tests/x', 'node_modules/y']) {
      writeFileSync(path.join(folder, `${name}.js`), "export default { title: 'A', unit: 'ms', measure() {} };");
    }
    writeFileSync(path.join(folder, 'load/half.js'), "export default { title: 'A', unit: 'ms' };");
  });

  after(() => rmSync(folder, { recursive: true }));

  it('has one benchmark for each file of an area, smaller sizes first', () => {
    assert.deepEqual(listIds(folder), ['load/a-1000', 'load/a-10000', 'load/half']);
  });

  it('gives the default export of a file', async () => {
    assert.equal((await importBenchmark('load/a-1000', folder)).title, 'A');
  });

  it('says what a file lacks', async () => {
    await assert.rejects(importBenchmark('load/half', folder), {
      name: 'TypeError',
      message: 'load/half.js: its default export needs measure, a function.',
    });
  });
});

describe('the benchmarks of this repository', () => {
  it('all have what the harness asks of them', async () => {
    for (const id of listIds()) await importBenchmark(id);
  });

  it('state a target in words and in figures', async () => {
    for (const id of listIds()) {
      const { target } = await importBenchmark(id);
      if (target === undefined) continue;
      assert.equal(typeof target.text, 'string', id);
      assert.ok(target.ratios !== undefined || target.median !== undefined, id);
    }
  });
});

describe('selectIds', () => {
  const ids = ['load/a', 'load/b', 'read/a'];

  it('gives all when nothing is wanted', () => {
    assert.deepEqual(selectIds(ids, []), ids);
  });

  it('takes an id or the start of several', () => {
    assert.deepEqual(selectIds(ids, ['read/a', 'load']), ids);
  });

  it('takes one benchmark for its exact id, though others start with it', () => {
    assert.deepEqual(selectIds(['load/x-1000', 'load/x-10000'], ['load/x-1000']), ['load/x-1000']);
  });

  it('names the ids when a text selects none', () => {
    assert.throws(() => selectIds(ids, ['laod']), {
      name: 'RangeError',
      message: 'laod: no benchmark has this id or starts with it. There are: load/a, load/b, read/a.',
    });
  });
});
