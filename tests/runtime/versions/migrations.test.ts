import { describe, expect, it } from '@jest/globals';
import { IsBoolean, IsInt, IsObject, IsOptional, IsString } from 'class-validator';
import { createLayer, formatIssue, formatOrigin } from '../../../src/core/index.js';
import { ConfigSection, Deprecated, Duration, IsDuration } from '../../../src/sections/index.js';
import { object, yamlFile } from '../../../src/sources/index.js';
import { ConfigSandbox } from '../../../src/testing/index.js';
import { loaded, RecordingLogger, refused } from '../loading.js';

@ConfigSection('database', {
  version: 4,
  migrations: {
    2: [{ move: 'db', to: '' }, { rename: 'hostname', to: 'host' }, { remove: 'driver' }],
    3: [
      { convert: 'timeout', with: (value) => (typeof value === 'number' ? `${String(value)}s` : value) },
      {
        split: 'listen',
        into: (value) => ({
          'bind.address': String(value).split(':')[0],
          'bind.port': Number(String(value).split(':')[1]),
        }),
      },
      { join: ['user', 'realm'], to: 'login', as: ({ user, realm }) => `${String(user)}@${String(realm)}` },
    ],
    4: [{ default: 'tls', value: false }],
  },
})
class DatabaseSettings {
  @IsString() host = 'localhost';
  @IsDuration() timeout = Duration.of('1s');
  @IsOptional() @IsObject() bind?: object;
  @IsOptional() @IsString() login?: string;
  @IsBoolean() tls = true;
}

/** A document, as a file or a store gives it. */
const document = (tree: Record<string, unknown>, name = 'app.yaml') => ({
  name,
  load: () => createLayer({ name, kind: 'file', tree }),
});

describe('a document of an earlier version', () => {
  it('is read as if it were written today, step by step', async () => {
    const generation = await loaded(
      [DatabaseSettings],
      [
        document({
          db: { hostname: 'db.internal', driver: 'pg', timeout: 5, listen: '0.0.0.0:80', user: 'app', realm: 'r1' },
        }),
      ],
    );
    expect(generation.get(DatabaseSettings)).toMatchObject({
      host: 'db.internal',
      timeout: Duration.of('5s'),
      bind: { address: '0.0.0.0', port: 80 },
      login: 'app@r1',
      tls: false,
    });
  });

  it('has its values explained by the place where they are written, and what was done with them', async () => {
    await using sandbox = await ConfigSandbox.create();
    const file = await sandbox.write('app.yaml', 'db:\n  hostname: db.internal\n');
    const generation = await loaded([DatabaseSettings], [yamlFile(file)]);
    const { winner } = generation.explain('database.host');
    expect(winner && formatOrigin(winner.origin)).toBe(
      `db.hostname (${file}:2:13), moved in version 2, renamed in version 2`,
    );
  });

  it('works with a warning for each value in its earlier form, with file and line', async () => {
    await using sandbox = await ConfigSandbox.create();
    const file = await sandbox.write('app.yaml', 'db:\n  hostname: db.internal\n');
    const logger = new RecordingLogger();
    await loaded([DatabaseSettings], [yamlFile(file)], { logger });
    const [moved, renamed] = logger.records.filter(({ level }) => level === 'warn').map(({ message }) => message);
    expect(moved).toBe(
      `database: is written as before version 2 of "database", in which it was moved; it is read as version 4 has it\n` +
        `    from db (${file}:2:3)\n    Write it as version 4 has it, and $version: 4 in the section.`,
    );
    expect(renamed).toContain(`from db.hostname (${file}:2:13), moved in version 2`);
  });

  it('says its version in the section, so that only the steps after it are taken', async () => {
    const generation = await loaded([DatabaseSettings], [document({ database: { $version: 3, timeout: '7s' } })]);
    expect(generation.get(DatabaseSettings)).toMatchObject({ timeout: Duration.of('7s'), tls: false });
  });

  it('of the current version is left alone', async () => {
    const generation = await loaded([DatabaseSettings], [document({ database: { $version: 4, host: 'h' } })]);
    expect(generation.get(DatabaseSettings)).toMatchObject({ host: 'h', tls: true });
  });

  it('lies with documents of other versions: a default of an earlier version wins over no source', async () => {
    const [old, current] = [
      document({ db: { hostname: 'old' } }, 'old.yaml'),
      document({ database: { $version: 4, tls: true } }, 'new.yaml'),
    ];
    for (const sources of [
      [old, current],
      [current, old],
    ]) {
      const generation = await loaded([DatabaseSettings], sources);
      expect(generation.get(DatabaseSettings)).toMatchObject({ host: 'old', tls: true });
    }
  });

  it('may be one of a module', async () => {
    const generation = await loaded(
      [DatabaseSettings],
      [document({ modules: { billing: { db: { hostname: 'billing.internal' } } }, database: { $version: 4 } })],
    );
    expect(generation.view('billing').get(DatabaseSettings).host).toBe('billing.internal');
  });

  it('does not touch variables and objects of code, whose names are those of the classes', async () => {
    const generation = await loaded([DatabaseSettings], [object({ database: { timeout: '3s' } })]);
    expect(generation.get(DatabaseSettings)).toMatchObject({ timeout: Duration.of('3s'), tls: true });
  });
});

