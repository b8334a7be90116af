import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { jsonFile, tomlFile, yamlFile } from '../../src/sources/index.js';
import { layerOf, temporaryFolder } from './file-fixtures.js';

/** Where the key of a dotted path is written, as `line:column`. */
async function keyPlace(name: string, lines: readonly string[], path: string): Promise<string> {
  const folder = await temporaryFolder({ [name]: lines.join('\n') });
  const file = join(folder, name);
  const source = name.endsWith('.yaml') ? yamlFile(file) : name.endsWith('.toml') ? tomlFile(file) : jsonFile(file);
  const origin = (await layerOf(source)).locateKey?.(path.split('.'));
  return `${String(origin?.line)}:${String(origin?.column)}`;
}

describe('the place of a key in YAML', () => {
  const lines = ['base: &base', '  host: a', 'database:', '  <<: *base', '  "pool":', '    max: 5', 'ports:', '  - 80'];
  it.each([
    ['database', '3:1'],
    ['database.pool', '5:3'],
    ['database.pool.max', '6:5'],
    ['database.host', '2:3'],
  ])('%s is its own line', async (path, place) => {
    expect(await keyPlace('app.yaml', lines, path)).toBe(place);
  });

  it('is that of the value for an item of a list', async () => {
    expect(await keyPlace('app.yaml', lines, 'ports.0')).toBe('8:5');
  });

  it('is that of the key, not of the alias behind it', async () => {
    expect(await keyPlace('app.yaml', ['a: &a {b: 1}', 'c:', '  d: *a'], 'c.d')).toBe('3:3');
  });
});

describe('the place of a key in JSON', () => {
  it.each([
    ['database', '2:3'],
    ['database.port', '4:5'],
  ])('%s is where its quotes open', async (path, place) => {
    const lines = ['{', '  "database":', '  {', '    "port": 1', '  }', '}'];
    expect(await keyPlace('app.json', lines, path)).toBe(place);
  });
});

describe('the place of a key in TOML', () => {
  const lines = ['[database.pool]', 'max = 5', 'a."b".c = 1', '[[servers]]', 'host = "x"', '[[servers]]', 'host = "y"'];
  it.each([
    ['database', '1:2'],
    ['database.pool', '1:11'],
    ['database.pool.max', '2:1'],
    ['database.pool.a', '3:1'],
    ['database.pool.a.b', '3:3'],
    ['database.pool.a.b.c', '3:7'],
    ['servers', '4:3'],
    ['servers.1.host', '7:1'],
  ])('%s is where it is first written', async (path, place) => {
    expect(await keyPlace('app.toml', lines, path)).toBe(place);
  });
});
