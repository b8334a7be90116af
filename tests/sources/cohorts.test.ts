import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { IsString } from 'class-validator';
import type { ConfigSource, LoadContext, LogRecord } from '../../src/core/index.js';
import { createAnswer, createLayer } from '../../src/core/index.js';
import { loadSettings } from '../../src/runtime/index.js';
import { ConfigSection } from '../../src/sections/index.js';
import { isDrawn } from '../../src/sources/file/cohorts.js';
import { configFolder, jsonFile, object, yamlFile } from '../../src/sources/index.js';
import fc from '../fast-check.js';
import { TenantWorld } from '../tenants/tenant-world.js';
import { failureOf, layersOf, temporaryFolder } from './file-fixtures.js';

const instances = Array.from({ length: 2_000 }, (_, n) => `shop-7d9f-${n.toString(36)}`);
const percentage = fc.double({ min: 0, max: 100, noNaN: true });

describe('the instances of a cohort', () => {
  it('keep all that were in when the percentage is raised', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), percentage, percentage, (cohort, instance, one, other) => {
        const [lower, higher] = [Math.min(one, other), Math.max(one, other)];
        const [before, after] = [lower, higher].map((share) => isDrawn(cohort, instance, share));
        expect(before === true && after === false).toBe(false);
      }),
    );
  });

  it('are none at 0 % and all at 100 %', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (cohort, instance) => {
        expect([0, 100].map((share) => isDrawn(cohort, instance, share))).toEqual([false, true]);
      }),
    );
  });

  it.each([1, 10, 50])('are about %d %% of them', (share) => {
    const drawn = instances.filter((instance) => isDrawn('canary', instance, share)).length / instances.length;
    // Five standard deviations of as many throws of a coin.
    expect(Math.abs(drawn - share / 100)).toBeLessThan(5 * Math.sqrt((share * (100 - share)) / 1e4 / instances.length));
  });

  it('are others in each cohort', () => {
    const [canary, beta] = ['canary', 'beta'].map((name) => instances.filter((one) => isDrawn(name, one, 50)));
    const both = canary?.filter((instance) => beta?.includes(instance)).length ?? 0;
    expect(both / instances.length).toBeCloseTo(0.25, 1);
  });

  it('are the same in every version of the library', () => {
    expect(instances.slice(0, 100).filter((instance) => isDrawn('canary', instance, 5))).toEqual([
      'shop-7d9f-o',
      'shop-7d9f-2g',
    ]);
  });
});

const inside = instances.find((instance) => isDrawn('canary', instance, 5)) ?? '';
const outside = instances.find((instance) => !isDrawn('canary', instance, 95)) ?? '';

const FILES = {
  'app.yaml': 'a: 1',
  'app.production.yaml': '$cohorts: { canary: 5% }\na: 2',
  'app.production.canary.yaml': 'a: 3',
};

interface Read {
  readonly a: unknown;
  readonly names: readonly string[];
}

async function read(folder: string, context: Partial<LoadContext>): Promise<Read> {
  const layers = await layersOf(configFolder(folder), { environment: 'production', ...context });
  return { a: layers.at(-1)?.tree['a'], names: layers.map(({ name }) => name.slice(folder.length + 1)) };
}

