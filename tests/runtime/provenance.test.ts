import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { Type } from 'class-transformer';
import { IsInt, IsOptional, IsString, ValidateNested } from 'class-validator';
import { dump } from 'js-yaml';
import { formatOrigin, formatPath, isConfigMap, type ConfigOrigin } from '../../src/core/index.js';
import { diffGenerations } from '../../src/runtime/generation/diff-generations.js';
import { factsOf } from '../../src/runtime/index.js';
import { ConfigSection, ListOf, MapOf, Merge, mergeBy, Secure, type SecureValue } from '../../src/sections/index.js';
import { jsonFile, object, processEnv, tomlFile, yamlFile } from '../../src/sources/index.js';
import fc from '../fast-check.js';
import { temporaryFolder } from '../sources/file-fixtures.js';
import { loaded, refused } from './loading.js';

class Model {
  @IsOptional() @IsString() id?: string;
  @IsOptional() @IsInt() size?: number;
}

class Tuning {
  @IsOptional() @IsInt() depth?: number;
  @IsOptional() @IsInt({ each: true }) steps?: number[];
}

@ConfigSection('ml')
class MlSettings {
  @ListOf(() => Model) models: readonly Model[] = [];
  @Merge('append') @IsInt({ each: true }) appended: readonly number[] = [];
  @Merge('unique') @IsInt({ each: true }) distinct: readonly number[] = [];
  @Merge(mergeBy('id')) @ListOf(() => Model) keyed: readonly Model[] = [];
  @MapOf(() => Tuning) tunings: Readonly<Record<string, Tuning>> = {};
  @ValidateNested() @Type(() => Tuning) tuning: Tuning = new Tuning();
}

class Strict {
  @IsInt() size!: number;
}

class Sized {
  @IsInt() size: number = 1;
}

class Vaulted {
  @Secure({ optional: true }) alpha?: SecureValue<string>;
  @IsInt() size: number = 1;
}

@ConfigSection('vault')
class VaultSettings {
  @ListOf(() => Vaulted) models: readonly Vaulted[] = [];
}

class Labelled {
  @IsInt() size: number = 1;
  @IsString() label: string = 'none';
}

@ConfigSection('sized')
class SizedSettings {
  @ValidateNested() @Type(() => Labelled) one: Labelled = new Labelled();
  @ListOf(() => Sized) list: readonly Sized[] = [Object.assign(new Sized(), { size: 3 }), new Sized()];
  @MapOf(() => Sized) map: Readonly<Record<string, Sized>> = { a: Object.assign(new Sized(), { size: 4 }) };
}

@ConfigSection('strict')
class StrictSettings {
  @ListOf(() => Strict) models: readonly Strict[] = [];
}