describe('a document that cannot be brought to the version of today', () => {
  const refusals: readonly [string, Record<string, unknown>, string][] = [
    [
      'a newer one',
      { database: { $version: 5 } },
      'database.$version: is 5, and this program knows versions up to 4\n    from database.$version (app.yaml)\n    Start the newer program, or give it the document of before.',
    ],
    [
      'no number',
      { database: { $version: 'two' } },
      'database.$version: must be the number of a version\n    from database.$version (app.yaml)\n    Write $version: 4.',
    ],
    [
      'both names',
      { database: { $version: 1, hostname: 'a', host: 'b' } },
      'database.host: is written in its old form, database.hostname, and in its new one\n    from database.host (app.yaml)\n    Remove database.hostname.',
    ],
    [
      'a reference',
      { database: { $version: 2, timeout: '${env:T}' } },
      'database.timeout: cannot be brought to version 3, because it is a reference\n    from database.timeout (app.yaml)\n    Write it as version 3 has it.',
    ],
  ];
  it.each(refusals)('is refused with its place: %s', async (_, tree, text) => {
    const { issues } = await refused([DatabaseSettings], [document(tree)]);
    expect(issues.map(formatIssue)).toContain(text);
    expect(issues.map(({ code }) => code)).toContain('not-migrated');
  });

  it('is told alone, at the place where it is written, and not as a key that nobody knows', async () => {
    const moved = await refused(
      [DatabaseSettings],
      [document({ db: { hostname: 'db.internal', timeout: '${env:T:-5s}' } })],
    );
    expect(moved.issues.map(formatIssue)).toEqual([
      expect.stringMatching(/^database\.timeout: cannot be brought to version 3.*\n {4}from db\.timeout \(app\.yaml\)/),
    ]);
    const newer = await refused([DatabaseSettings], [document({ database: { $version: 9, host: 'db.internal' } })]);
    expect(newer.issues.map(formatIssue)).toEqual([expect.stringMatching(/^database\.\$version: is 9, and/)]);
  });

  it('does not tell what a step throws, which may hold a secret', async () => {
    @ConfigSection('token', {
      version: 2,
      migrations: {
        2: [
          {
            convert: 'value',
            with: (value) => {
              throw new Error(String(value));
            },
          },
        ],
      },
    })
    class TokenSettings {
      @IsString() value = '';
    }
    const { issues } = await refused([TokenSettings], [document({ token: { value: 's3cret' } })]);
    expect(issues.map(formatIssue).join('\n')).toContain('the step throws Error');
    expect(issues.map(formatIssue).join('\n')).not.toContain('s3cret');
  });
});

describe('a step that is a function', () => {
  it('gives the section anew; what it leaves keeps its place', async () => {
    @ConfigSection('http', {
      version: 2,
      migrations: { 2: ({ hostAndPort, ...rest }) => ({ ...rest, port: Number(String(hostAndPort).split(':')[1]) }) },
    })
    class HttpSettings {
      @IsString() name = '';
      @IsInt() port = 80;
    }
    const generation = await loaded([HttpSettings], [document({ http: { name: 'n', hostAndPort: 'a:81' } })]);
    expect(generation.get(HttpSettings)).toMatchObject({ name: 'n', port: 81 });
    expect(generation.explain('http.name').winner?.origin.migrated).toBeUndefined();
    expect(generation.explain('http.port').winner?.origin).toMatchObject({
      key: 'http',
      migrated: 'changed in version 2',
    });
  });
});

describe('a deprecated field', () => {
  it('works with a warning that names file and line', async () => {
    @ConfigSection('mail')
    class MailSettings {
      @Deprecated({ since: '2.3', use: 'mail.url', until: '3.0' }) @IsOptional() @IsString() host?: string;
    }
    await using sandbox = await ConfigSandbox.create();
    const file = await sandbox.write('app.yaml', 'mail:\n  host: smtp\n');
    const logger = new RecordingLogger();
    const generation = await loaded([MailSettings], [yamlFile(file)], { logger });
    expect(generation.get(MailSettings).host).toBe('smtp');
    expect(logger.records.filter(({ level }) => level === 'warn').map(({ message }) => message)).toEqual([
      `mail.host: is deprecated: since 2.3; use mail.url; it goes in 3.0\n    from mail.host (${file}:2:9)\n    It still works.`,
    ]);
  });
});

describe('migrations of a class', () => {
  const declared =
    (migrations: object, version = 3) =>
    () =>
      // Without types, as callers in JavaScript are.
      ConfigSection('x', { version, migrations: migrations as never });
  it.each([
    [{ 5: [] }, /migrations has "5"; its keys are the versions that steps lead to, from 2 to 3/],
    [{ 2: [] }, /migrations\[3\] is missing/],
    [{ 3: [{ renam: 'a', to: 'b' }] }, /migrations\[3\]\[0\] must have one of .* Did you mean rename\?/],
    [{ 3: [{ rename: 'a' }] }, /migrations\[3\]\[0\]: to /],
    [{ 3: [{ rename: '__proto__.x', to: 'b' }] }, /the key "__proto__" is reserved/],
  ])('are refused where they cannot be meant', (migrations, message) => {
    expect(declared(migrations)).toThrow(message);
  });
});
