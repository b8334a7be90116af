import { chmod, mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { IsBoolean, IsInt, IsOptional, IsString } from 'class-validator';
import type { SecureValue } from '../../../src/core/index.js';
import { type ConfigDefinition, loadSettings } from '../../../src/runtime/index.js';
import { ConfigSection, Duration, IsDuration, type MigrationStep, Secure } from '../../../src/sections/index.js';
import { generateKeyset, keyFile, Keyset, scopeHash } from '../../../src/security/index.js';
import { configFolder, envFiles, processEnv, yamlFile } from '../../../src/sources/index.js';
import { defineTenants, tenantFile, tenantFolder } from '../../../src/tenants/index.js';
import { folderWith, module, removeFolder, run } from '../fake-io.js';

@ConfigSection('database', {
  version: 3,
  migrations: {
    2: [
      { move: 'db', to: '' },
      { rename: 'hostname', to: 'host' },
      { rename: 'pass', to: 'password' },
    ],
    3: [
      { convert: 'timeout', with: (value) => (typeof value === 'number' ? `${String(value)}s` : value) },
      { default: 'tls', value: false },
    ],
  },
})
class DatabaseSettings {
  @IsString() host = 'localhost';
  @IsDuration() timeout = Duration.of('10s');
  @IsBoolean() tls = true;
  @Secure({ level: 'encrypt', optional: true }) password?: SecureValue<string>;
}

/** Whose name does not say that it is a secret. */
@ConfigSection('guest', { version: 2, migrations: { 2: [{ rename: 'says', to: 'word' }] } })
class GuestSettings {
  @Secure({ optional: true }) word?: SecureValue<string>;
}

let folder: string;
const at = (name: string): string => join(folder, name);
const text = (name: string): Promise<string> => readFile(at(name), 'utf8');
const program = (more: Partial<ConfigDefinition> = {}): unknown =>
  module({
    sections: [DatabaseSettings],
    sources: [configFolder(at('config')), processEnv({ prefix: 'APP_', env: {} })],
    ...more,
  });

const OLD = `# the database of today
db:
  hostname: "db.internal"  # do not touch
  timeout: 5
`;

beforeEach(async () => {
  folder = await folderWith({
    'uno.config.mjs': '',
    'config/app.yaml': OLD,
    'config/app.production.yaml': 'database:\n  $version: 2\n  timeout: 9\n',
  });
});
afterEach(() => removeFolder(folder));

describe('migrate', () => {
  it('shows what would change, and writes nothing', async () => {
    const { code, out, error } = await run(folder, ['migrate'], program());
    expect([code, error]).toEqual([0, '']);
    expect(out).toBe(`config/app.production.yaml
@@ line 2
-  $version: 2
-  timeout: 9
+  $version: 3
+  timeout: 9s
config/app.yaml
@@ line 2
-db:
-  hostname: "db.internal"  # do not touch
-  timeout: 5
+database:
+  $version: 3
+  tls: false
+  host: "db.internal"  # do not touch
+  timeout: 5s
2 files: 2 of an earlier version.
Write them with uno-config migrate --write.
`);
    expect(await text('config/app.yaml')).toBe(OLD);
  });

  it.each([
    ['in escapes', 'says: "it\\"s hunter2 cor\\u0072ect"', []],
    ['in quotes that are doubled', "says: 'hunter2''s correct'", []],
    ['over several lines', 'says: hunter2 is', ['correct', 'horse']],
    ['over several lines in quotes', 'says: "hunter2', ['is correct', 'horse"']],
    ['in a line that is as long as a file', `says: "hunter2 ${'-,'.repeat(200_000)}\\u0078"`, []],
  ])('shows no secret that is written %s', async (_, first, more) => {
    const lines = [first, ...more.map((line) => `  ${line}`)].map((line) => `  ${line}\n`).join('');
    await writeFile(at('config/app.yaml'), `guest:\n${lines}`);
    const { out } = await run(folder, ['migrate', 'config/app.yaml'], program({ sections: [GuestSettings] }));
    expect(out).toContain('[secure]');
    expect(out).not.toMatch(/hunter2|correct|cor.u0072|horse/);
  });

  it('ends --check with 1 until the files are written, and loads the same settings afterwards', async () => {
    const load = (): Promise<DatabaseSettings> =>
      loadSettings(DatabaseSettings, { sources: [configFolder(at('config'))], environment: 'production' });
    const before = await load();
    expect((await run(folder, ['migrate', '--check'], program())).code).toBe(1);
    await chmod(at('config/app.yaml'), 0o640);
    const { code, out } = await run(folder, ['migrate', '--write'], program());
    expect([code, out]).toEqual([0, 'wrote config/app.production.yaml\nwrote config/app.yaml\n2 files: 2 written.\n']);
    expect(await text('config/app.yaml')).toBe(`# the database of today
database:
  $version: 3
  tls: false
  host: "db.internal"  # do not touch
  timeout: 5s
`);
    expect((await stat(at('config/app.yaml'))).mode & 0o777).toBe(0o640);
    expect((await run(folder, ['migrate', '--check'], program())).code).toBe(0);
    expect(await load()).toEqual(before);
  });

  it('writes a default of before into the file that wins over nothing, and into no overlay', async () => {
    await writeFile(at('config/app.yaml'), 'database:\n  $version: 3\n  tls: true\n');
    await run(folder, ['migrate', '--write'], program());
    expect(await text('config/app.production.yaml')).toBe('database:\n  $version: 3\n  timeout: 9s\n');
    // A file of today that sets nothing is below one of before, which alone has the default.
    await writeFile(at('config/app.yaml'), 'database:\n  $version: 3\n  host: x\n');
    await writeFile(at('config/app.production.yaml'), 'database:\n  $version: 2\n  timeout: 9\n');
    await run(folder, ['migrate', '--write'], program());
    expect(await text('config/app.production.yaml')).toBe('database:\n  $version: 3\n  tls: false\n  timeout: 9s\n');
  });

  it('leaves a document alone that cannot be changed by itself, says where and why, and ends with 1', async () => {
    const shared = 'timeouts: &t\n  timeout: 5\ndb:\n  <<: *t\n  hostname: x\nother: *t\n';
    await writeFile(at('config/app.yaml'), shared);
    const converted = await run(folder, ['migrate', '--write', 'config/app.yaml'], program());
    expect([converted.code, converted.error]).toEqual([0, '']);
    // The map gets a value of its own, because the one that it merges belongs to others too.
    expect(await text('config/app.yaml')).toContain('  timeout: 5s\n  <<: *t\n');
    await writeFile(at('config/app.yaml'), 'db:\n  timeout: &t 5\nother: *t\n');
    const left = await run(folder, ['migrate', '--write', 'config/app.yaml'], program());
    expect(left.code).toBe(1);
    expect(left.out).toBe(
      'config/app.yaml:2:3: database.timeout cannot be changed without changing something else\n' +
        '    It may be shared by an anchor, an alias or a merge key. Write it by hand, or apart from what it shares.\n' +
        '1 file: none written, 1 cannot be changed.\n',
    );
    expect(await text('config/app.yaml')).toBe('db:\n  timeout: &t 5\nother: *t\n');
  });

  it('rewrites variables of a file that is said to be of an earlier version, and skips them otherwise', async () => {
    await writeFile(at('.env'), "# variables\nexport APP_DB__HOSTNAME='db' # why\nAPP_DB__TIMEOUT=5\nOTHER=1\n");
    const sources = [envFiles({ folder, prefix: 'APP_' }), processEnv({ prefix: 'APP_', env: {} })];
    expect((await run(folder, ['migrate', '--check'], program({ sources }))).code).toBe(0);
    expect((await run(folder, ['migrate', '--write', '--from', '1'], program({ sources }))).code).toBe(0);
    expect(await text('.env')).toBe(
      "# variables\nexport APP_DATABASE__HOST='db' # why\nAPP_DATABASE__TIMEOUT=5s\nOTHER=1\nAPP_DATABASE__TLS=false\n",
    );
  });

  it('takes no version for an earlier one that is not', async () => {
    const { code, error } = await run(folder, ['migrate', '--from', '9', 'config/app.yaml'], program());
    expect([code, error]).toEqual([
      2,
      expect.stringMatching(/--from 9 is no earlier version\.\n.*versions up to \d: /),
    ]);
  });

  it('shows no secret in its diff', async () => {
    await writeFile(at('config/app.yaml'), 'db:\n  pass: hunter2-hunter2\n');
    const { out } = await run(folder, ['migrate'], program());
    expect(out).toContain('+  password: [secure]');
    expect(out).not.toContain('hunter2');
  });

  it('says what it did as JSON', async () => {
    const { out } = await run(folder, ['migrate', '--json', 'config/app.production.yaml'], program());
    expect(JSON.parse(out)).toEqual({
      files: [
        {
          file: 'config/app.production.yaml',
          state: 'outdated',
          changes: [{ word: 'converted', version: 3, from: ['database.timeout'], to: ['database.timeout'] }],
          problems: [],
        },
      ],
    });
  });

  it('has nothing to do where no class has a version', async () => {
    @ConfigSection('http')
    class HttpSettings {
      @IsInt() port = 1;
    }
    const definition = module({ sections: [HttpSettings], sources: [] });
    const { code, out } = await run(folder, ['migrate', '--check'], definition);
    expect([code, out]).toEqual([0, 'No settings class has a version above 1.\n']);
  });
});

describe('an encrypted value that moves', () => {
  const document = generateKeyset('orders');
  const keyset = Keyset.of(document);
  const scope = { app: 'orders', environment: 'production', path: 'db.pass' };
  const token = keyset.encrypt(Buffer.from('hunter2-hunter2'), scopeHash(scope));
  const secrets = { app: 'orders', keyring: keyFile('keys.json') };

  it('is encrypted for its new path, and opens there', async () => {
    await writeFile(at('keys.json'), document.toText(), { mode: 0o600 });
    await writeFile(at('config/app.yaml'), `db:\n  pass: "${token}" # sealed\n`);
    const keyring = keyFile(at('keys.json'));
    const { code, out } = await run(folder, ['migrate', '--write'], program({ secrets: { app: 'orders', keyring } }));
    expect([code, out]).toEqual([0, 'wrote config/app.production.yaml\nwrote config/app.yaml\n2 files: 2 written.\n']);
    const now = /password: "(.*)" # sealed\n/.exec(await text('config/app.yaml'))?.[1] ?? '';
    const { bytes } = keyset.open(now, [scopeHash({ ...scope, path: 'database.password' })]);
    expect(bytes.toString()).toBe('hunter2-hunter2');
  });

  it('is left where it is without the key, and nothing of its file is written', async () => {
    const before = `db:\n  pass: "${token}"\n  timeout: 5\n`;
    await writeFile(at('config/app.yaml'), before);
    const { code, out } = await run(folder, ['migrate', '--write', 'config/app.yaml'], program({ secrets }));
    expect(code).toBe(1);
    expect(out).toContain('config/app.yaml: db.pass is encrypted, and there are no keys to open it with');
    expect(await text('config/app.yaml')).toBe(before);
  });

  it('is found by --check without the key, which only what writes needs', async () => {
    await writeFile(at('config/app.yaml'), `db:\n  pass: "${token}"\n`);
    const { code, out } = await run(folder, ['migrate', '--check', 'config/app.yaml'], program({ secrets }));
    expect([code, out]).toEqual([
      1,
      'config/app.yaml is of an earlier version\n1 file: 1 of an earlier version.\nWrite them with uno-config migrate --write.\n',
    ]);
  });

  it('stays as it is when it may be anywhere in its application', async () => {
    const anywhere = keyset.encrypt(Buffer.from('x'), scopeHash({ app: 'orders' }));
    await writeFile(at('keys.json'), document.toText(), { mode: 0o600 });
    await writeFile(at('config/app.yaml'), `db:\n  pass: "${anywhere}"\n`);
    const keyring = keyFile(at('keys.json'));
    await run(folder, ['migrate', '--write', 'config/app.yaml'], program({ secrets: { app: 'orders', keyring } }));
    expect(await text('config/app.yaml')).toContain(`password: "${anywhere}"`);
  });
});

describe('documents of tenants', () => {
  it('are rewritten where they are kept, by the same command', async () => {
    await writeFile(at('config/app.yaml'), 'database:\n  $version: 3\n');
    const tenantsFolder = await folderWith({ 'acme.yaml': 'db:\n  timeout: 7 # acme\n' });
    const tenants = defineTenants({ layers: tenantFolder(tenantsFolder) });
    const { code } = await run(folder, ['migrate', '--write'], program({ tenants }));
    expect(code).toBe(0);
    expect(await readFile(join(tenantsFolder, 'acme.yaml'), 'utf8')).toBe(
      'database:\n  $version: 3\n  timeout: 7s # acme\n',
    );
    await removeFolder(tenantsFolder);
  });

  it('are rewritten with the files that they import, which are theirs alone', async () => {
    await mkdir(at('tenants/acme'), { recursive: true });
    await writeFile(at('tenants/acme.yaml'), '$import: acme/more.yaml\n');
    await writeFile(at('tenants/acme/more.yaml'), 'db:\n  timeout: 7 # acme\n');
    const tenants = defineTenants({ layers: tenantFolder(at('tenants')) });
    expect((await run(folder, ['migrate', '--write'], program({ tenants }))).code).toBe(0);
    expect(await text('tenants/acme/more.yaml')).toBe('database:\n  $version: 3\n  timeout: 7s # acme\n');
  });

  it.each([
    [
      'yaml',
      `# all of them
acme: # the first one
  db: { hostname: acme.internal } # kept
  # of acme alone
  http: { port: 1 }
globex:
    db:
        timeout:   9 # seconds
initech: {}   # has nothing of its own
`,
      `# all of them
acme: # the first one
  database: { $version: 3, host: acme.internal } # kept
  # of acme alone
  http: { port: 1 }
globex:
    database:
        $version: 3
        timeout:   9s # seconds
initech: {}   # has nothing of its own
`,
    ],
    [
      'jsonc',
      `{
  // the first one
  "acme": { "db": { "hostname": "acme.internal" } }, // kept
  "globex": {
    "database": { "$version": 2, "timeout": 9 }
  }
}
`,
      `{
  // the first one
  "acme": { "database": { "$version": 3, "host": "acme.internal" } }, // kept
  "globex": {
    "database": { "$version": 3, "timeout": "9s" }
  }
}
`,
    ],
    [
      'toml',
      `# all of them
[acme.db] # the first one
hostname = 'acme.internal' # kept

[globex.database]
"$version" = 2
timeout = 9
`,
      `# all of them
[acme.database] # the first one
"$version" = 3
host = 'acme.internal' # kept

[globex.database]
"$version" = 3
timeout = "9s"
`,
    ],
  ])('are rewritten one by one in the file of all of them, in no other byte: %s', async (extension, before, after) => {
    const file = `tenants.${extension}`;
    await writeFile(at(file), before);
    const tenants = defineTenants({ layers: tenantFile(at(file)) });
    const { out } = await run(folder, ['migrate', file], program({ tenants }));
    expect([out, await text(file)]).toEqual([expect.stringContaining(`1 file: 1 of an earlier version.`), before]);
    expect((await run(folder, ['migrate', '--check', file], program({ tenants }))).code).toBe(1);
    const { code } = await run(folder, ['migrate', '--write'], program({ tenants }));
    expect([code, await text(file)]).toEqual([0, after]);
    const again = await run(folder, ['migrate', '--check', file], program({ tenants }));
    expect([again.code, again.out]).toEqual([0, '1 file: none of an earlier version.\n']);
  });

  it('stay documents when nothing is left of them, and plans are documents as well', async () => {
    @ConfigSection('cache', { version: 2, migrations: { 2: [{ remove: 'driver' }] } })
    class CacheSettings {
      @IsInt() size = 1;
    }
    await writeFile(at('plans.yaml'), 'free:\n  cache:\n    driver: lru\npaid:\n  cache:\n    size: 2\n');
    const definition = module({
      sections: [CacheSettings],
      sources: [],
      tenants: defineTenants({ layers: () => ({}), plans: tenantFile(at('plans.yaml')) }),
    });
    const { code } = await run(folder, ['migrate', '--write'], definition);
    const left = 'free:\n  {}\npaid:\n  cache:\n    $version: 2\n    size: 2\n';
    expect([code, await text('plans.yaml')]).toEqual([0, left]);
  });

  it('are left alone with all of their file where one of them cannot be changed, which is named', async () => {
    const before = 'acme:\n  db:\n    timeout: 7\nglobex:\n  db: { hostname: a, host: b }\n';
    await writeFile(at('tenants.yaml'), before);
    const tenants = defineTenants({ layers: tenantFile(at('tenants.yaml')) });
    const { code, out } = await run(folder, ['migrate', '--write', 'tenants.yaml'], program({ tenants }));
    expect([code, await text('tenants.yaml')]).toEqual([1, before]);
    expect(out).toContain('tenants.yaml:5:22: globex.database.host is written in its old form, ');
  });
});

describe('documents of tenants that share an anchor', () => {
  const refused = 'cannot be changed without changing something else';

  it.each([
    ['are rewritten around it', 'other: &o { x: 1 }', 'db: { timeout: 7, more: *o }', [0, '']],
    ['are left alone where it is what changes', 'db: { timeout: &t 7 }', 'other: *t', [1, refused]],
  ])('%s', async (_, first, second, [code, problem]) => {
    const before = `acme:\n  ${first}\nglobex:\n  ${second}\n`;
    await writeFile(at('tenants.yaml'), before);
    const tenants = defineTenants({ layers: tenantFile(at('tenants.yaml')) });
    const result = await run(folder, ['migrate', '--write', 'tenants.yaml'], program({ tenants }));
    expect([result.code, result.out]).toEqual([code, expect.stringContaining(String(problem))]);
    const after = before.replace('db: { timeout: 7,', 'database: { $version: 3, timeout: 7s,');
    expect(await text('tenants.yaml')).toBe(code === 0 ? after : before);
  });
});

describe('an encrypted value of a tenant', () => {
  it('moves in the file of all tenants for its own tenant, and is not shown', async () => {
    const document = generateKeyset('orders');
    const keyset = Keyset.of(document);
    const scope = { app: 'orders', environment: 'production' };
    const token = (tenant: string): string =>
      keyset.encrypt(Buffer.from(tenant), scopeHash({ ...scope, tenant, path: 'db.pass' }));
    await writeFile(at('keys.json'), document.toText(), { mode: 0o600 });
    const entries = ['acme', 'globex'].map((id) => `${id}:\n  db: { pass: "${token(id)}" }\n`);
    await writeFile(at('tenants.yaml'), `${entries.join('')}plain:\n  db: { pass: hunter2-hunter2 }\n`);
    const definition = program({
      tenants: defineTenants({ layers: tenantFile(at('tenants.yaml')) }),
      secrets: { app: 'orders', keyring: keyFile(at('keys.json')) },
    });
    const shown = await run(folder, ['migrate', 'tenants.yaml'], definition);
    expect(shown.out).toContain('[secure]');
    expect(shown.out).not.toContain('hunter2');
    expect((await run(folder, ['migrate', '--write', 'tenants.yaml'], definition)).code).toBe(0);
    const now = [...(await text('tenants.yaml')).matchAll(/password: "(\{jwe\}.*)"/g)].map(([, found = '']) => found);
    const opened = ['acme', 'globex'].map((tenant, at) => {
      const place = scopeHash({ ...scope, tenant, path: 'database.password' });
      return keyset.open(now[at] ?? '', [place]).bytes.toString();
    });
    expect(opened).toEqual(['acme', 'globex']);
  });
});

describe('a chain of ten versions', () => {
  const steps: Record<number, readonly MigrationStep[]> = {};
  for (let version = 2; version <= 10; version++)
    steps[version] = [{ rename: `name${String(version - 1)}`, to: `name${String(version)}` }];

  @ConfigSection('chain', { version: 10, migrations: steps })
  class ChainSettings {
    @IsOptional() @IsString() name10?: string;
  }

  it('brings a document of each version to the last one, in layers of different versions', async () => {
    for (let version = 1; version <= 10; version++) {
      const file = at(`config/layer${String(version)}.yaml`);
      const said = version === 1 ? '' : `  $version: ${String(version)}\n`;
      await writeFile(file, `chain:\n${said}  name${String(version)}: '${String(version)}' # ${String(version)}\n`);
    }
    const sources = Array.from({ length: 10 }, (_, index) => yamlFile(at(`config/layer${String(index + 1)}.yaml`)));
    const definition = module({ sections: [ChainSettings], sources });
    const before = await loadSettings(ChainSettings, { sources });
    expect((await run(folder, ['migrate', '--write'], definition)).code).toBe(0);
    for (let version = 1; version <= 10; version++) {
      const now = await text(`config/layer${String(version)}.yaml`);
      expect(now).toBe(`chain:\n  $version: 10\n  name10: '${String(version)}' # ${String(version)}\n`);
    }
    expect(await loadSettings(ChainSettings, { sources })).toEqual(before);
  });
});
