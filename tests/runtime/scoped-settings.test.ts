import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Type } from 'class-transformer';
import { IsInt, IsString, Max, ValidateNested } from 'class-validator';
import { createLayer, type SecureValue } from '../../src/core/index.js';
import { diffGenerations } from '../../src/runtime/generation/diff-generations.js';
import { factsOf, loadGeneration, rule, section, type Generation, type LoadOptions } from '../../src/runtime/index.js';
import { ConfigSection, ListOf, Merge, RestartRequired, Secure } from '../../src/sections/index.js';
import { cliArgs, object, processEnv, yamlFile } from '../../src/sources/index.js';
import { testKeyring } from '../../src/testing/index.js';
import { caught } from '../sources/caught.js';
import { issuesOf, loaded, refused } from './loading.js';

class PoolSettings {
  @IsInt() readonly max: number = 10;
  @IsInt() readonly min: number = 1;
}

@ConfigSection('database')
class DatabaseSettings {
  @IsString() readonly host: string = 'localhost';
  @IsInt() @Max(65_535) readonly port: number = 5432;
  @ValidateNested() @Type(() => PoolSettings) readonly pool: PoolSettings = new PoolSettings();
  @Merge('append') @ListOf(() => String) readonly tags: readonly string[] = [];
  @Secure({ level: 'encrypt', optional: true }) readonly password?: SecureValue<string>;
}

@ConfigSection('http')
class HttpSettings {
  @IsString() readonly url: string = 'http://${database.host}/';
  @RestartRequired() @IsInt() readonly port: number = 80;
}

@ConfigSection('mail')
class MailSettings {
  @IsString() readonly from: string = 'nobody';
}

const sections = [DatabaseSettings, HttpSettings, MailSettings];

const look = (generation: Generation, scope?: string): unknown => {
  const view = scope === undefined ? generation : generation.view(scope);
  const { host, port, pool } = view.get(DatabaseSettings);
  return [host, port, pool.max, pool.min, view.get(HttpSettings).url];
};

const values = {
  database: { host: 'base', port: 1, pool: { max: 2 } },
  modules: {
    billing: {
      database: { host: 'billing', pool: { max: 3 } },
      components: { invoices: { database: { pool: { min: 4 } } } },
    },
    shipping: { components: { labels: { mail: { from: 'labels' } } } },
  },
};

