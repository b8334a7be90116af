import { describe, expect, it } from '@jest/globals';
import { Type } from 'class-transformer';
import { IsOptional, IsString, ValidateNested } from 'class-validator';
import { Container, inject, injectable, injectFromBase, named, optional } from 'inversify';
import {
  ConfigModule,
  ConfigPlugin,
  InjectSecret,
  monitorIdentifier,
  type ConfigModuleOptions,
  type SecretHandle,
} from '../../src/container/index.js';
import { SecureValue } from '../../src/core/index.js';
import { ReloadService, section } from '../../src/runtime/index.js';
import { ConfigSection, ListOf, MapOf, Secure } from '../../src/sections/index.js';
import { accessPolicy, AuditLog, runAs, type AccessRecord, type AuditEvent } from '../../src/security/index.js';
import { object } from '../../src/sources/index.js';
import { errorOf } from '../core/error-of.js';
import { caught } from '../sources/caught.js';

@injectable()
class PaymentClient {
  constructor(
    // The class comes later in the file, as it does when two files import each other.
    @InjectSecret(() => PaymentSettings, 'apiKey') readonly apiKey: SecretHandle<string>,
  ) {}

  key(): string {
    return this.apiKey.use((text) => text);
  }
}

class PoolSettings {
  @Secure() readonly password: SecureValue<string> = SecureValue.of('default');
}

@ConfigSection('payment')
class PaymentSettings {
  @Secure({ readers: [PaymentClient] }) readonly apiKey!: SecureValue<string>;
  @Secure({ level: 'sealed', as: 'text', optional: true }) readonly signingKey?: SecureValue<string>;
  @Secure({ level: 'encrypt', optional: true }) readonly webhookKey?: SecureValue<string>;
  @Secure({ optional: true, audit: 'required' }) readonly audited?: SecureValue<string>;
  @IsOptional() @IsString() readonly host: string = 'localhost';
  @ValidateNested() @Type(() => PoolSettings) readonly pool: PoolSettings = new PoolSettings();
  @Secure() @MapOf(() => String) readonly keys: Readonly<Record<string, SecureValue<string>>> = {};
  @Secure() @ListOf(() => String) readonly tokens: readonly SecureValue<string>[] = [];
}

@injectable()
class ReportService {
  constructor(@InjectSecret(PaymentSettings, 'apiKey') readonly apiKey: SecretHandle<string>) {}
}

@injectable()
class MaybeReader {
  constructor(@optional() @InjectSecret(PaymentSettings, 'apiKey') readonly apiKey?: SecretHandle<string>) {}
}

@injectable()
class Anybody {
  @InjectSecret(PaymentSettings, 'webhookKey') readonly webhook!: SecretHandle<string>;

  constructor(
    @InjectSecret(PaymentSettings, 'pool.password') readonly password: SecretHandle<string>,
    @InjectSecret(PaymentSettings, 'keys.primary') readonly primary: SecretHandle<string>,
    @InjectSecret(PaymentSettings, 'tokens.1') readonly token: SecretHandle<string>,
  ) {}
}

@injectable()
class Signer {
  constructor(@InjectSecret(PaymentSettings, 'signingKey') readonly key: SecretHandle<string>) {}
}

@injectable()
class Replica {
  constructor(
    @InjectSecret(PaymentSettings, 'webhookKey') readonly first: SecretHandle<string>,
    @InjectSecret(PaymentSettings, 'webhookKey') @named('eu') readonly second: SecretHandle<string>,
  ) {}
}

const values = {
  payment: {
    apiKey: 'k-1',
    signingKey: 's-1',
    webhookKey: 'w-1',
    audited: 'a-1',
    pool: { password: 'p-1' },
    keys: { primary: 'm-1' },
    tokens: ['t-0', 't-1'],
  },
};

interface World {
  readonly container: Container;
  readonly set: (values: object) => Promise<void>;
}

async function world(
  options: Partial<ConfigModuleOptions> = {},
  container = new Container(),
  first: object = values,
): Promise<World> {
  let current: object = first;
  container.register(ConfigPlugin);
  await container.loadAsync(
    ConfigModule.fromOptions({
      sections: [PaymentSettings],
      sources: [{ name: 'file', load: () => current }],
      environment: 'test',
      env: {},
      ...options,
    }),
  );
  const set = async (next: object): Promise<void> => {
    current = next;
    await container.get(ReloadService).reload('a test');
  };
  return { container, set };
}

