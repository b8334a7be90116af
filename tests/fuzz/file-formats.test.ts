import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { dump } from 'js-yaml';
import fc from '../fast-check.js';
import { writeStillFile } from '../still-file.js';
import { stringify } from 'smol-toml';
import type { ConfigSource } from '../../src/core/index.js';
import { jsonFile, tomlFile, yamlFile } from '../../src/sources/index.js';
import * as evil from './evil.js';
import { fuzzFolder } from './folder.js';
import { loadAndCheck, survives } from './survive.js';

const JSON_PIECES = [
  '{',
  '}',
  '[',
  ']',
  ',',
  ':',
  '"',
  '\\u0000',
  '\\ud800',
  '"__proto__":',
  '/*',
  '*/',
  '//',
  '\ufeff',
];
const YAML_PIECES = [
  ...[
    '- ',
    ': ',
    '\n',
    '  ',
    '? ',
    '<<: *x',
    '&x ',
    '*x',
    '!!js/function ',
    '!!python/object:x ',
    '!unset',
    '!!binary ',
  ],
  ...[
    '|\n',
    '>-\n',
    '---\n',
    '...\n',
    '#',
    '"',
    "'",
    '{',
    '}',
    '[',
    ']',
    ',',
    '\t',
    '%YAML 1.1\n',
    '__proto__: ',
    '0o17',
  ],
  ...['&x {<<: *x}', '<<: {__proto__: {x: 1}}', '<<: [*x, *x]', '2001-01-01', '.nan', '!!set', '!!merge <<: '],
];
const TOML_PIECES = [
  ...[
    '[',
    ']',
    '[[',
    ']]',
    '.',
    '=',
    '\n',
    '"',
    '"""',
    "'''",
    '#',
    '{',
    '}',
    ',',
    '1979-05-27T07:32:00Z',
    'inf',
    'nan',
  ],
  ...[
    '[__proto__]\n',
    '[[a.__proto__]]\n',
    'constructor.prototype.x = 1\n',
    '"__proto__" = 1\n',
    '0x10',
    '1_000',
    '\\u0000',
  ],
];

/** Lines of some pieces, which now and then make sense. */
function lines(pieces: readonly string[], join_: string): fc.Arbitrary<string> {
  const piece = fc.oneof(fc.constantFrom(...pieces), evil.key, evil.text);
  return fc
    .array(
      fc.array(piece, { maxLength: 6 }).map((parts) => parts.join('')),
      { maxLength: 8 },
    )
    .map((all) => all.join(join_));
}

/** What a writer makes of a tree; nothing where it refuses. */
function written(write: (tree: object) => string): fc.Arbitrary<string> {
  return evil.tree.map((tree) => {
    try {
      return write(tree);
    } catch {
      return '';
    }
  });
}

const json = evil.mangled(
  fc.oneof(
    evil.tree.map((tree) => JSON.stringify(tree)),
    evil.tree.map((tree) => JSON.stringify(tree, null, 2)),
    fc.json(),
  ),
  JSON_PIECES,
);
const commented = evil.mangled(json, ['// x\n', '/* x */', ',', ',]', ',}', '/*', '//', '"//"']);
const yaml = fc.oneof(
  evil.mangled(
    written((tree) => dump(tree)),
    YAML_PIECES,
  ),
  evil.mangled(json, YAML_PIECES),
  lines(YAML_PIECES, '\n'),
);
const toml = fc.oneof(evil.mangled(written(stringify), TOML_PIECES), lines(TOML_PIECES, '\n'));

describe.each<[string, fc.Arbitrary<string>, (path: string) => ConfigSource]>([
  ['app.json', json, (path) => jsonFile(path)],
  ['app.jsonc', commented, (path) => jsonFile(path)],
  ['app.yaml', yaml, (path) => yamlFile(path)],
  ['app.toml', toml, (path) => tomlFile(path)],
])('%s', (name, texts, source) => {
  const folder = fuzzFolder();

  async function attempt(content: string | Uint8Array): Promise<void> {
    const path = join(folder(), name);
    await writeStillFile(path, content);
    await loadAndCheck(source(path));
  }

  it('survives any text', async () => {
    await survives(texts, attempt);
    expect.hasAssertions();
  });

  it('survives any bytes', async () => {
    await survives(fc.uint8Array({ maxLength: 40 }), attempt);
    expect.hasAssertions();
  });
});