describe('What a module overrides', () => {
  it('goes key by key over what everybody sees, and what a component overrides over both', async () => {
    const generation = await loaded(sections, values);
    expect(look(generation)).toEqual(['base', 1, 2, 1, 'http://base/']);
    expect(look(generation, 'billing')).toEqual(['billing', 1, 3, 1, 'http://billing/']);
    expect(look(generation, 'billing/invoices')).toEqual(['billing', 1, 3, 4, 'http://billing/']);
  });

  it('leaves every section that no override reaches the very same object', async () => {
    const generation = await loaded(sections, values);
    const billing = generation.view('billing');
    expect(billing.get(MailSettings)).toBe(generation.get(MailSettings));
    expect(generation.view('billing/invoices').get(HttpSettings)).toBe(billing.get(HttpSettings));
    expect(generation.view('billing/other')).toBe(billing);
    expect(generation.view('shipping')).toBe(generation);
    expect(generation.view('unheard-of')).toBe(generation);
    const labels = generation.view('shipping/labels');
    expect(labels.get(MailSettings).from).toBe('labels');
    expect(labels.get(DatabaseSettings)).toBe(generation.get(DatabaseSettings));
  });

  it('reaches sections through references, and may itself refer to what only the module sees', async () => {
    const generation = await loaded(sections, {
      database: { host: 'base' },
      modules: { billing: { database: { host: '${mail.from}.db' }, mail: { from: 'eu' } } },
    });
    expect(look(generation, 'billing')).toEqual(['eu.db', 5432, 10, 1, 'http://eu.db/']);
    expect(look(generation)).toEqual(['base', 5432, 10, 1, 'http://base/']);
  });

  it('merges by itself first: a later source wins, and !unset takes an override away', async () => {
    const low = object({
      database: { host: 'base', tags: ['a'] },
      modules: { billing: { database: { host: 'low', port: 5, tags: ['b'] } } },
    });
    const high = object({
      database: { port: 9 },
      modules: { billing: { database: { host: { $unset: true }, tags: ['c'] } } },
    });
    const view = (await loaded(sections, [low, high])).view('billing');
    expect([view.get(DatabaseSettings).host, view.get(DatabaseSettings).port]).toEqual(['base', 5]);
    expect(view.get(DatabaseSettings).tags).toEqual(['a', 'b', 'c']);
    expect(view.explain('database.host').toString()).toBe(
      'database.host = "base"\n  from database.host (object)\n  over database.host (default): "localhost"',
    );
  });

  it('comes from every kind of source, in its own spelling', async () => {
    const env = { APP_MODULES__BILLING__DATABASE__HOST: 'from env', APP_DATABASE__PORT: '7' };
    const sources = [
      object(values),
      processEnv({ prefix: 'APP_', env }),
      cliArgs({ argv: ['--modules.billing.database.pool.max=8'] }),
    ];
    const generation = await loadGeneration({ sections, sources, environment: 'test', env: {} });
    expect(look(generation, 'billing')).toEqual(['from env', 7, 8, 1, 'http://from env/']);
  });

  it('is refused in a text that names no module', async () => {
    const generation = await loaded(sections, values);
    for (const scope of ['', '/', 'a/b/c', 'billing/', 'a.b']) {
      expect(() => generation.view(scope)).toThrow(
        new TypeError(`"${scope}" is no scope; write a module's name, or module/component: 'billing/invoices'.`),
      );
    }
  });

  it('takes the key modules, which no section can have', async () => {
    const error = await refused([section(MailSettings, { path: 'modules' })]);
    expect([error.code, error.message]).toEqual([
      'reserved-key',
      'A section or field sits at "modules", where modules override settings.\nGive it another path.',
    ]);
  });
});

describe('A module’s setting that is wrong', () => {
  it('is an issue of the load, with its place', async () => {
    const error = await refused(sections, {
      modules: { billing: { database: { port: 'x' }, components: { invoices: { database: { port: 70_000 } } } } },
    });
    expect(error.message).toBe(`2 settings are not valid (test):
  - database.port: must be an integer, got "x" (in the scope billing)
    from modules.billing.database.port (object)
    Write digits as in 1500 or 1_500, without blanks.
  - database.port: must not be greater than 65535, got 70000 (in the scope billing/invoices)
    from modules.billing.components.invoices.database.port (object)`);
  });

  const misshapen = {
    'nothing (null)': null,
    'a single value': 5,
    'a list': [1],
  };
  for (const [shape, value] of Object.entries(misshapen)) {
    it(`is an issue at its place where ${shape} stands at or above a section, and never “as the class says”`, async () => {
      const base = object(values, { name: 'base' });
      for (const [path, modules] of [
        ['modules', value],
        ['modules.billing', { billing: value }],
        ['modules.billing.database', { billing: { database: value } }],
        ['modules.billing.components', { billing: { components: value } }],
        ['modules.billing.components.invoices', { billing: { components: { invoices: value } } }],
        ['modules.billing.components.invoices.mail', { billing: { components: { invoices: { mail: value } } } }],
        ['modules.nobodys', { nobodys: value }],
      ] as const) {
        const error = await refused(sections, [base, object({ modules }, { name: 'over' })]);
        expect([error.code, error.message.split('\n').slice(0, 3)]).toEqual([
          'invalid-settings',
          [
            '1 setting is not valid (test):',
            `  - ${path}: must be a map of settings, got ${shape}`,
            `    from ${path} (over)`,
          ],
        ]);
      }
    });
  }

  it('is an issue where a reference stands for a whole group, and is never passed over', async () => {
    const told = async (modules: unknown): Promise<string> => (await refused(sections, { modules })).message;
    const message = (path: string): string => `1 setting is not valid (test):
  - ${path}: must be a map of settings; below modules a reference is for one setting
    from ${path} (object)
    Write one for each setting.`;
    expect(await told({ billing: { database: '${mail}' } })).toBe(message('modules.billing.database'));
    expect(await told({ billing: { components: '${mail}' } })).toBe(message('modules.billing.components'));
    expect(await told('${mail}')).toBe(message('modules'));
  });

  it('is told once where it is wrong for everybody', async () => {
    const values = { database: { port: 'x' }, modules: { billing: { mail: { from: 'b' } } } };
    expect(await issuesOf(sections, values)).toEqual(['not-an-integer database.port: must be an integer, got "x"']);
  });

  it('may be a key that nobody declares, or a rule that it breaks for a section it reaches', async () => {
    expect(await issuesOf(sections, { modules: { billing: { databse: { port: 1 }, database: { prot: 2 } } } })).toEqual(
      [
        'unknown-key modules.billing.databse: is not a known key',
        'unknown-key modules.billing.database.prot: is not a known key',
      ],
    );
    const rules = [rule('hosts must differ', [DatabaseSettings, MailSettings], (db, mail) => db.host !== mail.from)];
    const broken = { mail: { from: 'same' }, modules: { billing: { database: { host: 'same' } } } };
    expect(await issuesOf(sections, broken, { rules })).toEqual([
      'rule database: hosts must differ (in the scope billing)',
    ]);
  });
});