const open = (handle: SecretHandle<string>): string => handle.use((text) => text);

describe('InjectSecret', () => {
  it('gives a reader a frozen handle that opens the secret and shows it nowhere', async () => {
    const { container } = await world();
    container.bind(PaymentClient).toSelf();
    const { apiKey } = container.get(PaymentClient);
    expect([open(apiKey), apiKey.path, Object.isFrozen(apiKey)]).toEqual(['k-1', 'payment.apiKey', true]);
    expect(await apiKey.useAsync(async (text) => Promise.resolve(text.length))).toBe(3);
    expect(JSON.stringify(apiKey)).toBe('{"path":"payment.apiKey"}');
  });

  it('gives the section’s own value to nobody who is not named', async () => {
    const { container } = await world();
    const error = errorOf(() => container.get(PaymentSettings).apiKey.use((text) => text));
    expect(error.code).toBe('access-denied');
    expect(error.message).toContain('only its readers may, which are PaymentClient.\nInject the secret into one of');
  });

  it('tells by its fingerprint nothing to a class that may not see the secret masked', async () => {
    const access = accessPolicy([
      { effect: 'allow', paths: ['**'], rights: ['read-masked'], readers: ['PaymentClient'] },
    ]);
    const { container } = await world({ secrets: { access } });
    container.bind(PaymentClient).toSelf();
    container.bind(Anybody).toSelf();
    expect(container.get(PaymentClient).apiKey.fingerprint).toHaveLength(22);
    const error = errorOf(() => container.get(Anybody).webhook.fingerprint);
    expect([error.code, error.message.split('\n')[0]]).toEqual([
      'access-denied',
      'Anybody, without a principal, may not read "payment.webhookKey", even masked: the rule "rules[0]" allows it to PaymentClient only.',
    ]);
  });

  it('follows reloads in singletons, and tells by its fingerprint', async () => {
    const { container, set } = await world();
    container.bind(PaymentClient).toSelf().inSingletonScope();
    const client = container.get(PaymentClient);
    const before = client.apiKey.fingerprint;
    await set({ payment: { ...values.payment, apiKey: 'k-2' } });
    expect([client.key(), container.get(PaymentClient) === client]).toEqual(['k-2', true]);
    expect(client.apiKey.fingerprint).not.toBe(before);
    await set(values);
    expect([client.key(), client.apiKey.fingerprint]).toEqual(['k-1', before]);
  });

  it('knows a reader whatever it is bound to, and its subclasses that inject as it does', async () => {
    @injectable()
    @injectFromBase()
    class OtherClient extends PaymentClient {}
    const { container } = await world();
    container.bind('port').to(PaymentClient);
    container.bind(PaymentClient).to(OtherClient);
    container.bind('alias').toService(PaymentClient);
    expect(['port', 'alias'].map((id) => container.get<PaymentClient>(id).key())).toEqual(['k-1', 'k-1']);
  });

  it('binds nothing for anybody else, and says who may', async () => {
    const { container } = await world();
    container.bind(ReportService).toSelf();
    const error = errorOf(() => container.get(ReportService));
    expect([error.code, error.category]).toEqual(['secret-not-granted', 'access']);
    expect(error.message).toBe(
      'ReportService is given no handle of "payment.apiKey". Its readers are PaymentClient.\n' +
        'Add ReportService to the readers of the field: @Secure({ readers: [ReportService] }). Or add ' +
        "{ effect: 'allow', paths: ['payment.apiKey'], rights: ['use'], readers: ['ReportService'] } to the access policy.",
    );
    expect(String(error.cause)).toContain('No bindings found');
  });

  it('is in the way of a consumer deep below, too', async () => {
    @injectable()
    class Office {
      constructor(@inject(ReportService) readonly reports: ReportService) {}
    }
    const { container } = await world();
    container.bind(ReportService).toSelf();
    container.bind(Office).toSelf();
    expect((await caught(async () => container.getAsync(Office))).message).toMatch(/^ReportService is given no handle/);
  });

  it('gives undefined where the injection is optional, whoever was served before', async () => {
    const { container } = await world();
    for (const consumer of [PaymentClient, MaybeReader]) container.bind(consumer).toSelf();
    expect(container.get(MaybeReader).apiKey).toBeUndefined();
    expect(container.get(PaymentClient).key()).toBe('k-1');
    expect(container.get(MaybeReader).apiKey).toBeUndefined();
  });

  it('keeps to that where an optional injection was planned before the module was loaded', async () => {
    const container = new Container();
    container.bind(MaybeReader).toSelf();
    container.bind(PaymentClient).toSelf();
    expect(container.get(MaybeReader).apiKey).toBeUndefined();
    const child = new Container({ parent: container });
    child.bind('child').to(MaybeReader);
    expect(child.get<MaybeReader>('child').apiKey).toBeUndefined();
    const identifier = identifierOf(PaymentClient);
    expect(container.getAll(identifier, { optional: true })).toEqual([]);
    await world({}, container);
    expect(container.getAll(identifier, { optional: true })).toEqual([]);
    expect([container.get(MaybeReader).apiKey, child.get<MaybeReader>('child').apiKey]).toEqual([undefined, undefined]);
    expect(container.get(PaymentClient).key()).toBe('k-1');
  });

  it('hands nothing out to who asks the container itself', async () => {
    const { container } = await world();
    const identifier = identifierOf(PaymentClient);
    expect(container.getAll(identifier, { optional: true })).toEqual([]);
    const error = errorOf(() => container.get(identifier));
    expect([error.code, error.message]).toEqual([
      'secret-not-granted',
      'A container does not give "payment.apiKey" to a direct get. Its readers are PaymentClient.\n' +
        "Write @InjectSecret(PaymentSettings, 'apiKey') before a constructor parameter of the class that needs it.",
    ]);
  });

  it('works for everybody where no readers are named and the secret is not sealed; items of lists and maps, too', async () => {
    const { container } = await world();
    container.bind(Anybody).toSelf();
    const { webhook, password, primary, token } = container.get(Anybody);
    expect([webhook, password, primary, token].map(open)).toEqual(['w-1', 'p-1', 'm-1', 't-1']);
  });

  it('gives nobody a sealed secret that names no readers, until the policy names them', async () => {
    const closed = await world();
    closed.container.bind(Signer).toSelf();
    expect(errorOf(() => closed.container.get(Signer)).message).toMatch(
      /^Signer is given no handle of "payment\.signingKey"\. It is sealed, and it names no reader\.\nAdd Signer/,
    );
    const access = accessPolicy([{ effect: 'allow', paths: ['**.signingKey'], rights: ['use'], readers: ['Signer'] }]);
    const opened = await world({ secrets: { access } });
    opened.container.bind(Signer).toSelf();
    expect(open(opened.container.get(Signer).key)).toBe('s-1');
  });

  it('serves a named section under its name, and only there', async () => {
    const sections = [PaymentSettings, section(PaymentSettings, { path: 'eu', name: 'eu' })];
    const eu = { ...values.payment, webhookKey: 'w-eu' };
    const { container } = await world({ sections }, new Container(), { ...values, eu });
    container.bind(Replica).toSelf();
    const { first, second } = container.get(Replica);
    expect([first, second].map((handle) => [handle.path, open(handle)])).toEqual([
      ['payment.webhookKey', 'w-1'],
      ['eu.webhookKey', 'w-eu'],
    ]);
  });

  it('explains the named section that was asked for', async () => {
    @injectable()
    class Report {
      constructor(@InjectSecret(PaymentSettings, 'apiKey') @named('eu') readonly key: SecretHandle<string>) {}
    }
    const sections = [PaymentSettings, section(PaymentSettings, { path: 'eu', name: 'eu' })];
    const { container } = await world({ sections }, new Container(), { ...values, eu: values.payment });
    container.bind(Report).toSelf();
    expect(errorOf(() => container.get(Report)).message).toMatch(/^Report is given no handle of "eu\.apiKey"/);
  });

  it('intersects a handle with the principal of the running work', async () => {
    const access = accessPolicy([
      { name: 'billing', effect: 'allow', paths: ['payment.apiKey'], rights: ['use'], principals: ['billing'] },
    ]);
    const { container } = await world({ secrets: { access } });
    container.bind(PaymentClient).toSelf();
    container.bind(ReportService).toSelf();
    const client = container.get(PaymentClient);
    expect(runAs('billing', () => client.key())).toBe('k-1');
    expect(errorOf(() => client.key()).message).toContain('the rule "billing" allows it on behalf of "billing" only');
    expect(runAs('guest', () => errorOf(() => client.key())).code).toBe('access-denied');
    // The principal alone makes nobody a reader.
    expect(runAs('billing', () => errorOf(() => container.get(ReportService))).code).toBe('secret-not-granted');
    expect(runAs('billing', () => errorOf(() => open(container.get(PaymentSettings).apiKey as never))).code).toBe(
      'access-denied',
    );
  });

  it('attributes each use to the class that holds the handle', async () => {
    @injectable()
    class Auditor {
      constructor(@InjectSecret(PaymentSettings, 'audited') readonly key: SecretHandle<string>) {}
    }
    const entries: AccessRecord[] = [];
    const audit = { record: async (entry: AccessRecord) => Promise.resolve(void entries.push(entry)) };
    const { container } = await world({ secrets: { audit } });
    container.bind(Auditor).toSelf();
    const { key } = container.get(Auditor);
    expect(errorOf(() => open(key)).code).toBe('audit-needs-async');
    expect(await runAs('me', async () => key.useAsync((text) => text))).toBe('a-1');
    expect(entries).toEqual([
      {
        action: 'use',
        decision: 'allow',
        path: 'payment.audited',
        level: 'mask',
        rule: 'default',
        actor: 'Auditor',
        principal: 'me',
      },
    ]);
  });

  it('records uses and denials in a real audit log, in their order', async () => {
    const events: AuditEvent[] = [];
    const audit = new AuditLog({
      sinks: [{ name: 'list', append: async (more) => Promise.resolve(void events.push(...more)) }],
      instance: 'test',
    });
    @injectable()
    class Auditor {
      constructor(@InjectSecret(PaymentSettings, 'audited') readonly key: SecretHandle<string>) {}
    }
    const { container } = await world({ secrets: { audit } });
    container.bind(Auditor).toSelf();
    await container.get(Auditor).key.useAsync((text) => text);
    expect(events).toHaveLength(1);
    expect((await caught(async () => container.get(PaymentSettings).apiKey.useAsync((text) => text))).code).toBe(
      'access-denied',
    );
    await audit.close();
    expect(events.map(({ seq, decision, path, actor }) => [seq, decision, path, actor])).toEqual([
      [1, 'allow', 'payment.audited', 'Auditor'],
      [2, 'deny', 'payment.apiKey', undefined],
    ]);
  });

  it.each([[{}], [undefined]])('holds a default that the class itself gives to the rules, below %p', async (pool) => {
    const access = accessPolicy([{ effect: 'deny', paths: ['payment.pool.*'], rights: ['use'] }]);
    const { container } = await world({ secrets: { access } }, new Container(), {
      payment: { ...values.payment, pool },
    });
    const error = errorOf(() => container.get(PaymentSettings).pool.password.use((text) => text));
    expect([error.code, error.message]).toEqual(['access-denied', expect.stringContaining('"payment.pool.password"')]);
  });

  it('says so when an optional secret is not set', async () => {
    const { container, set } = await world();
    container.bind(Anybody).toSelf();
    const { webhook } = container.get(Anybody);
    await set({ payment: { ...values.payment, webhookKey: undefined } });
    expect(webhook.fingerprint).toBeUndefined();
    const error = errorOf(() => open(webhook));
    expect([error.code, error.message]).toEqual([
      'secret-not-set',
      '"payment.webhookKey" is not set in the current generation.\n' +
        'Set it in a source, or ask first: the fingerprint of its handle is undefined then.',
    ]);
    expect((await caught(async () => webhook.useAsync((text) => text))).code).toBe('secret-not-set');
  });

  it('says so when the field is no secret, or its section is not loaded', async () => {
    @ConfigSection('mail')
    class MailSettings {
      @Secure({ optional: true }) readonly password?: SecureValue<string>;
    }
    @injectable()
    class Wrong {
      // Somebody without types.
      constructor(@InjectSecret(PaymentSettings, 'host' as 'apiKey') readonly host: SecretHandle<string>) {}
    }
    @injectable()
    class Mailer {
      constructor(@InjectSecret(MailSettings, 'password') readonly password: SecretHandle<string>) {}
    }
    const { container } = await world();
    container.bind(Wrong).toSelf();
    container.bind(Mailer).toSelf();
    expect(errorOf(() => container.get(Wrong)).message).toBe(
      '"payment.host" is not a secret, so there is no handle of it for Wrong.\n' +
        'Declare PaymentSettings.host with @Secure, or inject PaymentSettings itself.',
    );
    expect(errorOf(() => container.get(Mailer)).message).toMatch(
      /^No ConfigModule of this container binds MailSettings, the settings at "mail"\. Mailer needs it\./,
    );
  });

  it('serves child containers, each from the module it sees', async () => {
    const { container } = await world();
    const child = new Container({ parent: container });
    child.bind(PaymentClient).toSelf();
    child.bind(ReportService).toSelf();
    expect(child.get(PaymentClient).key()).toBe('k-1');
    expect(() => child.get(ReportService)).toThrow('No bindings found');
    const own = new Container({ parent: container });
    await world({}, own, { payment: { ...values.payment, apiKey: 'k-own' } });
    own.bind(PaymentClient).toSelf();
    own.bind(ReportService).toSelf();
    expect([own.get(PaymentClient).key(), child.get(PaymentClient).key()]).toEqual(['k-own', 'k-1']);
    expect(errorOf(() => own.get(ReportService)).code).toBe('secret-not-granted');
  });

  it('serves consumers that are declared after the module was loaded, where everybody is served', async () => {
    const { container } = await world();
    @injectable()
    class Late {
      constructor(
        @InjectSecret(PaymentSettings, 'webhookKey') readonly webhook: SecretHandle<string>,
        @optional() @InjectSecret(PaymentSettings, 'apiKey') readonly apiKey?: SecretHandle<string>,
      ) {}
    }
    container.bind(Late).toSelf();
    const { webhook, apiKey } = container.get(Late);
    expect([open(webhook), apiKey]).toEqual(['w-1', undefined]);
  });

  it('takes a policy’s word on readers by name where the class is declared later', async () => {
    const access = accessPolicy([{ effect: 'allow', paths: ['payment.*'], rights: ['use'], readers: ['Later'] }]);
    const { container } = await world({ secrets: { access } });
    @injectable()
    class Later {
      constructor(@InjectSecret(PaymentSettings, 'signingKey') readonly key: SecretHandle<string>) {}
    }
    container.bind(Later).toSelf();
    expect(open(container.get(Later).key)).toBe('s-1');
  });

  it('goes with its module', async () => {
    const container = new Container();
    const module = ConfigModule.fromOptions({
      sections: [PaymentSettings],
      sources: [{ name: 'file', load: () => values }],
      environment: 'test',
      env: {},
    });
    await container.loadAsync(module);
    container.bind(PaymentClient).toSelf();
    expect(container.get(PaymentClient).key()).toBe('k-1');
    await container.unloadAsync(module);
    expect(() => container.get(PaymentClient)).toThrow('No bindings found');
  });

  it('refuses what is no class', () => {
    // Callers without types, or in a circle.
    expect(() => InjectSecret(undefined as unknown as typeof PaymentSettings, 'apiKey')).toThrow(
      /^InjectSecret\(section\): name a settings class\. One that is declared later/,
    );
  });
});

