import { describe, expect, it } from '@jest/globals';
import { IsInt, IsOptional, IsString } from 'class-validator';
import { ContainerModule, inject, injectable, type ResolutionContext } from 'inversify';
import { InjectMonitor, InjectSecret, type SecretHandle } from '../../src/container/index.js';
import { PostgresSettings } from '../../src/factories/databases/pg/index.js';
import { section, type SectionMonitor } from '../../src/runtime/index.js';
import { ConfigSection, ListOf, Merge, mergeBy, Secure, SecureValue, TenantScope } from '../../src/sections/index.js';
import { testKeyring } from '../../src/testing/index.js';
import { WatchedValues } from '../container/watched-values.js';
import { caught } from '../sources/caught.js';
import { documents, TenantWorld } from './tenant-world.js';

@ConfigSection('mail')
class MailSettings {
  @IsString() from: string = 'a@example.org';
  @IsOptional() @IsString() note?: string;
  @TenantScope('visible') @IsString() relay: string = 'relay.internal';
  @TenantScope('system') @IsString() cluster: string = 'c1';
  @TenantScope('visible') @IsInt() maxRate: number = 9;
  @IsOptional() @Secure() password?: SecureValue<string>;
  @IsOptional() @Secure({ level: 'mask' }) token?: SecureValue<string>;
}

@ConfigSection('http')
class HttpSettings {
  @IsInt() port: number = 80;
}

@TenantScope('system')
@ConfigSection('cluster')
class ClusterSettings {
  @IsString() name: string = 'one';
  @TenantScope('tenant') @IsString() label: string = 'label';
}

@ConfigSection('db')
class DbSettings extends PostgresSettings {}

class PeerSettings {
  @IsString() name: string = '';
  @TenantScope('with-secrets') @IsString() host: string = 'localhost';
  @IsInt() weight: number = 1;
  @IsOptional() @Secure() key?: SecureValue<string>;
}

@ConfigSection('peers')
class PeersSettings {
  @Merge(mergeBy('name')) @ListOf(() => PeerSettings) all: readonly PeerSettings[] = [];
  @ListOf(() => PeerSettings) others: readonly PeerSettings[] = [];
}

const SECTIONS = [MailSettings, HttpSettings, ClusterSettings, DbSettings, PeersSettings];

/** What is wrong with a document, in short. */
async function refusalOf(document: object, base: object = {}): Promise<readonly string[]> {
  const load = { secrets: { plain: 'allow' as const }, env: { HOME: '/root' } };
  await using world = await TenantWorld.of(SECTIONS, base, { acme: document, beta: {} }, { load });
  const error = await caught(async () => world.tenants.ready('acme'));
  await world.tenants.ready('beta');
  expect(error.code).toBe('tenant-quarantined');
  return error.issues.map(({ code, path }) => `${code} ${path.join('.')}`);
}

async function accepted(document: object, base: object = {}): Promise<MailSettings> {
  const load = { secrets: { plain: 'allow' as const } };
  await using world = await TenantWorld.of(SECTIONS, base, { acme: document }, { load });
  await world.tenants.ready('acme');
  return world.tenants.settings('acme', MailSettings);
}