describe('the place of a value in a list', () => {
  const low = object({ ml: { models: [{ size: 5 }, { size: 6 }] } }, { name: 'low' });

  it('is in the list that is in use; of one that was replaced the whole is a loser', async () => {
    const high = object({ ml: { models: [{ size: 1 }] } }, { name: 'high' });
    const generation = await loaded([MlSettings], [low, high]);
    expect(String(generation.explain('ml.models[0].size'))).toBe(
      [
        'ml.models.0.size = 1',
        '  from ml.models.0.size (high)',
        '  over ml.models (low): [ { size: 5 }, { size: 6 } ]',
      ].join('\n'),
    );
  });

  it('is the item of the list in use where that lacks it, whatever a replaced list has there', async () => {
    const sources = [
      object({ strict: { models: [{ size: 5 }] } }, { name: 'low' }),
      object({ strict: { models: [{}] } }, { name: 'high' }),
    ];
    const { issues } = await refused([StrictSettings], sources);
    expect(issues.map(({ code, path, message, origin }) => [code, formatPath(path), message, origin])).toEqual([
      [
        'missing',
        'strict.models.0.size',
        'is not set; it must be an integer',
        { key: 'strict.models.0', kind: 'object', source: 'high' },
      ],
    ]);
  });

  it('is nobody’s where the item leaves it to its class, whatever stood in what was replaced, default or not', async () => {
    const under = object({ sized: { list: [{ size: 5 }, { size: 6 }] } }, { name: 'low' });
    const over = object({ sized: { list: [{}], map: { a: {} } } }, { name: 'high' });
    const generation = await loaded([SizedSettings], [under, over]);
    const texts = ['sized.list[0].size', 'sized.list[1].size', 'sized.map.a.size'].map((path) =>
      String(generation.explain(path)),
    );
    expect(texts).toEqual([
      `sized.list.0.size = 1
  as declared by the class of the item
  over sized.list (low): [ { size: 5 }, { size: 6 } ]
  over sized.list.0.size (default): 3`,
      `sized.list.1.size = (not set)
  no source sets it, and it has no default
  over sized.list (low): [ { size: 5 }, { size: 6 } ]
  over sized.list.1.size (default): 1`,
      `sized.map.a.size = 1
  as declared by the class of the item
  over sized.map.a.size (default): 4`,
    ]);
    expect(generation.explain('sized.list[0].size').winner).toBeUndefined();
    const before = await loaded([SizedSettings], [under]);
    const changes = diffGenerations(factsOf(before), factsOf(generation)).flatMap((section) => section.changes);
    expect(changes.map(({ path, before: was, after, origin }) => [path, was, after, origin?.source])).toEqual([
      ['sized.list.0.size', 5, 1, undefined],
      ['sized.map.a.size', 4, 1, undefined],
      ['sized.list.1.size', 6, undefined, 'low'],
    ]);
    const defaults = await loaded([SizedSettings], [object({ sized: {} })]);
    expect(String(defaults.explain('sized.list[0].size'))).toBe(
      'sized.list.0.size = 3\n  from sized.list.0.size (default)',
    );
  });

  it('is in all lists that are merged, also where a variable writes the numbers of a file', async () => {
    const numbers = object({ ml: { distinct: [1, 2] } }, { name: 'low' });
    const env = { APP_ML__DISTINCT: '2,3' };
    const generation = await loaded([MlSettings], [numbers, processEnv({ prefix: 'APP_', env })]);
    expect(generation.get(MlSettings).distinct).toEqual([1, 2, 3]);
    expect(String(generation.explain('ml.distinct'))).toBe(
      `ml.distinct = [ 1, 2, 3 ]
  from APP_ML__DISTINCT (environment): [ '2', '3' ]
  with ml.distinct (low): [ 1, 2 ]
  over ml.distinct (default): []`,
    );
  });

  it('hides a secret where it stands, also in a list that was replaced, and says what is unset in one', async () => {
    const vault = (models: object, name: string) => object({ vault: { models } }, { name });
    const sources = [vault([{ alpha: 'hunter2', size: 5 }, { alpha: 'hunter3' }], 'low'), vault([{ size: 1 }], 'high')];
    const generation = await loaded([VaultSettings], sources);
    const paths = ['vault', 'vault.models', 'vault.models[0].size', 'vault.models[0].alpha', 'vault.models[1].size'];
    for (const path of paths) {
      const explanation = generation.explain(path);
      expect([path, String(explanation), JSON.stringify(explanation)].join('\n')).not.toContain('hunter');
    }
    expect(String(generation.explain('vault.models[0].size'))).toBe(
      `vault.models.0.size = 1
  from vault.models.0.size (high)
  over vault.models (low): [ { alpha: '[secure]', size: 5 }, { alpha: '[secure]' } ]`,
    );
    const env = { APP_VAULT__MODELS: '[{"alpha":"hunter4","size":7}]' };
    const text = await loaded([VaultSettings], [processEnv({ prefix: 'APP_', env }), ...sources]);
    expect(String(text.explain('vault'))).not.toContain('hunter');
    const view = await loaded(
      [VaultSettings],
      [
        object({ modules: { billing: { vault: { models: [{ alpha: 'hunter5' }] } } } }),
        object({ modules: { billing: { vault: { models: [{ size: 2 }] } } } }),
      ],
    );
    expect(String(view.view('billing').explain('vault'))).not.toContain('hunter');
    const unset = object({ ml: { appended: [{ $unset: true }, 4] } }, { name: 'high' });
    const appended = await loaded([MlSettings], [object({ ml: { appended: [1] } }, { name: 'low' }), unset]);
    expect(String(appended.explain('ml.appended')).split('\n')[1]).toBe("  from ml.appended (high): [ '!unset', 4 ]");
  });

  it('tells all sources that a merged list is made of, and of an item the one that gave it', async () => {
    const sources = [
      object({ ml: { appended: [1, 2], distinct: [1], keyed: [{ id: 'a', size: 1 }] } }, { name: 'low' }),
      object({ ml: { appended: [3], distinct: [1, 2], keyed: [{ id: 'b' }, { id: 'a', size: 2 }] } }, { name: 'high' }),
    ];
    const generation = await loaded([MlSettings], sources);
    expect(String(generation.explain('ml.appended')).split('\n')).toEqual([
      'ml.appended = [ 1, 2, 3 ]',
      '  from ml.appended (high): [ 3 ]',
      '  with ml.appended (low): [ 1, 2 ]',
      '  over ml.appended (default): []',
    ]);
    const place = (path: string): string => {
      const { winner, joined } = generation.explain(path);
      return [winner, ...joined].map((said) => (said === undefined ? 'nobody' : formatOrigin(said.origin))).join(', ');
    };
    expect(place('ml.appended[2]')).toBe('ml.appended.0 (high)');
    expect(place('ml.distinct[1]')).toBe('ml.distinct.1 (high)');
    expect(place('ml.keyed[0].size')).toBe('ml.keyed.1.size (high)');
    expect(place('ml.keyed[0].id')).toBe('ml.keyed.1.id (high)');
    expect(place('ml.keyed[1].id')).toBe('ml.keyed.0.id (high)');
  });

  it('is the last of several items with one key in one list, which are joined', async () => {
    const under = object({ ml: { keyed: [{ id: 'a', size: 1 }] } }, { name: 'low' });
    const twice = [
      { id: 'a', size: 2 },
      { id: 'a', size: 3 },
    ];
    const generation = await loaded([MlSettings], [under, object({ ml: { keyed: twice } }, { name: 'high' })]);
    expect(String(generation.explain('ml.keyed[0].size'))).toBe(
      [
        'ml.keyed.0.size = 3',
        '  from ml.keyed.1.size (high)',
        '  over ml.keyed.0.size (high): 2',
        '  over ml.keyed.0.size (low): 1',
      ].join('\n'),
    );
  });

  it('is the default where its group was unset and set anew without it', async () => {
    const layers = [{ sized: { one: { $unset: true } } }, { sized: { one: { size: 2 } } }];
    const generation = await loaded(
      [SizedSettings],
      layers.map((values) => object(values)),
    );
    expect(String(generation.explain('sized.one.label'))).toBe(
      [
        'sized.one.label = "none"',
        '  from sized.one.label (default)',
        '  over sized.one (object), which unsets it',
      ].join('\n'),
    );
  });

  it('goes to the default, not to what lies below, when it is unset', async () => {
    const high = object({ ml: { models: { $unset: true } } }, { name: 'high' });
    const generation = await loaded([MlSettings], [low, high]);
    const described = generation.describe().find(({ path }) => path === 'ml.models');
    expect([described?.value, described?.origin?.kind]).toEqual([[], 'default']);
  });
});