describe('The types of InjectSecret', () => {
  it('know the names of secrets, at any depth', () => {
    const decorators = [
      InjectSecret(PaymentSettings, 'apiKey'),
      InjectSecret(() => PaymentSettings, 'pool.password'),
      InjectSecret(PaymentSettings, 'keys.any'),
      InjectSecret(PaymentSettings, 'tokens.7'),
      // @ts-expect-error: a misspelled name would be found only when somebody asks for the consumer.
      InjectSecret(PaymentSettings, 'apikey'),
      // @ts-expect-error: this field is no secret.
      InjectSecret(PaymentSettings, 'host'),
      // @ts-expect-error: of a list, one item is taken by its number.
      InjectSecret(PaymentSettings, 'tokens'),
      // @ts-expect-error: of a nested class, one field.
      InjectSecret(() => PaymentSettings, 'pool'),
    ];
    expect(decorators.map((decorator) => typeof decorator)).toEqual(decorators.map(() => 'function'));
  });
});

/** The symbol of a handle, somewhere in the notes of inversify about a class. */
function identifierOf(consumer: object): symbol {
  const seen = new Set<unknown>();
  const search = (node: unknown): symbol | undefined => {
    if (typeof node === 'symbol') return String(node).startsWith('Symbol(SecretHandle<') ? node : undefined;
    if (typeof node !== 'object' || node === null || seen.has(node)) return undefined;
    seen.add(node);
    const below: unknown[] = node instanceof Map ? [...node.values()] : Object.values(node);
    // Of an identifier that is given by a function.
    if ('unwrap' in node && typeof node.unwrap === 'function') below.push(Reflect.apply(node.unwrap, node, []));
    return below.map(search).find((found) => found !== undefined);
  };
  const found = Reflect.getOwnMetadataKeys(consumer)
    .map((key) => search(Reflect.getOwnMetadata(key, consumer)))
    .find((symbol) => symbol !== undefined);
  if (found === undefined) throw new Error('inversify keeps its notes elsewhere');
  return found;
}