describe('Explaining what a module sees', () => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'uno-scopes-'));
  });

  afterEach(async () => {
    await rm(folder, { recursive: true });
  });

  it('shows the chain, each place where it stands', async () => {
    const path = join(folder, 'app.yaml');
    await writeFile(
      path,
      'database:\n  host: base\nmodules:\n  billing:\n    database:\n      host: billing\n    components:\n      invoices:\n        database: { host: invoices }\n',
    );
    const env = { APP_MODULES__BILLING__DATABASE__HOST: 'env' };
    const sources = [yamlFile(path), processEnv({ prefix: 'APP_', env })];
    const generation = await loadGeneration({ sections, sources, environment: 'test', env: {} });
    const shown = (scope: string): string =>
      generation.view(scope).explain('database.host').toString().replaceAll(path, 'app.yaml');
    expect(shown('billing')).toBe(`database.host = "env"
  from APP_MODULES__BILLING__DATABASE__HOST (environment)
  over modules.billing.database.host (app.yaml:6:13): "billing"
  over database.host (app.yaml:2:9): "base"
  over database.host (default): "localhost"`);
    expect(shown('billing/invoices').split('\n').slice(0, 3)).toEqual([
      'database.host = "invoices"',
      '  from modules.billing.components.invoices.database.host (app.yaml:9:27)',
      '  over APP_MODULES__BILLING__DATABASE__HOST (environment): "env"',
    ]);
  });
});

describe('Secrets of a module', () => {
  const keyring = testKeyring({ app: 'orders' });
  const secrets = { keyring, app: 'orders' };

  it('are opened where they stand, and masked everywhere', async () => {
    const values = {
      database: { password: keyring.encrypt('base', 'database.password') },
      modules: { billing: { database: { password: keyring.encrypt('own', 'modules.billing.database.password') } } },
    };
    const generation = await loaded(sections, values, { secrets });
    const open = (of: Generation): unknown => of.get(DatabaseSettings).password?.use((text) => text);
    expect([open(generation), open(generation.view('billing'))]).toEqual(['base', 'own']);
    for (const shown of [
      generation.view('billing').explain('database.password'),
      generation.explain('modules.billing.database.password'),
    ]) {
      expect(shown.toString()).not.toContain('own');
      expect(JSON.stringify(shown)).not.toContain('own');
    }
  });

  it('do not open at another place than they were encrypted for', async () => {
    const values = {
      modules: { billing: { database: { password: keyring.encrypt('own', 'database.password') } } },
    };
    const error = await refused(sections, values, { secrets });
    expect(error.issues.map(({ path }) => path.join('.'))).toEqual(['modules.billing.database.password']);
  });

  it('must be encrypted where the field demands it', async () => {
    const tree = { modules: { billing: { database: { password: 'hunter2' } } } };
    const file = { load: () => createLayer({ name: 'app.yaml', kind: 'file', tree }) };
    const error = await refused(sections, [file], { secrets: { ...secrets, plain: 'error' } });
    expect(error.issues.map(({ code, message }) => [code, message])).toEqual([
      ['plain-secret', 'is in plain text, but is declared to be encrypted (in the scope billing)'],
    ]);
    expect(error.message).not.toContain('hunter2');
  });
});