/** Values that stand nowhere else, so that a place can be told from every other one. */
function numbered(shape: unknown, next: () => number): unknown {
  if (Array.isArray(shape)) return shape.map((item) => numbered(item, next));
  if (!isConfigMap(shape)) return shape === 'number' ? next() : shape;
  return Object.fromEntries(Object.entries(shape).map(([key, value]) => [key, numbered(value, next)]));
}

const some = <T>(value: T): fc.Arbitrary<T> => fc.constant(value);
const ids = fc.constantFrom('a', 'b', 'c');
const numbers = fc.array(some('number'), { maxLength: 3 });
const model = fc.record({ id: ids, size: some('number') }, { requiredKeys: [] });
const tuning = fc.record({ depth: some('number'), steps: numbers }, { requiredKeys: [] });
const settings = fc.record(
  {
    models: fc.array(model, { maxLength: 3 }),
    appended: numbers,
    distinct: numbers,
    keyed: fc.array(model, { maxLength: 3 }),
    tunings: fc.dictionary(ids, tuning, { maxKeys: 2 }),
    tuning,
  },
  { requiredKeys: [] },
);

/** What stands at the place of an origin, read there by somebody who knows nothing of the library. */
function read(origin: ConfigOrigin, texts: ReadonlyMap<string, string>, env: Readonly<Record<string, string>>): string {
  if (origin.kind === 'environment') return env[origin.key] ?? 'no such variable';
  const line = texts.get(origin.source)?.split('\n')[(origin.line ?? 0) - 1] ?? 'no such line';
  return /^[\w-]*/.exec(line.slice((origin.column ?? 1) - 1).replace(/^["']/, ''))?.[0] ?? '';
}

/** All single values in a value, with their paths. */
function* leaves(value: unknown, path: readonly string[]): Generator<readonly [readonly string[], unknown]> {
  if (Array.isArray(value) || (typeof value === 'object' && value !== null)) {
    for (const [key, below] of Object.entries(value)) yield* leaves(below, [...path, key]);
  } else if (value !== undefined) {
    yield [path, value];
  }
}

/** No parser writes TOML; what these tests need of it is little. */
function toml(ml: object): string {
  return `[ml]\n${Object.entries(ml)
    .map(([key, value]) => `${key} = ${inline(value)}\n`)
    .join('')}`;
}

function inline(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(inline).join(', ')}]`;
  if (!isConfigMap(value)) return JSON.stringify(value);
  const entries = Object.entries(value).map(([key, below]) => `${key} = ${inline(below)}`);
  return `{ ${entries.join(', ')} }`;
}

describe('every place that is told', () => {
  it('is where the value stands, in all formats and under all strategies', async () => {
    const folder = await temporaryFolder();
    await fc.assert(
      fc.asyncProperty(
        fc.tuple(settings, settings, settings),
        fc.shuffledSubarray(['json', 'yaml', 'toml'] as const, { minLength: 3 }),
        fc.option(fc.nat(2), { nil: undefined }),
        async (shapes, order, variable) => {
          let last = 1000;
          const next = (): number => ++last;
          const texts = new Map<string, string>();
          const sources = [];
          for (const [index, format] of order.entries()) {
            const ml = numbered(shapes[index] ?? {}, next) as object;
            const write = {
              json: (): string => JSON.stringify({ ml }, null, 2),
              yaml: (): string => dump({ ml }),
              toml: (): string => toml(ml),
            };
            const path = join(folder, `app.${format}`);
            texts.set(format, write[format]());
            await writeFile(path, write[format]());
            sources.push({ json: jsonFile, yaml: yamlFile, toml: tomlFile }[format](path, { name: format }));
          }
          const env: Record<string, string> = {};
          if (variable !== undefined) env['APP_ML__TUNING__DEPTH'] = String(next());
          const generation = await loaded([MlSettings], [...sources, processEnv({ prefix: 'APP_', env })]);
          for (const [path, value] of leaves(generation.get(MlSettings), ['ml'])) {
            const { winner } = generation.explain(formatPath(path));
            const told = winner === undefined ? 'nowhere' : read(winner.origin, texts, env);
            expect([formatPath(path), told]).toEqual([formatPath(path), String(value)]);
          }
        },
      ),
    );
  });
});