@ConfigSection('vault')
class VaultSettings {
  @Secure({ level: 'sealed', as: 'text', readers: 'injected' }) readonly key!: SecureValue<string>;
}

@injectable()
class KeySigner {
  constructor(@InjectSecret(VaultSettings, 'key') readonly key: SecretHandle<string>) {}
}

describe("a secret with readers: 'injected'", () => {
  async function vault(options: Partial<ConfigModuleOptions> = {}): Promise<Container> {
    const container = new Container();
    container.register(ConfigPlugin);
    container.bind(KeySigner).toSelf();
    const sources = [object({ vault: { key: 'k-1' } })];
    await container.loadAsync(
      ConfigModule.fromOptions({ sections: [VaultSettings], sources, env: {}, environment: 'test', ...options }),
    );
    return container;
  }

  it('opens for whoever says with @InjectSecret that it reads it, and for nobody else', async () => {
    const container = await vault();
    expect(container.get(KeySigner).key.use((key) => key)).toBe('k-1');
    const direct = errorOf(() => container.get(VaultSettings).key.use((key) => key));
    expect([direct.code, direct.message.split('\n')]).toEqual([
      'access-denied',
      [
        'code without a handle, without a principal, may not use "vault.key": only classes that inject it may.',
        'Inject the secret into the class that needs it with @InjectSecret and use that handle.',
      ],
    ]);
  });

  it('is closed by a policy to one of them', async () => {
    const access = accessPolicy([
      { name: 'no', effect: 'deny', paths: ['**'], rights: ['use'], readers: ['KeySigner'] },
    ]);
    const container = await vault({ secrets: { access } });
    expect(errorOf(() => container.get(KeySigner)).code).toBe('secret-not-granted');
  });

  it('names its readers in the access policy instead, where the settings name none', async () => {
    @ConfigSection('vault')
    class PlainVault {
      @Secure({ level: 'sealed', as: 'text' }) readonly key!: SecureValue<string>;
    }
    @injectable()
    class Reader {
      constructor(@InjectSecret(PlainVault, 'key') readonly key: SecretHandle<string>) {}
    }
    const access = accessPolicy([{ effect: 'allow', paths: ['vault.key'], rights: ['use'], readers: [Reader] }]);
    const container = await vault({ sections: [PlainVault], secrets: { access } });
    container.bind(Reader).toSelf();
    expect(container.get(Reader).key.use((key) => key)).toBe('k-1');
    expect(errorOf(() => container.get(PlainVault).key.use((key) => key)).code).toBe('access-denied');
  });
});

