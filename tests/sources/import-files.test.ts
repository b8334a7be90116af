import { mkdir, symlink } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import fc from '../fast-check.js';
import { formatPlace } from '../../src/core/index.js';
import { jsonFile, tomlFile, yamlFile } from '../../src/sources/index.js';
import { type ImportNode, ImportCycle, orderImports } from '../../src/sources/file/import-order.js';
import { failureOf, layersOf, plain, temporaryFolder } from './file-fixtures.js';

async function names(path: string, folder: string): Promise<string[]> {
  return (await layersOf(yamlFile(path))).map(({ name }) => relative(folder, name));
}

describe('$import', () => {
  it('puts the imported files below the importing one, a later import above an earlier one', async () => {
    const folder = await temporaryFolder({
      'app.yaml': '$import: [one.json, parts/two.toml]\na: app\n',
      'one.json': '{"b":"one"}',
      'parts/two.toml': '"$import" = "three.jsonc"\nc = "two"',
      'parts/three.jsonc': '{ "d": "three", /* last */ }',
    });
    const layers = await layersOf(yamlFile(join(folder, 'app.yaml')));
    expect(layers.map(({ tree }) => plain(tree))).toEqual([{ b: 'one' }, { d: 'three' }, { c: 'two' }, { a: 'app' }]);
    expect(layers.map(({ name }) => relative(folder, name))).toEqual([
      'one.json',
      'parts/three.jsonc',
      'parts/two.toml',
      'app.yaml',
    ]);
  });

  it('knows the places and the folder of an imported file', async () => {
    const folder = await temporaryFolder({ 'app.yaml': '$import: parts/one.json', 'parts/one.json': '{\n"b": 1}' });
    const [layer] = await layersOf(yamlFile(join(folder, 'app.yaml')));
    expect(layer?.folder).toBe(join(folder, 'parts'));
    expect(layer && formatPlace(layer.locate(['b']))).toBe(`${join(folder, 'parts/one.json')}:2:6`);
  });

  it('finds the places of a file that imports', async () => {
    const folder = await temporaryFolder({ 'app.yaml': '$import: []\na: 1' });
    const [layer] = await layersOf(yamlFile(join(folder, 'app.yaml')));
    expect(layer?.tree).toEqual({ a: 1 });
    expect(layer?.locate(['a'])).toMatchObject({ line: 2, column: 4 });
  });

  it('reads each file once, below all that import it', async () => {
    const folder = await temporaryFolder({
      'app.yaml': '$import: [b.yaml, c.yaml, ./b.yaml]',
      'b.yaml': '$import: base.yaml',
      'c.yaml': '$import: base.yaml',
      'base.yaml': 'a: 1',
    });
    expect(await names(join(folder, 'app.yaml'), folder)).toEqual(['base.yaml', 'b.yaml', 'c.yaml', 'app.yaml']);
  });

  it('knows a file again behind a symbolic link', async () => {
    const folder = await temporaryFolder({ 'app.yaml': '$import: [b.yaml, link.yaml]', 'b.yaml': 'a: 1' });
    await symlink('b.yaml', join(folder, 'link.yaml'));
    expect(await names(join(folder, 'app.yaml'), folder)).toEqual(['b.yaml', 'app.yaml']);
  });

  it('keeps an own __proto__ beside it', async () => {
    const folder = await temporaryFolder({ 'app.json': '{"$import":[],"__proto__":{"polluted":1}}' });
    const [layer] = await layersOf(jsonFile(join(folder, 'app.json')));
    expect(Object.keys(layer?.tree ?? {})).toEqual(['__proto__']);
    expect({}).not.toHaveProperty('polluted');
  });

  it('lets an optional file be absent, and only absent', async () => {
    const folder = await temporaryFolder({
      'app.yaml': '$import: ["optional:none.yaml", "optional: b.yaml"]',
      'b.yaml': 'a: 1',
    });
    expect(await names(join(folder, 'app.yaml'), folder)).toEqual(['b.yaml', 'app.yaml']);
    const broken = await temporaryFolder({ 'app.yaml': '$import: optional:b.yaml', 'b.yaml': 'a: [' });
    expect((await failureOf(layersOf(yamlFile(join(broken, 'app.yaml'))))).code).toBe('invalid-yaml');
  });

  it('names the members of a cycle', async () => {
    const folder = await temporaryFolder({
      'app.yaml': 'a: 1\n$import: b.yaml',
      'b.yaml': '$import: [c.yaml]',
      'c.yaml': '$import:\n  - b.yaml',
    });
    const error = await failureOf(layersOf(yamlFile(join(folder, 'app.yaml'))));
    expect(error.code).toBe('import-cycle');
    const [issue] = error.issues;
    expect(issue?.message.replaceAll(`${folder}/`, '')).toBe('the files import each other: b.yaml -> c.yaml -> b.yaml');
    expect(issue?.origin).toMatchObject({ source: join(folder, 'b.yaml'), line: 1, column: 11 });
  });

  it('names a file that imports itself', async () => {
    const folder = await temporaryFolder({ 'app.yaml': '$import: ./app.yaml' });
    const error = await failureOf(layersOf(yamlFile(join(folder, 'app.yaml'))));
    expect(error.issues[0]?.message.replaceAll(`${folder}/`, '')).toBe(
      'the files import each other: app.yaml -> app.yaml',
    );
  });

  it.each([
    ['http://169.254.169.254/latest', 'import-refused', 'addresses cannot be imported, only files'],
    ['https://example.com/a.yaml', 'import-refused', 'addresses cannot be imported, only files'],
    ['optional:https://example.com/a.yaml', 'import-refused', 'addresses cannot be imported, only files'],
    ['file:///etc/passwd', 'import-refused', 'addresses cannot be imported, only files'],
    ['../../../../../../etc/shadow.yaml', 'import-refused', 'the imported file is outside the allowed folders'],
    ['optional:/nowhere/x.yaml', 'import-refused', 'the imported file is outside the allowed folders'],
    ['../../etc/passwd', 'invalid-import', 'the name of the file does not show its format'],
    ['', 'invalid-import', 'expected the path of a file'],
    ['optional:', 'invalid-import', 'expected the path of a file'],
    ['none.yaml', 'import-not-found', 'the imported file does not exist'],
  ])('refuses %j: %s', async (target, code, message) => {
    const folder = await temporaryFolder({
      'app.json': JSON.stringify({ $import: ['ok.yaml', target] }),
      'ok.yaml': '',
    });
    const error = await failureOf(layersOf(jsonFile(join(folder, 'app.json'), { name: 'app.json' })));
    expect(error).toMatchObject({ code, category: 'parse' });
    expect(error.issues).toMatchObject([
      { code, message, path: ['$import', '1'], origin: { key: '$import.1', source: 'app.json', line: 1, column: 23 } },
    ]);
    expect(error.message).toContain('app.json cannot import a file.');
  });

  it.each([1, null, [1], { a: 1 }, [['a.yaml']]])('refuses %j, which is no text', async (value) => {
    const folder = await temporaryFolder({ 'app.json': JSON.stringify({ $import: value }) });
    expect((await failureOf(layersOf(jsonFile(join(folder, 'app.json'))))).code).toBe('invalid-import');
  });

  it('refuses a symbolic link that leads out of the folder', async () => {
    const folder = await temporaryFolder({ 'config/app.toml': '"$import" = "link.yaml"', 'secret.yaml': 'a: 1' });
    await symlink('../secret.yaml', join(folder, 'config/link.yaml'));
    expect((await failureOf(layersOf(tomlFile(join(folder, 'config/app.toml'))))).code).toBe('import-refused');
  });

  it('refuses a folder with the name of a file', async () => {
    const folder = await temporaryFolder({ 'app.yaml': '$import: b.yaml' });
    await mkdir(join(folder, 'b.yaml'));
    expect((await failureOf(layersOf(yamlFile(join(folder, 'app.yaml'))))).code).toBe('source-unreadable');
  });

  it('allows other folders by the option roots, and then only those', async () => {
    const folder = await temporaryFolder({
      'config/app.yaml': '$import: ../shared/b.yaml',
      'config/own.yaml': '$import: c.yaml',
      'config/c.yaml': '',
      'shared/b.yaml': 'a: 1',
    });
    const roots = [join(folder, 'shared')];
    expect(await layersOf(yamlFile(join(folder, 'config/app.yaml'), { roots }))).toHaveLength(2);
    expect((await failureOf(layersOf(yamlFile(join(folder, 'config/own.yaml'), { roots })))).code).toBe(
      'import-refused',
    );
  });

  it('is an ordinary key below the root', async () => {
    const folder = await temporaryFolder({ 'app.yaml': 'a:\n  $import: b.yaml' });
    expect(await layersOf(yamlFile(join(folder, 'app.yaml')))).toMatchObject([{ tree: { a: { $import: 'b.yaml' } } }]);
  });
});