describe('the document of a tenant', () => {
  it.each([
    ['a field that tenants may see', { mail: { relay: 'mine' } }, ['forbidden-override mail.relay']],
    ['a field of the system', { mail: { cluster: 'mine' } }, ['forbidden-override mail.cluster']],
    ['a section of the system', { cluster: { name: 'mine' } }, ['forbidden-override cluster.name']],
    ['a whole section in which some is not its', { mail: '!unset' }, ['forbidden-override mail']],
    ['a field by another spelling', { mail: { max_rate: 5 } }, ['forbidden-override mail.maxRate']],
    [
      'a field of the system for a module',
      { modules: { billing: { mail: { cluster: 'mine' } } } },
      ['forbidden-override modules.billing.mail.cluster'],
    ],
  ])('does not set %s', async (_, document, issues) => {
    expect(await refusalOf(document)).toEqual(issues);
  });

  it('sets what is left to tenants in a section of the system', async () => {
    expect(await accepted({ cluster: { label: 'mine' } })).toBeInstanceOf(MailSettings);
  });

  it.each([
    ['environment variables', '${env:HOME}'],
    ['environment variables, in a fallback', '${mail.from:-${env:HOME}}'],
    ['files', '${file:/etc/passwd}'],
    ['fields of the system', '${mail.cluster}'],
    ['sections of the system', '${cluster.name}'],
    ['secrets of the base', '${mail.password}'],
    ['sections with secrets of the base', '${mail}'],
  ])('does not refer to %s', async (_, text) => {
    expect(await refusalOf({ mail: { note: text } }, { mail: { password: 'base secret' } })).toEqual([
      'untrusted-reference mail.note',
    ]);
  });

  it('does not inherit what it may not refer to', async () => {
    const base = { mail: { password: 'base secret' } };
    const replica = section(MailSettings, { path: 'replica', name: 'replica' });
    const load = { secrets: { plain: 'allow' as const } };
    const said = { acme: { replica: { $extends: 'mail' } }, beta: { replica: { from: 'beta' } } };
    await using world = await TenantWorld.of([...SECTIONS, replica], base, said, { load });
    const error = await caught(async () => world.tenants.ready('acme'));
    expect(error.issues.map(({ code, path }) => [code, path.join('.')])).toEqual([
      ['untrusted-reference', 'replica.$extends'],
    ]);
    await world.tenants.ready('beta');
  });

  it('does not reach a secret of the base through a text that was built from it', async () => {
    const base = { mail: { password: 'base secret', token: 'with ${mail.password}' } };
    expect(await refusalOf({ mail: { note: '${mail.token}' } }, base)).toEqual(['untrusted-reference mail.note']);
  });

  describe('where a secret of the application is sent', () => {
    const withPassword = { db: { host: 'db.internal', password: 'of the application' } };
    const forBilling = { modules: { billing: { db: { password: 'of billing' } } } };
    const peers = (...all: readonly object[]): object => ({ peers: { all } });
    const withKey = peers({ name: 'a', host: 'a.internal', key: 'of the application' });
    const inBilling = (document: object): object => ({ modules: { billing: document } });
    const ownPassword = { host: 'theirs', password: 'their own' };

    it.each<[string, object, object, readonly string[]]>([
      ['a host', { db: { host: 'theirs' } }, withPassword, ['forbidden-override db.host']],
      [
        'what is below such a field',
        { db: { tls: { mode: 'disable' } } },
        withPassword,
        ['forbidden-override db.tls.mode'],
      ],
      ['a list', { db: { replicas: [{ host: 'theirs' }] } }, withPassword, ['forbidden-override db.replicas']],
      ['all of them at once', { db: '!unset' }, withPassword, ['forbidden-override db']],
      [
        'a host for a module that has the password of all',
        { modules: { billing: { db: { host: 'theirs' } } } },
        withPassword,
        ['forbidden-override modules.billing.db.host'],
      ],
      [
        'a host while a module has a password of its own',
        { db: ownPassword },
        forBilling,
        ['forbidden-override db.host'],
      ],
      [
        'a host in an item that joins one of the base',
        peers({ name: 'b' }, { name: 'a', host: 'theirs' }),
        withKey,
        ['forbidden-override peers.all'],
      ],
      [
        'a host in such an item as JSON',
        { peers: { all: '[{"name":"a","host":"theirs"}]' } },
        withKey,
        ['forbidden-override peers.all'],
      ],
      [
        'a host in such an item for a module',
        inBilling(peers({ name: 'a', host: 'theirs' })),
        withKey,
        ['forbidden-override modules.billing.peers.all'],
      ],
      [
        'a host in an item that joins one of a module',
        peers({ name: 'a', host: 'theirs' }),
        inBilling(withKey),
        ['forbidden-override peers.all'],
      ],
      [
        'a host in an item that inherits a secret',
        { peers: { others: [{ name: 'b', host: 'theirs', $extends: 'db' }] } },
        withPassword,
        ['untrusted-reference peers.others.0.$extends'],
      ],
    ])('does not set %s', async (_, document, base, issues) => {
      expect(await refusalOf(document, base)).toEqual(issues);
    });

    it('is told what it would have to set', async () => {
      const load = { secrets: { plain: 'allow' as const } };
      await using world = await TenantWorld.of(SECTIONS, withPassword, { acme: { db: { host: 'theirs' } } }, { load });
      const { issues } = await caught(async () => world.tenants.ready('acme'));
      expect(issues).toMatchObject([
        {
          message: "would have db.password sent where the tenant wants, and that secret is not the tenant's",
          hint: 'Set db.password in the document of the tenant as well, or remove this from it.',
        },
      ]);
    });

    it.each<[string, object, object]>([
      ['with a secret of its own', { db: ownPassword }, withPassword],
      ['where there is no secret', { db: { host: 'theirs' } }, {}],
      ['and removes the secret', { db: { host: 'theirs', password: '!unset' } }, withPassword],
      ['for a module, with a secret for it', { modules: { billing: { db: ownPassword } } }, withPassword],
      [
        'for a module, with a secret for all',
        { db: ownPassword, modules: { billing: { db: { port: 1 } } } },
        withPassword,
      ],
      ['for another module than one with a secret', { modules: { stock: { db: { host: 'theirs' } } } }, forBilling],
      ['in an item of its own', peers({ name: 'b', host: 'theirs' }), withKey],
      ['in an item with a secret of its own', peers({ name: 'a', host: 'theirs', key: 'their own' }), withKey],
      ['in an item, and removes the secret', peers({ name: 'a', host: 'theirs', key: '!unset' }), withKey],
      ['nowhere in an item that joins one of the base', peers({ name: 'a', weight: 2 }), withKey],
      [
        'in an item for another module than one with a secret',
        { modules: { stock: peers({ name: 'a', host: 'theirs' }) } },
        inBilling(withKey),
      ],
      ['beside what is not marked', { db: { user: 'theirs', pool: { max: 2 } } }, withPassword],
    ])('sets it %s', async (_, document, base) => {
      expect(await accepted(document, base)).toBeInstanceOf(MailSettings);
    });

    it('does not set it where its plan has the secret', async () => {
      const plans = new WatchedValues(documents({ gold: { db: { password: 'of the plan' } } }), 'plans');
      const said = { acme: { $tenant: { plan: 'gold' }, db: { host: 'theirs' } }, beta: { $tenant: { plan: 'gold' } } };
      const load = { secrets: { plain: 'allow' as const } };
      await using world = await TenantWorld.of(SECTIONS, {}, said, { load, plans });
      const { issues } = await caught(async () => world.tenants.ready('acme'));
      expect(issues.map(({ code, path }) => `${code} ${path.join('.')}`)).toEqual(['forbidden-override db.host']);
      await world.tenants.ready('beta');
    });
  });

  it('refers to its own settings and to those that tenants may see', async () => {
    const mail = await accepted({ mail: { note: '${mail.from} via ${mail.relay}', from: 'acme@example.org' } });
    expect(mail.note).toBe('acme@example.org via relay.internal');
  });

  it('writes a reference literally', async () => {
    expect((await accepted({ mail: { note: '$${env:HOME}' } })).note).toBe('${env:HOME}');
  });

  it('has its references to a base that refers to the machine itself', async () => {
    const load = { env: { HOME: '/root' } };
    await using world = await TenantWorld.of(
      SECTIONS,
      { mail: { from: '${env:HOME}' } },
      { acme: { http: { port: 1 } } },
      {
        load,
      },
    );
    await world.tenants.ready('acme');
    expect(world.tenants.settings('acme', MailSettings).from).toBe('/root');
  });

  it('names where it is wrong', async () => {
    await using world = await TenantWorld.of(SECTIONS, {}, { acme: { mail: { cluster: 'mine' } } });
    const error = await caught(async () => world.tenants.ready('acme'));
    expect(error.message).toContain('mail.cluster: is set for all tenants; none may set it for itself');
    expect(error.message).toContain('from mail.cluster (tenants acme)');
  });
});

