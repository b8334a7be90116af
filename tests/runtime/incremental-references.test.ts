import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { IsString } from 'class-validator';
import fc from '../fast-check.js';
import { PROOF_RUNS } from '../proof-runs.js';
import {
  ConfigError,
  createLayer,
  type ConfigIssue,
  type ConfigLayer,
  type ConfigSource,
  type LoadContext,
} from '../../src/core/index.js';
import { factsOf } from '../../src/runtime/generation/generation.js';
import { loadGeneration, type Generation, type LoadOptions } from '../../src/runtime/index.js';
import { ConfigSection, MapOf, RestartRequired } from '../../src/sections/index.js';
import { temporaryFolder } from '../sources/file-fixtures.js';

class Texts {
  @IsString() public text: string = 'initial';
  @IsString() public other: string = '';
  @MapOf(() => String) public bag: Readonly<Record<string, string>> = {};
}

@ConfigSection('one')
class One extends Texts {}

@ConfigSection('two')
class Two extends Texts {
  @IsString() declare public text: string;
}

@ConfigSection('three')
class Three extends Texts {}

@ConfigSection('vault')
class Vault extends Texts {
  @IsString() public password: string = 'hidden';
}

@ConfigSection('server')
class Server {
  @IsString() @RestartRequired() public address: string = 'none';
}

const SECTIONS = [One, Two, Three, Vault];
const KEYS = ['one', 'two', 'three', 'vault'] as const;
const FIELDS = ['text', 'other', 'password'] as const;

/** A source whose layer a test can change, and what it means. */
class Changing implements ConfigSource {
  public readonly name: string;
  public tree: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {};
  public references = true;
  public folder: string;
  readonly #said = new WeakMap<ConfigLayer, readonly unknown[]>();

  public constructor(name: string, folder: string) {
    this.name = name;
    this.folder = folder;
  }

  public load({ previous }: LoadContext): ReturnType<ConfigSource['load']> {
    const { name, tree, references, folder } = this;
    const said = [tree, references, folder];
    const [before] = previous ?? [];
    if (before !== undefined && said.every((each, index) => each === this.#said.get(before)?.[index])) return before;
    const layer = createLayer({ name, tree, references, folder });
    this.#said.set(layer, said);
    return layer;
  }
}

const texts = [
  ...[
    'plain',
    '',
    '${one.text}',
    '${two.text}',
    '${three.other}',
    'a ${two.other} b',
    '${vault.password}',
    '$${one.text}',
  ],
  ...[
    '${gone.key:-none}',
    '${three.text:-${one.other}}',
    '${env:A:-none}',
    'x${env:B:-}',
    '${file:f:-none}',
    '${env:GONE}',
  ],
  ...['${two.bag.k:-none}', '${one.bag.x}', '${file:my-secret:-none}', '${vault.text}', '${four.text:-none}'],
  ...['${three.bag.k}', 'a ${two.bag.x:-} b', '${one.bag.hidden:-none}', '${vault.bag.k:-${one.bag.k}}'],
];
const bags = fc.constantFrom<unknown>(
  ...[{}, { k: 'v' }, { k: '${one.text}', x: 'y' }, '${two.bag}', '${three.bag}', '${one}', { x: '${file:f:-none}' }],
  ...['${one.bag}', '${vault.bag}', { hidden: '${vault.password}', k: '${two.bag.x:-none}' }, '${two.bag:-${one.bag}}'],
);

interface World {
  readonly sources: readonly [Changing, Changing];
  readonly env: Record<string, string>;
  readonly folders: readonly [string, string];
}

/** One change of the world, and the source that it changes. */
interface Change {
  readonly source?: 0 | 1;
  readonly make: (world: World) => void | Promise<void>;
}

const index = fc.constantFrom<0 | 1>(0, 1);

const say = (place: string, field: string, value: unknown, source: 0 | 1): Change => ({
  source,
  make: ({ sources: { [source]: changing } }) => {
    const key = field === 'password' ? 'vault' : place;
    const fields = { ...changing.tree[key], [field]: value };
    const kept = Object.fromEntries(Object.entries(fields).filter(([, each]) => each !== undefined));
    changing.tree = { ...changing.tree, [key]: kept };
  },
});

const change: fc.Arbitrary<Change> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc
      .tuple(
        fc.constantFrom(...KEYS),
        fc.constantFrom(...FIELDS),
        fc.option(fc.constantFrom(...texts), { nil: undefined }),
        index,
      )
      .map((said) => say(...said)),
  },
  {
    weight: 3,
    arbitrary: fc.tuple(fc.constantFrom(...KEYS), bags, index).map(([key, bag, at]) => say(key, 'bag', bag, at)),
  },
  index.map((source): Change => ({
    source,
    make: ({ sources: { [source]: changing } }) => {
      changing.references = !changing.references;
    },
  })),
  fc.tuple(index, index).map(([source, to]): Change => ({
    source,
    make: ({ sources: { [source]: changing }, folders: { [to]: folder } }) => {
      changing.folder = folder;
    },
  })),
  fc.tuple(fc.constantFrom('A', 'B'), fc.constantFrom('', '1', '2')).map(([name, value]): Change => ({
    make: ({ env }) => {
      env[name] = value;
    },
  })),
  fc.tuple(index, fc.constantFrom('f', 'my-secret'), fc.constantFrom('1', '2')).map(([at, name, text]): Change => ({
    make: async ({ folders }) => writeFile(join(folders[at], name), text),
  })),
);