describe('orderImports', () => {
  const graph = fc.array(fc.array(fc.nat(7), { maxLength: 4 }), { minLength: 1, maxLength: 8 });

  it('puts every file after what it imports, each once, or names a cycle', () => {
    fc.assert(
      fc.property(graph, (lists) => {
        const nodes = new Map(lists.map((imports, key) => [key, { key, imports }]));
        const { order, cycle } = orderOrCycle(nodes);
        const inOrder = order.every((key, index) => {
          const imports = nodes.get(key)?.imports ?? [];
          return imports.every((imported) => order.slice(0, index).includes(imported));
        });
        const closes = cycle.every((key, index) => index === 0 || lists[cycle[index - 1] ?? 0]?.includes(key) === true);
        expect(new Set(order).size).toBe(order.length);
        expect({ inOrder, closes, ends: cycle.at(-1) }).toEqual({ inOrder: true, closes: true, ends: cycle[0] });
      }),
    );
  });
});

function orderOrCycle(nodes: ReadonlyMap<number, ImportNode<number>>): {
  order: readonly number[];
  cycle: readonly number[];
} {
  try {
    return { order: orderImports([0], nodes), cycle: [] };
  } catch (error) {
    if (error instanceof ImportCycle) return { order: [], cycle: error.members.map(Number) };
    throw error;
  }
}