describe('an encrypted value', () => {
  const keyring = testKeyring({ app: 'orders' });
  const load = { secrets: { keyring, app: 'orders' } };
  const tokenFor = (tenant?: string): string => keyring.encrypt('swordfish', 'mail.password', tenant);

  it('opens for the tenant that it was encrypted for, and for no other one', async () => {
    const document = { mail: { password: tokenFor('acme') } };
    await using world = await TenantWorld.of(SECTIONS, {}, { acme: document, beta: document }, { load });
    await world.tenants.ready('acme');
    expect(world.tenants.settings('acme', MailSettings).password?.use((text) => text)).toBe('swordfish');
    const error = await caught(async () => world.tenants.ready('beta'));
    expect(error.issues.map(({ code, path }) => [code, path.join('.')])).toEqual([
      ['secret-not-opened', 'mail.password'],
    ]);
    expect(error.message).not.toContain('swordfish');
  });

  it('of the base does not open in the document of a tenant, and is inherited where it stands', async () => {
    const base = { mail: { password: tokenFor() } };
    await using world = await TenantWorld.of(SECTIONS, base, { acme: { mail: { from: 'x' } } }, { load });
    await world.tenants.ready('acme');
    expect(world.tenants.settings('acme', MailSettings).password?.use((text) => text)).toBe('swordfish');
    await using other = await TenantWorld.of(SECTIONS, {}, { acme: { mail: { password: tokenFor() } } }, { load });
    expect((await caught(async () => other.tenants.ready('acme'))).issues[0]?.code).toBe('secret-not-opened');
  });

  it('is opened for the tenant that the code runs for, by a handle of the base', async () => {
    @injectable()
    class Mailer {
      constructor(@InjectSecret(MailSettings, 'password') readonly password: SecretHandle<string>) {}
    }
    const said = { acme: { mail: { password: tokenFor('acme') } }, beta: {} };
    await using world = await TenantWorld.of(SECTIONS, {}, said, { load });
    world.container.bind(Mailer).toSelf().inSingletonScope();
    const mailer = world.container.get(Mailer);
    await Promise.all([world.tenants.ready('acme'), world.tenants.ready('beta')]);
    expect(world.tenants.run('acme', () => mailer.password.use((text) => text))).toBe('swordfish');
    expect(await caught(() => world.tenants.run('beta', () => mailer.password.use(String)))).toMatchObject({
      code: 'secret-not-set',
    });
    expect(await caught(() => mailer.password.use(String))).toMatchObject({ code: 'tenant-not-set' });
  });
});