async function outcomeOf(loading: Promise<Generation>): Promise<unknown> {
  try {
    const generation = await loading;
    const explain = (path: string): string => String(generation.explain(path));
    // A map that is equal to the one before keeps the order of its keys.
    const described = new Map(generation.describe().map((setting) => [setting.path, setting]));
    const explained = new Map([...described.keys()].map((path) => [path, explain(path)]));
    return { instances: generation.instances, described, explained };
  } catch (error) {
    if (!ConfigError.is(error)) throw error;
    return { code: error.code, issues: new Set(error.issues.map(toldOf)) };
  }
}

/** The formulas of a generation, or of its section at a path. */
function formulasOf(generation: Generation, section?: string): ReadonlySet<unknown> {
  const rows = factsOf(generation).rows.filter(({ segment }) => section === undefined || segment.path[0] === section);
  return new Set(rows.flatMap(({ formulas }) => [...formulas.values()]));
}

/** The order of keys at the root, and so the member at which a cycle is met, may be another one after changes. */
function toldOf(issue: ConfigIssue): unknown {
  return issue.code === 'reference-cycle' ? issue.code : issue;
}

describe('references that are resolved again after a change', () => {
  it('come to what they would if they were resolved for the first time', async () => {
    const folders = [await temporaryFolder(), await temporaryFolder()] as const;
    let kept = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(change, fc.boolean()), { minLength: 1, maxLength: 12 }), async (changes) => {
        const sources = [new Changing('low', folders[0]), new Changing('high', folders[1])] as const;
        const world: World = { sources, env: {}, folders };
        const options: LoadOptions = {
          sections: SECTIONS,
          sources,
          environment: 'test',
          env: world.env,
          fileRoots: folders,
        };
        let current = await loadGeneration(options);
        let isKnown = true;
        for (const [{ source, make }, alone] of changes) {
          await make(world);
          // As with a service: after a failure everything is read again.
          const only = alone && isKnown ? { only: new Set(source === undefined ? [] : [source]) } : {};
          const before = formulasOf(current);
          const again = loadGeneration(options, { previous: current, settle: 0, ...only });
          const outcome = await outcomeOf(again);
          expect(outcome).toEqual(await outcomeOf(loadGeneration(options)));
          const good = await again.catch(() => undefined);
          isKnown = good !== undefined;
          if (good === undefined) continue;
          current = good;
          kept += [...formulasOf(current)].filter((formula) => before.has(formula)).length;
        }
      }),
    );
    // It would all hold if everything were resolved again each time.
    expect(kept).toBeGreaterThan(PROOF_RUNS);
  });

  it('follow a chain to its end, and not when a link of it is gone', async () => {
    const source = new Changing('file', '.');
    const options: LoadOptions = { sections: SECTIONS, sources: [source], environment: 'test', env: {} };
    const next = async (two: string, three: string, previous?: Generation): Promise<Generation> => {
      source.tree = { one: { text: '${two.text}' }, two: { text: two }, three: { text: three } };
      return loadGeneration(options, previous && { previous });
    };
    const first = await next('${three.text}', 'a');
    const second = await next('${three.text}', 'b', first);
    expect(second.get(One).text).toBe('b');
    const third = await next('no link', 'b', second);
    const fourth = await next('no link', 'c', third);
    expect(fourth.get(One)).toBe(third.get(One));
    const [before, after] = [third, fourth].map((each) => formulasOf(each, 'one'));
    expect([after?.size, [...(after ?? [])].every((formula) => before?.has(formula))]).toEqual([before?.size, true]);
  });

  it('follow what brings in the group that they look into, and not when it brings in another one', async () => {
    const source = new Changing('file', '.');
    const options: LoadOptions = { sections: SECTIONS, sources: [source], environment: 'test', env: {} };
    const next = async (two: string, three: string, previous?: Generation): Promise<Generation> => {
      source.tree = { one: { text: '${two.bag.k}' }, two: { bag: two }, three: { bag: { k: three } } };
      return loadGeneration(options, previous && { previous });
    };
    const first = await next('${three.bag}', 'a');
    const second = await next('${three.bag}', 'b', first);
    expect([first.get(One).text, second.get(One).text]).toEqual(['a', 'b']);
    const third = await next('{"k":"own"}', 'b', second);
    expect(third.get(One).text).toBe('own');
    const fourth = await next('{"k":"own"}', 'c', third);
    const [before, after] = [third, fourth].map((each) => formulasOf(each, 'one'));
    expect([after?.size, [...(after ?? [])].every((formula) => before?.has(formula))]).toEqual([before?.size, true]);
  });

  it('are held back with the field for which they wait, and come again when it does not', async () => {
    const source = new Changing('file', '.');
    const options: LoadOptions = { sections: [One, Server], sources: [source], environment: 'test', env: {} };
    const next = async (text: string, previous?: Generation): Promise<Generation> => {
      source.tree = { one: { text, other: previous === undefined ? 'a' : 'b' }, server: { address: '${one.text}' } };
      return loadGeneration(options, previous && { previous });
    };
    const first = await next('old');
    const second = await next('new', first);
    expect(second.get(Server).address).toBe('old');
    // Nothing under the keys of the references has changed here, and the wish still stands.
    const third = await next('new', second);
    expect([third.get(Server).address, factsOf(third).wishes.length]).toEqual(['old', 1]);
    const fourth = await next('old', third);
    expect([fourth.get(Server).address, factsOf(fourth).wishes.length]).toEqual(['old', 0]);
  });
});