describe('A reload', () => {
  const options = (values: object): LoadOptions => ({
    sections,
    sources: [object(values)],
    environment: 'test',
    env: {},
  });
  const next = async (previous: Generation, values: object): Promise<Generation> =>
    loadGeneration(options(values), { previous });
  const base = { database: { host: 'base' }, modules: { billing: { database: { port: 2 } } } };

  it('makes a new generation where only a module sees a change, and tells whose it is', async () => {
    const first = await loadGeneration(options(base));
    const second = await next(first, { ...base, modules: { billing: { database: { port: 3 } } } });
    expect([first.number, second.number, second.view('billing').number]).toEqual([1, 2, 2]);
    expect(second.get(DatabaseSettings)).toBe(first.get(DatabaseSettings));
    expect(second.view('billing').get(HttpSettings)).toBe(first.get(HttpSettings));
    expect(first.view('billing').get(DatabaseSettings).port).toBe(2);
    expect(diffGenerations(factsOf(first), factsOf(second))).toEqual([
      {
        section: 'modules.billing.database',
        target: DatabaseSettings,
        name: undefined,
        scope: 'billing',
        changes: [
          {
            path: 'modules.billing.database.port',
            kind: 'changed',
            before: 2,
            after: 3,
            origin: expect.objectContaining({ key: 'modules.billing.database.port' }),
          },
        ],
      },
    ]);
  });

  it('keeps what a module sees while it is not changed, and moves what it takes from everybody', async () => {
    const first = await loadGeneration(options(base));
    const same = await next(first, { ...base });
    expect(same.view('billing').get(DatabaseSettings)).toBe(first.view('billing').get(DatabaseSettings));
    const other = await next(first, { ...base, mail: { from: 'x' } });
    expect(other.view('billing').get(DatabaseSettings)).toBe(first.view('billing').get(DatabaseSettings));
    expect(other.view('billing').get(MailSettings)).toBe(other.get(MailSettings));
    expect(diffGenerations(factsOf(first), factsOf(other)).map((change) => change.section)).toEqual(['mail']);
    const moved = await next(first, { ...base, database: { host: 'moved' } });
    expect(look(moved, 'billing')).toEqual(['moved', 2, 10, 1, 'http://moved/']);
    expect(diffGenerations(factsOf(first), factsOf(moved)).map((change) => change.section)).toEqual([
      'database',
      'http',
      'modules.billing.database',
    ]);
  });

  it('takes an override away again', async () => {
    const first = await loadGeneration(options(base));
    const second = await next(first, { database: { host: 'base' } });
    expect(second.view('billing')).toBe(second);
    expect([second.number, diffGenerations(factsOf(first), factsOf(second)).map(({ scope }) => scope)]).toEqual([
      2,
      ['billing'],
    ]);
  });

  it('holds back in a module, too, what needs a restart', async () => {
    const first = await loadGeneration(options({ modules: { billing: { http: { port: 1 } } } }));
    const second = await next(first, { http: { port: 90, url: 'u' }, modules: { billing: { http: { port: 2 } } } });
    expect([second.get(HttpSettings).port, second.view('billing').get(HttpSettings)]).toEqual([
      80,
      expect.objectContaining({ port: 1, url: 'u' }),
    ]);
    const wished = second.view('billing').explain('http.port').afterRestart;
    expect(wished).toEqual({ value: 2 });
    expect(factsOf(second).wishes.map(({ change }) => [change.path, change.before, change.after])).toEqual([
      ['http.port', 80, 90],
      ['modules.billing.http.port', 1, 2],
    ]);
  });

  it('is refused where a module’s setting is wrong, and never writes into what is in use', async () => {
    const first = await loadGeneration(options(base));
    const error = await caught(async () => next(first, { modules: { billing: { database: { port: 'x' } } } }));
    expect(error.issues[0]?.message).toBe('must be an integer, got "x" (in the scope billing)');
    expect(look(first, 'billing')).toEqual(['base', 2, 10, 1, 'http://base/']);
  });
});