describe('a password that a driver asks a function for', () => {
  it('is the rotated one at the next connection, through a handle and through a monitor', async () => {
    let key = 'k-1';
    const source = { name: 'settings service', load: () => ({ vault: { key } }) };
    const container = new Container();
    container.bind(KeySigner).toSelf();
    const access = accessPolicy([{ effect: 'allow', paths: ['vault.key'], rights: ['use'], readers: ['*'] }]);
    await container.loadAsync(
      ConfigModule.fromOptions({
        sections: [VaultSettings],
        sources: [source],
        env: {},
        environment: 'test',
        secrets: { access },
      }),
    );
    const { key: handle } = container.get(KeySigner);
    const monitor = container.get(monitorIdentifier(VaultSettings));
    const { key: taken } = container.get(VaultSettings);
    const passwords = [
      async () => handle.useAsync((text) => text),
      async () => monitor.current.key.useAsync((text) => text),
      async () => taken.useAsync((text) => text),
    ];
    const asked = async (): Promise<readonly string[]> => Promise.all(passwords.map(async (password) => password()));
    expect(await asked()).toEqual(['k-1', 'k-1', 'k-1']);
    key = 'k-2';
    await container.get(ReloadService).reload('rotated');
    // What was taken out of the settings once is no live thing.
    expect(await asked()).toEqual(['k-2', 'k-2', 'k-1']);
    await container.get(ReloadService).close();
  });
});
