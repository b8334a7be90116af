import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { ConfigError, formatOrigin } from '../../src/core/index.js';
import { configFolder, jsonFile, tomlFile, yamlFile } from '../../src/sources/index.js';
import fc from '../fast-check.js';
import { addFiles, failureOf, layersOf, loadContext, plain, temporaryFolder } from './file-fixtures.js';

const QUEUE = `$params:
  queue: string
  workers: { type: integer, default: 4, min: 1, max: 64 }
queues:
  \${param:queue}:
    address: amqp://broker/\${param:queue}
    workers: \${param:workers}
    note: $\${param:queue}
`;

const APP = `$import:
  - file: queue.yaml
    params: { queue: orders, workers: 16 }
  - file: queue.yaml
    params: { queue: invoices }
`;

async function load(files: Readonly<Record<string, string>>, params?: Readonly<Record<string, string | number>>) {
  const folder = await temporaryFolder(files);
  const context = params && { params: { values: params, declared: new Set<string>() } };
  const layers = await layersOf(yamlFile(join(folder, 'app.yaml')), context);
  const at = (index: number, ...path: string[]) => {
    const layer = layers[index];
    return layer && formatOrigin(layer.locate(path)).replaceAll(`${folder}/`, '');
  };
  return { trees: layers.map(({ tree }) => plain(tree)), at };
}

async function refused(files: Readonly<Record<string, string>>, params?: Readonly<Record<string, string | number>>) {
  const folder = await temporaryFolder(files);
  const context = params && { params: { values: params, declared: new Set<string>() } };
  const error = await failureOf(layersOf(yamlFile(join(folder, 'app.yaml')), context));
  return `${error.code}: ${error.message.replaceAll(`${folder}/`, '')}`;
}