@injectable()
class Repository {
  constructor(@inject(HttpSettings) readonly http: HttpSettings) {}
}

@injectable()
class Service {
  constructor(@inject(Repository) readonly repository: Repository) {}
}

@injectable()
class Watcher {
  constructor(@InjectMonitor(HttpSettings) readonly http: SectionMonitor<HttpSettings>) {}
}

const CONNECTION = Symbol('connection');

@injectable()
class Greedy {
  constructor(@inject(CONNECTION) readonly connection: string) {}
}

describe('a singleton of the base', () => {
  const said = { acme: { http: { port: 1 } } };

  it('that would keep a section of a tenant is refused, with the path to it', async () => {
    await using world = await TenantWorld.of(SECTIONS, {}, said);
    world.container.bind(Repository).toSelf();
    world.container.bind(Service).toSelf().inSingletonScope();
    await using lease = await world.tenants.for('acme');
    const error = await caught(() => lease.container.get(Service));
    expect([error.code, error.message]).toEqual([
      'captive-singleton',
      expect.stringContaining('would keep what is of one: Service -> Repository -> HttpSettings.'),
    ]);
    expect(world.container.get(Service).repository.http.port).toBe(80);
    expect(lease.container.get(Repository).http.port).toBe(1);
  });

  it('is refused where it is needed by something of the tenant, too, before anything is made', async () => {
    const modules = (): readonly ContainerModule[] => [
      new ContainerModule(({ bind }) => {
        bind('job').toResolvedValue((service: Service) => service, [Service]);
      }),
    ];
    await using world = await TenantWorld.of(SECTIONS, {}, said, { modules });
    world.container.bind(Repository).toSelf();
    world.container.bind(Service).toSelf().inSingletonScope();
    await using lease = await world.tenants.for('acme');
    expect(await caught(() => lease.container.get('job'))).toMatchObject({ code: 'captive-singleton' });
  });

  it('that would keep an object of a tenant is refused', async () => {
    const modules = (): readonly ContainerModule[] => [
      new ContainerModule(({ bind }) => void bind(CONNECTION).toConstantValue('acme only')),
    ];
    await using world = await TenantWorld.of(SECTIONS, {}, said, { modules });
    world.container.bind(Greedy).toSelf().inSingletonScope();
    await using lease = await world.tenants.for('acme');
    const error = await caught(() => lease.container.get(Greedy));
    expect(error.message).toContain('Greedy -> Symbol(connection).');
  });

  it('may keep the base’s where that is said of it, and then has the base’s, whoever asks first', async () => {
    await using world = await TenantWorld.of(SECTIONS, {}, said, { allowCaptive: [Service] });
    world.container.bind(Repository).toSelf();
    world.container.bind(Service).toSelf().inSingletonScope();
    await using lease = await world.tenants.for('acme');
    expect(lease.container.get(Service).repository.http.port).toBe(80);
  });

  it('with a monitor follows the tenant, though it was asked for by one first', async () => {
    await using world = await TenantWorld.of(SECTIONS, {}, { ...said, beta: { http: { port: 2 } } });
    world.container.bind(Watcher).toSelf().inSingletonScope();
    await using lease = await world.tenants.for('acme');
    const watcher = lease.container.get(Watcher);
    await world.tenants.ready('beta');
    expect(world.tenants.run('beta', () => watcher.http.current.port)).toBe(2);
    expect(world.tenants.run('acme', () => watcher.http.current.port)).toBe(1);
  });

  it('that asks by itself while it is made is answered by the base', async () => {
    await using world = await TenantWorld.of(SECTIONS, {}, said);
    const ask = (context: ResolutionContext): number => context.get(HttpSettings).port;
    world.container.bind('port').toDynamicValue(ask).inSingletonScope();
    world.container
      .bind<() => number>('ports')
      .toFactory((context: ResolutionContext) => () => context.get(HttpSettings).port);
    world.container.bind('named').toDynamicValue(ask).inSingletonScope().whenNamed('one');
    await using lease = await world.tenants.for('acme');
    expect(lease.container.get('port')).toBe(80);
    expect(lease.container.get<() => number>('ports')()).toBe(80);
    expect(lease.container.get('named', { name: 'one' })).toBe(80);
    expect(world.container.get('port')).toBe(80);
  });

  it('that has to be waited for is made by the base, too', async () => {
    await using world = await TenantWorld.of(SECTIONS, {}, said);
    world.container
      .bind('later')
      .toDynamicValue(async (context) => Promise.resolve(context.get(HttpSettings).port))
      .inSingletonScope();
    await using lease = await world.tenants.for('acme');
    expect(await lease.container.getAsync('later')).toBe(80);
  });

  it('that fails while it is made tells its own error', async () => {
    await using world = await TenantWorld.of(SECTIONS, {}, said);
    world.container
      .bind('broken')
      .toDynamicValue(() => {
        throw new RangeError('no such thing');
      })
      .inSingletonScope();
    await using lease = await world.tenants.for('acme');
    expect(() => lease.container.get('broken')).toThrow('no such thing');
  });
});