describe('$cohorts of a configFolder', () => {
  it('gives the files of a cohort to the instances that are drawn, and is no setting', async () => {
    const folder = await temporaryFolder(FILES);
    expect(await read(folder, { instance: inside })).toEqual({ a: 3, names: Object.keys(FILES) });
    expect(await read(folder, { instance: outside })).toEqual({ a: 2, names: Object.keys(FILES).slice(0, 2) });
    const layers = await layersOf(configFolder(folder), { environment: 'production', instance: inside });
    expect(layers.map(({ tree }) => Object.keys(tree))).toEqual([['a'], ['a'], ['a']]);
    expect(layers.at(-1)?.chosenBy).toEqual({ environment: 'production', cohort: 'canary' });
  });

  it('is another one in a region whose file says so', async () => {
    const folder = await temporaryFolder({ ...FILES, 'app.production.eu.yaml': '$cohorts: { canary: 100% }' });
    expect(await read(folder, { instance: outside, region: 'eu' })).toMatchObject({ a: 3 });
  });

  it('yields to a cohort that is named at the start', async () => {
    const folder = await temporaryFolder(FILES);
    expect(await read(folder, { instance: outside, cohort: 'canary' })).toMatchObject({ a: 3 });
    expect(await read(folder, { instance: inside, cohort: 'none' })).toMatchObject({ a: 2 });
  });

  it('lets instances join and leave while the program runs, and tells of both', async () => {
    const folder = await temporaryFolder(FILES);
    const [source, records] = [configFolder(folder), [] as LogRecord[]];
    const context = {
      environment: 'production',
      instance: outside,
      logger: { log: (one: LogRecord) => records.push(one) },
    };
    const first = await layersOf(source, context);
    await writeFile(join(folder, 'app.production.yaml'), '$cohorts: { canary: 100% }\na: 2');
    const second = await layersOf(source, { ...context, previous: first });
    const third = await layersOf(source, { ...context, previous: second });
    await writeFile(join(folder, 'app.production.yaml'), '$cohorts: { canary: 1% }\na: 2');
    const fourth = await layersOf(source, { ...context, previous: third });
    expect([first, second, third, fourth].map((layers) => layers.at(-1)?.tree['a'])).toEqual([2, 3, 3, 2]);
    // What has not changed is the very same.
    expect(third).toEqual(second);
    expect(third.every((layer, at) => layer === second[at])).toBe(true);
    expect(records.map(({ message, fields }) => [message, fields])).toEqual([
      [`This instance (${outside}) is in the cohort canary.`, { cohorts: ['canary'], instance: outside }],
      [`This instance (${outside}) is not in the cohort canary any more.`, { cohorts: ['canary'], instance: outside }],
    ]);
  });

  it('is told of at the start where it is of no use', async () => {
    const folder = await temporaryFolder({ 'app.yaml': '$cohorts: { canray: 5% }' });
    const messages: string[] = [];
    await layersOf(configFolder(folder), { logger: { log: ({ message }) => messages.push(message) } });
    expect(messages).toEqual([
      '$cohorts lists canray, but no file is for it.',
      'Nothing tells this instance from others, so that it is not in the cohort canray: set UNO_INSTANCE.',
    ]);
  });

  it.each([
    ['$cohorts: canary', 'expected cohorts with percentages'],
    ['$cohorts: { canary: 5 }', 'expected a percentage, got 5'],
    ['$cohorts: { canary: 101% }', 'expected a percentage, got "101%"'],
    ['$cohorts: { canary: null }', 'expected a percentage, got null'],
    ['$cohorts: { none: 5% }', 'is not a name that a cohort can have'],
    ['$cohorts: { a.b: 5% }', 'is not a name that a cohort can have'],
  ])('refuses %s', async (text, problem) => {
    const folder = await temporaryFolder({ 'app.yaml': text });
    const error = await failureOf(layersOf(configFolder(folder)));
    expect([error.code, error.issues.map(({ message }) => message)]).toEqual(['invalid-cohort', [problem]]);
  });

  it('is refused in the file of a cohort, which is read when it is known who is in', async () => {
    const folder = await temporaryFolder({ ...FILES, 'app.production.canary.yaml': '$cohorts: { canary: 50% }' });
    const error = await failureOf(read(folder, { cohort: 'canary' }));
    expect(error.message).toContain('a file of a cohort cannot say who is in one');
  });

  it('is refused in what only the file of a cohort imports, with its place', async () => {
    const files = {
      ...FILES,
      'app.production.canary.yaml': '$import: more.yaml',
      'more.yaml': '$import: most.yaml',
      'most.yaml': 'b: 1\n$cohorts: { canary: 50% }',
    };
    const error = await failureOf(read(await temporaryFolder(files), { cohort: 'canary' }));
    expect(error.issues.map(({ message, origin }) => [message, origin?.line])).toEqual([
      ['a file that only files of a cohort import cannot say who is in one', 2],
    ]);
    const shared = await temporaryFolder({ ...files, 'app.production.yaml': '$import: most.yaml' });
    const { names } = await read(shared, { instance: inside });
    expect(names.slice(1)).toEqual(['most.yaml', 'app.production.yaml', 'more.yaml', 'app.production.canary.yaml']);
  });
});

@ConfigSection('search')
class SearchSettings {
  @IsString() engine: string = 'lucene';
}

const STRAY = { $cohorts: { canary: '5%' }, search: { engine: 'tantivy' } };
const PROBLEM = 'only a file of a configFolder can say which instances are in a cohort';

describe('$cohorts of another source', () => {
  const ofFile = async (text: string, make: (path: string) => ConfigSource): Promise<ConfigSource> => {
    const folder = await temporaryFolder({ file: text, 'base.yaml': '$cohorts: { canary: 5% }' });
    return make(join(folder, 'file'));
  };
  const sources: readonly (readonly [string, () => Promise<ConfigSource> | ConfigSource])[] = [
    ['a file', () => ofFile(JSON.stringify(STRAY), jsonFile)],
    ['a file, by import', () => ofFile('$import: base.yaml', yamlFile)],
    ['an object', () => object(STRAY)],
    [
      'a source of one’s own',
      () => ({ load: async () => Promise.resolve(createAnswer({ value: STRAY, revision: 7 })) }),
    ],
    ['layers of one’s own', () => ({ load: async () => Promise.resolve([createLayer({ name: 'own', tree: STRAY })]) })],
  ];

  it.each(sources)('is refused: %s', async (_, make) => {
    const error = await failureOf(
      loadSettings(SearchSettings, { sources: [await make()], environment: 'test', env: {} }),
    );
    expect(error.issues.map(({ code, message }) => [code, message])).toEqual([['invalid-cohort', PROBLEM]]);
  });

  it('is refused in the document of a tenant, for that tenant', async () => {
    await using world = await TenantWorld.of([SearchSettings], {}, { acme: STRAY, beta: {} });
    await world.tenants.ready('beta');
    const error = await failureOf(world.tenants.ready('acme'));
    expect([error.code, error.issues.map(({ message }) => message)]).toEqual(['tenant-quarantined', [PROBLEM]]);
  });

  it('is refused with its place', async () => {
    const source = await ofFile('search: { engine: x }\n$cohorts: { canary: 5% }\n', yamlFile);
    const error = await failureOf(loadSettings(SearchSettings, { sources: [source], environment: 'test', env: {} }));
    expect(error.issues[0]?.origin?.line).toBe(2);
  });
});