describe('$params', () => {
  it('makes a layer of a file each time it is filled, with values in their types', async () => {
    const { trees } = await load({ 'app.yaml': APP, 'queue.yaml': QUEUE });
    expect(trees).toEqual([
      { queues: { orders: { address: 'amqp://broker/orders', workers: 16, note: '$${param:queue}' } } },
      { queues: { invoices: { address: 'amqp://broker/invoices', workers: 4, note: '$${param:queue}' } } },
      {},
    ]);
  });

  it('says of a value where its parameter is declared, and what filled it', async () => {
    const { at } = await load({ 'app.yaml': APP, 'queue.yaml': QUEUE });
    expect(at(0, 'queues', 'orders', 'workers')).toBe(
      'queues.${param:queue}.workers (queue.yaml:7:14), parameter queue (queue.yaml:2:10) filled at app.yaml:3:22, parameter workers (queue.yaml:3:12) filled at app.yaml:3:39',
    );
    expect(at(1, 'queues', 'invoices', 'workers')).toContain(
      'parameter workers (queue.yaml:3:12) by its default at queue.yaml:3:38',
    );
    expect(at(0, 'queues')).toBe('queues (queue.yaml:5:3)');
  });

  it('fills a file through another one, and names both', async () => {
    const { trees, at } = await load({
      'app.yaml': '$import: { file: team.json, params: { team: red } }',
      'team.json': '{"$params":{"team":"string"},"$import":[{"file":"a.toml","params":{"name":"${param:team}-1"}}]}',
      'a.toml': 'name = "${param:name}"\n["$params"]\nname = "string"\n',
    });
    expect(trees[0]).toEqual({ name: 'red-1' });
    expect(at(0, 'name')).toMatch(
      /^name \(a\.toml:1:\d+\), parameter name \(a\.toml:3:\d+\) filled at team\.json:1:\d+, parameter team \(team\.json:1:\d+\) filled at app\.yaml:1:45$/,
    );
  });

  it('takes the values of the load for a file that no other one imports, and only for that', async () => {
    const files = { 'app.yaml': '$params: { n: integer }\n$import: b.yaml\na: ${param:n}', 'b.yaml': 'b: ${param:n}' };
    const { trees, at } = await load(files, { n: '12' });
    expect(trees).toEqual([{ b: '${param:n}' }, { a: 12 }]);
    expect(at(1, 'a')).toBe('a (app.yaml:3:4), parameter n (app.yaml:1:15) filled by the load');
  });

  it('is read again when what fills it changes', async () => {
    const folder = await temporaryFolder({ 'app.yaml': APP, 'queue.yaml': QUEUE });
    const source = configFolder(folder, { name: 'app' });
    const before = await layersOf(source);
    await addFiles(folder, { 'app.yaml': APP.replace('workers: 16', 'workers: 17') });
    const after = await layersOf(source, { previous: before });
    expect(plain(after[0]?.tree)).toMatchObject({ queues: { orders: { workers: 17 } } });
    expect(after[1]).toBe(before[1]);
  });

  it('names the files of a source whose parameters nobody has filled', async () => {
    const folder = await temporaryFolder({ 'app.yaml': '$params: { n: integer }\n$import: b.yaml', 'b.yaml': '' });
    const paths = await yamlFile(join(folder, 'app.yaml')).files?.(loadContext());
    expect(paths).toEqual([join(folder, 'app.yaml'), join(folder, 'b.yaml')]);
  });

  it('keeps what a value holds from making keys, paths or prototypes', async () => {
    for (const queue of ['a.b', 'a b', '', '${env:HOME}', '__proto__ ']) {
      const app = `$import: { file: queue.yaml, params: { queue: ${JSON.stringify(queue)} } }`;
      const message = await refused({ 'app.yaml': app, 'queue.yaml': QUEUE });
      expect(message).toContain('invalid-parameter: queue.yaml cannot be filled.');
      expect(message).toContain('queue is used in a key, and has more than letters, digits, - and _');
    }
    const app = '$import: { file: queue.yaml, params: { queue: __proto__ } }';
    const { trees } = await load({ 'app.yaml': app, 'queue.yaml': QUEUE });
    expect(Object.keys((trees[0] as { queues: object }).queues)).toEqual(['__proto__']);
    expect({}).not.toHaveProperty('workers');
  });

  it.each<[what: string, declared: string, message: string]>([
    ['a list', '$params: [a]', 'expected parameters with their types'],
    ['an unknown type', '$params: { a: text }', 'expected a type: string, integer, number, boolean'],
    ['a type of objects', '$params: { a: toString }', 'expected a type: string, integer, number, boolean'],
    ['an unknown word', '$params: { a: { type: string, pattern: x } }', 'is not known; a parameter has type,'],
    [
      'a bound of a string',
      '$params: { a: { type: string, min: 1 } }',
      'expected a number, for a parameter that is one',
    ],
    ['no choices', '$params: { a: { type: string, choices: [] } }', 'expected a list of values'],
    ['a name', '$params: { "a b": string }', 'is not a name that a parameter can have'],
    ['a wrong default', '$params: { a: { type: integer, default: x } }', 'must be an integer'],
    ['no value', '$params: { a: string }', 'the parameter a has no value'],
    ['an undeclared one', '$params: { aa: { type: string, default: x } }\nb: ${param:ab}', 'Did you mean aa?'],
    ['two keys', '$params: { a: { type: string, default: x } }\n${param:a}: 1\nx: 2', 'two keys become x'],
  ])('refuses %s', async (_, text, message) => {
    expect(await refused({ 'app.yaml': text })).toContain(message);
  });

  it.each<[declaration: string, value: string, message: string]>([
    ['integer', '1.5', 'must be an integer'],
    ['integer', '${env:PORT}', 'must be an integer; a reference is a string'],
    ['{ type: integer, max: 9 }', '10', 'must be at most 9'],
    ['{ type: number, min: 0.5 }', '0.25', 'must be at least 0.5'],
    ['boolean', 'yes', 'must be true or false'],
    ['string', '[x]', 'must be a string'],
    ['{ type: string, choices: [eu, us] }', 'hunter2', 'must be one of eu, us'],
  ])('refuses for %s the value %s, and does not quote it', async (declaration, value, message) => {
    const quoted = value.startsWith('$') ? `"${value}"` : value;
    const text = await refused({
      'app.yaml': `$import: { file: a.yaml, params: { a: ${quoted} } }`,
      'a.yaml': `$params: { a: ${declaration} }\nb: \${param:a}`,
    });
    expect(text).toContain(`$params.a: the parameter a, filled at app.yaml:1:39, ${message}`);
    expect(text).not.toContain('hunter2');
  });

  it('refuses what a file does not declare, what it is not given, and what fills itself', async () => {
    const fill = (params: string) => `$import: [{ file: queue.yaml, params: ${params} }]`;
    expect(await refused({ 'app.yaml': fill('{ queue: a, worker: 1 }'), 'queue.yaml': QUEUE })).toContain(
      'unknown-parameter: app.yaml cannot be filled.\n  - $import.0.params.worker: the file that is imported has no parameter worker',
    );
    expect(await refused({ 'app.yaml': fill('{ workers: 1 }'), 'queue.yaml': QUEUE })).toContain(
      'missing-parameter: queue.yaml cannot be filled.\n  - $params.queue: the parameter queue has no value at app.yaml:1:11',
    );
    const itself = '$params: { a: string }\n$import: { file: a.yaml, params: { a: "x${param:a}" } }';
    const app = '$import: { file: a.yaml, params: { a: x } }';
    expect(await refused({ 'app.yaml': app, 'a.yaml': itself })).toContain('import-cycle: a.yaml cannot import');
    expect(await refused({ 'app.yaml': '$import: { file: "${param:a}.yaml" }' })).toContain('invalid-import');
    expect(await refused({ 'app.yaml': '$import: { file: a.yaml, with: {} }' })).toContain('invalid-import');
  });

  it('bounds the number, the depth and the size of what is filled', async () => {
    const chain = (copies: number, text: string) => (level: number) => {
      const item = `{ file: l${String(level + 1)}.yaml, params: { a: ${text} } }`;
      return `$params: { a: { type: string, default: x } }\n$import: [${Array<string>(copies).fill(item).join(', ')}]`;
    };
    const levels = (count: number, text: (level: number) => string) => ({
      'app.yaml': text(0),
      ...Object.fromEntries(Array.from({ length: count }, (_, at) => [`l${String(at + 1)}.yaml`, text(at + 1)])),
      [`l${String(count + 1)}.yaml`]: '$params: { a: string }',
    });
    expect(await refused(levels(20, chain(1, 'x')))).toContain('too-deep: l16.yaml cannot import a file.');
    const doubled = chain(1, `"${'${param:a}'.repeat(40)}"`);
    expect(await refused(levels(12, doubled))).toContain('too-many-values: ');
    // Each of two imports differs, so that every level has twice as many.
    const branching = (level: number) =>
      `$params: { a: { type: string, default: x } }\n$import: [${['l', 'r']
        .map((side) => `{ file: l${String(level + 1)}.yaml, params: { a: "\${param:a}${side}" } }`)
        .join(', ')}]`;
    expect(await refused(levels(14, branching))).toContain('more than 1000 files are imported');
  });

  it('says of a value that many parameters have filled, each by many, what fits', async () => {
    const names = Array.from({ length: 8 }, (_, at) => `p${String(at)}`);
    const all = names.map((name) => `\${param:${name}}`).join('');
    const filling = (value: string) => `{ ${names.map((name) => `${name}: "${value}"`).join(', ')} }`;
    const files = Object.fromEntries(
      Array.from({ length: 15 }, (_, level) => [
        `l${String(level)}.yaml`,
        `$params: { ${names.map((name) => `${name}: string`).join(', ')} }\nvalue: "${all}"\n${
          level === 14 ? '' : `$import: { file: l${String(level + 1)}.yaml, params: ${filling(all)} }`
        }`,
      ]),
    );
    const { at } = await load({ 'app.yaml': `$import: { file: l0.yaml, params: ${filling('')} }`, ...files });
    expect(at(0, 'value')).toMatch(
      /^value \(l14\.yaml:2:8\), parameter p0 \(l14\.yaml:1:16\) filled at l13\.yaml:3:.*…/,
    );
    expect(at(0, 'value')?.length).toBeLessThan(3_000);
  });

  it('puts any string of a parameter into a value as it is', async () => {
    const folder = await temporaryFolder({
      'a.json': '{"$params":{"a":"string"},"b":"${param:a}","c":["<${param:a}>"]}',
    });
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'grapheme' }), async (text) => {
        await addFiles(folder, { 'app.json': JSON.stringify({ $import: [{ file: 'a.json', params: { a: text } }] }) });
        const [layer] = await layersOf(jsonFile(join(folder, 'app.json')));
        expect(plain(layer?.tree)).toEqual({ b: text, c: [`<${text}>`] });
      }),
    );
  });

  it('survives any declaration and any values', async () => {
    const folder = await temporaryFolder();
    await fc.assert(
      fc.asyncProperty(fc.json(), fc.json(), fc.string(), async (declared, params, text) => {
        const file = `{"$params":${declared},"x":${JSON.stringify(`\${param:${text}}`)},"a":"\${param:a}"}`;
        await addFiles(folder, { 'a.json': file, 'app.json': `{"$import":[{"file":"a.json","params":${params}}]}` });
        const error: unknown = await layersOf(jsonFile(join(folder, 'app.json'))).catch((thrown: unknown) => thrown);
        expect(Array.isArray(error) || ConfigError.is(error)).toBe(true);
      }),
    );
  });

  it('is for TOML, too', async () => {
    const folder = await temporaryFolder({
      'app.toml': '"$import" = [{ file = "a.toml", params = { n = 3 } }]',
      'a.toml': 'n = "${param:n}"\n["$params"]\nn = "integer"',
    });
    const [layer] = await layersOf(tomlFile(join(folder, 'app.toml')));
    expect(plain(layer?.tree)).toEqual({ n: 3 });
  });
});