describe('an id from outside', () => {
  const hostile: readonly (readonly [string, unknown])[] = [
    ['a name of prototypes', '__proto__'],
    ['a constructor', 'constructor'],
    ['a way out of the folder', '../x'],
    ['a path', 'a/b'],
    ['nothing', ''],
    ['ten megabytes', 'a'.repeat(10_000_000)],
    ['a look-alike', 'аcme'],
    ['a line break', 'acme\n'],
    ['a NUL', 'acme\0'],
    ['no text', 7],
    ['nothing at all', undefined],
  ];

  it.each(hostile)('that is %s is unknown, and its error is short', async (_, id) => {
    await using world = await TenantWorld.of(SECTIONS, {}, { acme: {} });
    // What TypeScript forbids, JavaScript may still give.
    const given = id as string;
    for (const ask of [
      async () => world.tenants.ready(given),
      async () => world.tenants.for(given),
      async () => Promise.resolve(world.tenants.identify(given)),
    ]) {
      const error = await caught(ask);
      expect([error.code, error.message.length < 400]).toEqual(['tenant-unknown', true]);
      expect(error.message).toMatch(/^[\x20-\x7e\n]+$/);
    }
    expect(world.tenants.stats()).toMatchObject({ live: 0, containers: 0 });
  });

  it('of a document that is no id is served to nobody, and named in the health', async () => {
    await using world = await TenantWorld.of(SECTIONS, {}, { '../x': {}, 'a/b': {}, acme: {} });
    expect([world.tenants.ids, world.tenants.health().problems]).toEqual([
      ['acme'],
      ['The names of these documents are no ids of tenants: "../x", "a/b".'],
    ]);
  });
});
