// A case for every code of an error or issue: what a user would have to do to see it. docs/guide/errors.md shows what
// each prints, and errors-page.test.ts compares.
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Transform, Type } from 'class-transformer';
import {
  IsBoolean,
  IsEnum,
  IsInt,
  IsNumber,
  IsObject,
  IsOptional,
  IsString,
  Max,
  Min,
  ValidateNested,
} from 'class-validator';
import { Container } from 'inversify';
import { guardMetrics, silentLogger, systemClock } from '../../src/core/index.js';
import { defineFlags, Flag, FlagSettings, type Flags } from '../../src/flags/index.js';
import { LiveProjections } from '../../src/factories/projections/emmett/live-projections.js';
import { ProjectionTables } from '../../src/factories/projections/emmett/projection-tables.js';
import { Projection, projectionInline, projectionShapes } from '../../src/factories/projections/port/index.js';
import { ContainerMaker } from '../../src/factories/resources/index.js';
import { DbosEngine } from '../../src/factories/sagas/dbos/dbos-engine.js';
import type { DbosEngineCalls, DbosPool } from '../../src/factories/sagas/dbos/index.js';
import { checkNames } from '../../src/factories/sagas/port/check-names.js';
import {
  liveSagas,
  SAGAS_DEFAULTS,
  Saga,
  SagaRegistry,
  SagasSettings,
  Step,
} from '../../src/factories/sagas/port/index.js';
import {
  ByteSize,
  cliArgs,
  configFolder,
  ConfigError,
  ConfigModule,
  ConfigPlugin,
  ConfigSection,
  ConfigStore,
  Deprecated,
  Duration,
  envFiles,
  EnvName,
  IsByteSize,
  InjectSecret,
  IsDuration,
  jsonFile,
  lastKnownGood,
  ListOf,
  loadSettings,
  MapOf,
  object,
  OnConfigChange,
  processEnv,
  ReloadService,
  RequiredIn,
  Rule,
  section,
  Secure,
  SecureValue,
  tomlFile,
  withRecovery,
  yamlFile,
  type ConfigModuleOptions,
  type ConfigSource,
  type LogRecord,
  type SecretHandle,
} from '../../src/index.js';
import { auditFile, auditLog, verifyAudit, type AuditFileOptions } from '../../src/audit.js';
import { createAnswer, revisionConflict } from '../../src/sources.js';
import { defineResource, resourceIdentifier } from '../../src/factories/resources/index.js';
import {
  brokerIdentifier,
  topologyDiffers,
  type BrokerDefinition,
  type EventBroker,
} from '../../src/factories/brokers/index.js';
import { localBroker, LocalBrokerSettings } from '../../src/factories/brokers/local/index.js';
import { entitySettings } from '../../src/factories/domains/index.js';
import { loadDriver } from '../../src/factories/drivers/index.js';
import { defineRoutes, RoutingSettings, type RoutesOptions } from '../../src/factories/routing/index.js';
import { pretendBroker } from '../factories/brokers/pretend-broker.js';
import { unitOfWork, unitOfWorkIdentifier } from '../../src/factories/transactions/index.js';
import { pretendDatabase } from '../factories/transactions/pretend-database.js';
import type { Generation, Snapshot } from '../../src/runtime/index.js';
import type { Keyset } from '../../src/security/index.js';
import { MemoryKeyring } from '../runtime/secrets/keys.js';
import { keyErrorCases } from './key-error-cases.js';
import { keysetErrorCases } from './keyset-error-cases.js';
import { writeStillFile } from '../still-file.js';
import { tenantErrorCases } from './tenant-error-cases.js';
import { memoryStore } from '../cli/store/memory-store.js';

enum Level {
  Debug = 'debug',
  Info = 'info',
}

class PoolSettings {
  @IsInt() @Min(0) readonly min: number = 0;
  @IsInt() @Max(100) readonly max: number = 10;

  @Rule('min must not exceed max', { fields: ['min', 'max'], hint: 'Lower min, or raise max.' })
  isOrdered(): boolean {
    return this.min <= this.max;
  }
}

@ConfigSection('database')
class DatabaseSettings {
  @IsString() readonly host: string = 'localhost';
  @IsInt() @Min(1) @Max(65535) readonly port: number = 5432;
  @IsOptional() @IsString() readonly user?: string;
  @IsOptional() @IsString() readonly password?: string;
  @ValidateNested() @Type(() => PoolSettings) readonly pool: PoolSettings = new PoolSettings();
}

@ConfigSection('database')
class VaultSettings {
  @Secure({ level: 'encrypt', optional: true }) readonly password?: SecureValue<string>;
  @Secure({ level: 'sealed', optional: true }) readonly token?: SecureValue<Buffer>;
  @Secure({ optional: true }) readonly url?: SecureValue<string>;
}

@ConfigSection('workers', { version: 2, migrations: { 2: [{ rename: 'threads', to: 'size' }] } })
class WorkerSettings {
  @IsInt() readonly size: number = 4;
  @Deprecated({ since: '2.3', use: 'workers.size' }) @IsOptional() @IsInt() readonly idle?: number;
}

@ConfigSection('app')
class AppSettings {
  @RequiredIn('production') @IsString() readonly publicName: string = 'local';
  @IsNumber() readonly ratio: number = 0.5;
  @IsBoolean() readonly tls: boolean = false;
  @IsEnum(Level) readonly level: Level = Level.Info;
  @IsDuration({ min: '1s', max: '1h' }) readonly timeout: Duration = Duration.of('10s');
  @IsByteSize({ max: '1GiB' }) readonly bodyLimit: ByteSize = ByteSize.of('1MiB');
  @IsOptional() @Type(() => Date) readonly since?: Date;
  @IsOptional() @Type(() => URL) readonly home?: URL;
  @IsOptional() @Type(() => RegExp) readonly pattern?: RegExp;
  @IsOptional() @Type(() => BigInt) readonly serial?: bigint;
  @ListOf(() => String) readonly tags: readonly string[] = [];
  @MapOf(() => Number) readonly weights: Readonly<Record<string, number>> = {};
  @IsOptional() @IsObject() readonly extra?: object;
  @IsOptional()
  @Transform(({ value }) => Reflect.apply(JSON.parse, JSON, [value]) as unknown)
  @IsString()
  readonly raw?: string;
}

@ConfigSection('needed')
class NeededSettings {
  @IsString() readonly apiUrl!: string;
}

@ConfigSection('broken')
class BrokenRuleSettings {
  @IsString() readonly name: string = 'x';

  @Rule('the name must be known')
  isKnown(): boolean {
    throw new RangeError(this.name);
  }
}

class PaymentClient {
  constructor(
    @InjectSecret(() => PaymentSettings, 'audited') readonly audited: SecretHandle<string>,
    @InjectSecret(() => PaymentSettings, 'webhookKey') readonly webhookKey: SecretHandle<string>,
  ) {}
}

class ReportService {
  constructor(@InjectSecret(() => PaymentSettings, 'apiKey') readonly apiKey: SecretHandle<string>) {}
}

@ConfigSection('payment')
class PaymentSettings {
  @Secure({ readers: () => [PaymentClient] }) readonly apiKey!: SecureValue<string>;
  @Secure({ audit: 'required' }) readonly audited!: SecureValue<string>;
  @Secure({ optional: true }) readonly webhookKey?: SecureValue<string>;
}

/** A container with secrets, and somebody who may use them. */
async function payments(
  options: Partial<ConfigModuleOptions> = {},
): Promise<{ readonly container: Container; readonly client: PaymentClient }> {
  const container = new Container();
  container.register(ConfigPlugin);
  container.bind(PaymentClient).toSelf();
  container.bind(ReportService).toSelf();
  await container.loadAsync(
    ConfigModule.fromOptions({
      sections: [PaymentSettings],
      sources: [object({ payment: { apiKey: 'k', audited: 'a' } })],
      env: {},
      environment: 'development',
      ...options,
    }),
  );
  return { container, client: container.get(PaymentClient) };
}

/** Throws, or gives, the error of its code. */
export type ErrorCase = (world: ErrorWorld) => Promise<unknown>;

/** A temporary folder, and the ways to load from it. */
export interface ErrorWorld {
  readonly folder: string;
}

const sections = [DatabaseSettings, AppSettings];

async function sealing(field: string, write: (keyring: MemoryKeyring) => string): Promise<void> {
  const keyring = new MemoryKeyring();
  const database = { [field]: write(keyring) };
  const secrets = { keyring, app: 'orders' };
  await load([object({ database }, { name: 'settings service' })], { sections: [VaultSettings], secrets });
}

async function load(sources: readonly ConfigSource[], options: Partial<ConfigModuleOptions> = {}): Promise<void> {
  const module = ConfigModule.fromOptions({ sections, sources, env: {}, environment: 'development', ...options });
  await new Container().loadAsync(module);
}

async function write({ folder }: ErrorWorld, name: string, content: string | Uint8Array): Promise<string> {
  const path = join(folder, name);
  await mkdir(dirname(path), { recursive: true });
  await writeStillFile(path, content);
  return path;
}

/** The settings of `app` as they would stand in a YAML file. */
function app(...lines: readonly string[]): ErrorCase {
  return yaml(['app:', '  public-name: orders', ...lines.map((line) => `  ${line}`)].join('\n'));
}

function yaml(text: string, options: Partial<ConfigModuleOptions> = {}): ErrorCase {
  return async (world) => {
    const path = await write(world, 'config/app.yaml', text);
    await load([yamlFile(path, { name: 'config/app.yaml' })], options);
  };
}

/** A file with parameters, and one that fills them so. */
function filled(params: string): ErrorCase {
  return async (world) => {
    const queue = '$params:\n  queue: string\n  workers: { type: integer, default: 4, max: 64 }\n';
    await write(world, 'config/queue.yaml', queue);
    await yaml(`$import: { file: queue.yaml, params: ${params} }\n`)(world);
  };
}

/** Of what is only a warning: an error with the words of the log. */
function warned(text: string, code: 'outdated' | 'deprecated'): ErrorCase {
  return async (world) => {
    const path = await write(world, 'config/app.yaml', text);
    const said: string[] = [];
    const logger = {
      log: ({ fields, message }: LogRecord): void => {
        if (fields['code'] === code) said.push(message);
      },
    };
    await load([yamlFile(path, { name: 'config/app.yaml' })], { sections: [WorkerSettings], logger });
    const issues = [{ code, path: [], message: said.join('\n') }];
    throw new ConfigError({ code: 'invalid-settings', category: 'migration', message: 'Warned:', issues });
  };
}

function json(text: string): ErrorCase {
  return async (world) => {
    const path = await write(world, 'config/app.json', text);
    await load([jsonFile(path, { name: 'config/app.json' })]);
  };
}

function env(variables: Readonly<Record<string, string>>): ErrorCase {
  return async () => load([processEnv({ prefix: 'APP_', env: variables })]);
}

function args(...argv: readonly string[]): ErrorCase {
  return async () => load([cliArgs({ argv })]);
}

function folderOf(...names: readonly string[]): ErrorCase {
  return async (world) => {
    for (const name of names) await write(world, `config/${name}`, '{}');
    await load([configFolder(join(world.folder, 'config'))]);
  };
}

/** A program whose one source says something else from the second time on, and how its reload ends. */
async function reloaded(
  options: Partial<ConfigModuleOptions>,
  ask: (reloads: ReloadService) => Promise<unknown>,
): Promise<unknown> {
  let port = 1;
  const source: ConfigSource = { name: 'settings service', load: () => ({ database: { port: port++ } }) };
  const container = new Container();
  await container.loadAsync(ConfigModule.fromOptions({ sections, sources: [source], env: {}, ...options }));
  const reloads = container.get(ReloadService);
  try {
    return await ask(reloads);
  } finally {
    await reloads.close();
  }
}

async function rejection(reloads: ReloadService): Promise<unknown> {
  const outcome = await reloads.reload('asked by a story');
  return outcome.status === 'rejected' ? outcome.error : outcome.status;
}

/** A load from a source that cannot be asked. */
async function outOfReach(code: string, message: string): Promise<void> {
  const ask = (): Promise<object> =>
    Promise.reject(Object.assign(new Error(message), { code, address: '10.0.0.7', port: 443 }));
  await load([withRecovery({ name: 'settings service', load: ask }, { retry: false })]);
}

/** Opens the files of an audit log, as the log does with its first event. */
async function openAudit(options: AuditFileOptions): Promise<void> {
  await auditFile(options).open?.({ logger: silentLogger, clock: systemClock });
}

const snapshot: Snapshot = { savedAt: 0, selectors: { environment: 'test' }, sources: [] };

/** A container with a lazy resource, its definition, and nobody who has used it. */
async function searching() {
  const container = new Container();
  const search = defineResource({ name: 'search', lazy: true, create: () => ({ found: 0 }) });
  const sections = [DatabaseSettings];
  await container.loadAsync(ConfigModule.fromOptions({ sections, sources: [], env: {}, resources: [search] }));
  return { container, search };
}

/** A unit of work over a database with one connection. */
@ConfigSection('entities')
class OrderEntities extends entitySettings('order') {}

async function transacting() {
  const container = new Container();
  const { database } = pretendDatabase();
  const work = unitOfWork({ over: database, entities: OrderEntities });
  const options = { sections: [OrderEntities], sources: [object({ entities: { order: { locking: 'optimistic' } } })] };
  await container.loadAsync(ConfigModule.fromOptions({ ...options, env: {}, resources: [database, work] }));
  return container.get(unitOfWorkIdentifier(work));
}

@ConfigSection('events')
class Events extends LocalBrokerSettings {}

function placed(type: string) {
  return { specversion: '1.0', id: '4711', source: '/shop', type };
}

async function messaging(definition: BrokerDefinition): Promise<EventBroker> {
  const container = new Container();
  const queues = { billing: { topics: ['order.placed'] } };
  const sources = [object({ events: { queues, maxLength: 1, publishTimeout: '1ms' } })];
  await container.loadAsync(
    ConfigModule.fromOptions({ sections: [Events], sources, env: {}, resources: [definition] }),
  );
  return container.get(brokerIdentifier(definition));
}

/** The veto of routes is the cause that a program would see in its log. */
async function routing(settings: object, options: Omit<RoutesOptions, 'from'>): Promise<void> {
  const from = section(RoutingSettings, { path: 'routing' });
  const loaded = await loadSettings(from, { sources: [object({ routing: settings })], env: {} });
  const context = { sections: [loaded], needs: [], signal: new AbortController().signal };
  await defineRoutes({ from, ...options })
    .open({} as never)
    .prepare(context as never);
}

class CheckoutFlags {
  @Flag({ key: 'new-checkout', default: false }) public readonly newCheckout!: boolean;
  @Flag({ key: 'button', default: 'Buy' }) public readonly button!: string;
}

/** Flags as a module in the environment test has them. */
async function flags(settings: object): Promise<Flags> {
  const from = section(FlagSettings, { path: 'features' });
  const loaded = await loadSettings(from, { sources: [object({ features: settings })], env: {} });
  const host = { onRunning: () => undefined, value: () => undefined, logger: silentLogger, clock: systemClock };
  const open = defineFlags({ from, flags: [CheckoutFlags] }).open(host as never);
  const next = { selectors: { environment: 'test' } };
  const prepared = await open.prepare({ sections: [loaded], needs: [], next } as never);
  prepared.committed?.();
  return open.handle as Flags;
}

@Projection('totals', { types: ['OrderPlaced'] })
class ProductTotals {
  public create(): void {
    // Nothing is made here.
  }
  public project(): void {
    // And nothing projected.
  }
}

/** Appends to a store whose projection "totals" is inline, with tables of version 2. */
async function appendWith(shapes: ReturnType<typeof projectionShapes>): Promise<void> {
  const parts = { name: 'shop', tables: () => new ProjectionTables('uno_projection'), host: { clock: systemClock } };
  const answer = { rows: [{ name: 'totals', version: 2 }], count: 1 };
  const transaction = { afterCommit: () => undefined, ask: async () => Promise.resolve(answer) };
  // Nothing else is asked of them before it refuses.
  await new LiveProjections(parts as never, shapes, () => undefined).appended([], transaction as never);
}

@Saga('order-fulfilment')
class OrderFulfilment {
  @Step()
  public ship(): void {
    // Never comes so far.
  }
}

/** By code. */
export const errorCases: Readonly<Record<string, ErrorCase>> = {
  // Access to secrets
  'access-denied': async () => {
    const { container } = await payments();
    await container.get(PaymentSettings).apiKey.useAsync(() => undefined);
  },
  'audit-needs-async': async () => {
    const audit = { record: () => Promise.resolve() };
    const { client } = await payments({ secrets: { audit } });
    client.audited.use(() => undefined);
  },
  'audit-missing': async () => {
    const { client } = await payments();
    await client.audited.useAsync(() => undefined);
  },
  'secret-not-granted': async () => {
    const { container } = await payments();
    container.get(ReportService);
  },
  'secret-not-set': async () => {
    const { client } = await payments();
    client.webhookKey.use(() => undefined);
  },

  // Secrets
  'no-keyring': async () =>
    load([object({ database: { password: '{jwe}ey…' } }, { name: 'settings service' })], { sections: [VaultSettings] }),
  'sealed-reference': async () => {
    const database = { token: SecureValue.of('sealed'), url: 'https://${database.token}@shop' };
    await load([object({ database }, { name: 'settings service' })], { sections: [VaultSettings] });
  },
  'secret-sealed': async () => sealing('password', (keyring) => keyring.seal('x', 'database.password', 'development')),
  'secret-not-sealed': async () => sealing('token', (keyring) => keyring.encrypt('x', 'database.token', 'development')),
  'less-strict-secret': async () => {
    const database = { password: 'correct horse', url: 'https://${database.password}@shop' };
    await load([object({ database }, { name: 'settings service' })], { sections: [VaultSettings] });
  },
  'plain-secret': yaml('database:\n  password: hunter2\n', { sections: [VaultSettings], environment: 'production' }),
  'not-migrated': yaml('workers:\n  $version: 3\n', { sections: [WorkerSettings] }),
  outdated: warned('workers:\n  threads: 5\n', 'outdated'),
  deprecated: warned('workers:\n  $version: 2\n  idle: 5\n', 'deprecated'),
  'secret-in-plain-field': async () =>
    load([object({ database: { user: SecureValue.of('app') } }, { name: 'settings service' })]),

  // What a load ends with
  'invalid-settings': app('tls: maybe', 'colour: red'),
  'sources-failed': async ({ folder }) =>
    load([
      yamlFile(join(folder, 'config/app.yaml'), { name: 'config/app.yaml' }),
      jsonFile(join(folder, 'config/local.json'), { name: 'config/local.json' }),
    ]),
  'source-failed': async () =>
    load([{ name: 'settings service', load: () => Promise.reject(new SyntaxError('Unexpected token in "hunter2"')) }]),
  'source-timeout': async () =>
    load([{ name: 'settings service', load: () => new Promise<object>(() => undefined) }], { timeout: '1ms' }),
  'load-aborted': async () => load([object({})], { signal: AbortSignal.abort() }),

  // Values
  missing: async () => load([processEnv({ prefix: 'APP_', env: {} })], { sections: [NeededSettings] }),
  required: async () => {
    const file = object({ app: {} }, { name: 'config/app.yaml' });
    await load([file, processEnv({ prefix: 'APP_', env: {} })], { environment: 'production' });
  },
  'empty-string': app('ratio: ""'),
  'unknown-key': yaml('databse:\n  port: 5432\ndatabase:\n  pool:\n    maximum: 5\n'),
  constraint: yaml('database:\n  port: 70000\n'),
  rule: yaml('database:\n  pool:\n    min: 20\n'),
  'rule-failed': async () => load([object({})], { sections: [BrokenRuleSettings] }),
  'out-of-range': app('timeout: 2h'),
  'not-a-section': yaml('database: localhost\n'),
  'not-a-string': app('tags: [[a]]'),
  'not-an-integer': yaml('database:\n  port: 80a\n'),
  'not-a-number': app('ratio: 50%'),
  'unsafe-integer': yaml('database:\n  port: 9007199254740993\n'),
  'not-a-boolean': app('tls: maybe'),
  'not-in-enum': app('level: verbose'),
  'not-a-bigint': app('serial: 12.5'),
  'not-a-date': app('since: yesterday'),
  'offset-required': app('since: 2026-03-01T12:00:00'),
  'not-a-url': app('home: shop.example.com'),
  'not-a-regexp': app("pattern: '[a-'"),
  'stateful-regexp': app("pattern: '/[a-z]+/g'"),
  'unit-required': app("timeout: '30'"),
  'not-a-duration': app('timeout: soon'),
  'no-fixed-length': app('timeout: P1M'),
  'duration-out-of-range': app('timeout: 999999999999w'),
  'not-a-byte-size': app('body-limit: 5 apples'),
  'byte-size-out-of-range': app('body-limit: 9999999TiB'),
  'not-a-list': app('tags: { a: 1 }'),
  'malformed-list': app(`tags: '["a", "b"'`),
  'not-a-map': app('weights: [1, 2]'),
  'malformed-map': app(`weights: '{"a": 1'`),
  'malformed-json': app(`extra: '{"a": 1'`),
  'transform-failed': app('raw: text'),

  // References
  'unresolved-reference': app('home: https://${app.domain}/'),
  'malformed-reference': app('home: https://${app.domain'),
  'malformed-extends': yaml('database:\n  $extends: [primary]\n'),
  'reference-cycle': yaml('database:\n  host: ${database.user}\n  user: ${database.host}\n'),
  'reference-not-text': yaml('database:\n  host: db-${database.pool}\n'),
  'reference-too-large': async () =>
    load([object({ database: { host: 'x'.repeat(600_000), user: '${database.host}${database.host}' } })]),
  'reference-too-deep': async () => {
    const extra: Record<string, object> = { link120: { next: 'end' } };
    for (let index = 0; index < 120; index++) {
      extra[`link${String(index)}`] = { next: `\${app.extra.link${String(index + 1)}}` };
    }
    await load([object({ app: { extra } })]);
  },
  'file-refused': yaml('database:\n  host: ${file:/etc/hostname}\n', { fileRoots: ['/run/secrets'] }),

  'too-large': async () => load([object({ app: { publicName: 'x', tags: new Array<string>(2_000_001).fill('x') } })]),

  // Files and folders
  'source-not-found': async ({ folder }) =>
    load([yamlFile(join(folder, 'config/app.yaml'), { name: 'config/app.yaml' })]),
  'source-unreadable': async (world) => {
    await mkdir(join(world.folder, 'config/app.yaml'), { recursive: true });
    await load([yamlFile(join(world.folder, 'config/app.yaml'), { name: 'config/app.yaml' })]);
  },
  'source-too-large': async (world) => {
    const path = await write(world, 'config/app.yaml', `database: { host: ${'a'.repeat(1000)} }`);
    await load([yamlFile(path, { name: 'config/app.yaml', maxSize: '500B' })]);
  },
  'invalid-encoding': async (world) => {
    const path = await write(world, 'config/app.yaml', Uint8Array.of(0x61, 0x3a, 0x20, 0xff));
    await load([yamlFile(path, { name: 'config/app.yaml' })]);
  },
  'invalid-json': json('{\n  "app": { "tls": true, }\n}\n'),
  'invalid-yaml': yaml('app:\n  tls: [true\n'),
  'invalid-env-file': async (world) => {
    await write(world, '.env', 'APP_DATABASE__HOST=db.internal\nAPP_DATABASE__PORT 5432\n');
    await load([envFiles({ prefix: 'APP_', folder: world.folder })]);
  },
  'invalid-toml': async (world) => {
    const path = await write(world, 'config/app.toml', '[app]\ntls = yes\n');
    await load([tomlFile(path, { name: 'config/app.toml' })]);
  },
  'unknown-tag': yaml('app:\n  tls: !yes true\n'),
  'duplicate-key': yaml('database:\n  port: 1\n  port: 2\n'),
  'too-deep': async () => {
    const values: Record<string, unknown> = {};
    values['app'] = values;
    await load([object(values)]);
  },
  'too-many-values': async (world) => {
    const lines = Array.from(
      { length: 8 },
      (_, n) => `a${String(n + 1)}: &a${String(n + 1)} [${`*a${String(n)},`.repeat(10)}]`,
    );
    await yaml(['a0: &a0 [x,x,x,x,x,x,x,x,x,x]', ...lines].join('\n'))(world);
  },
  'number-out-of-range': app('ratio: 1e999'),
  'invalid-text': json('{ "app": { "public-name": "\\ud800" } }'),
  'invalid-import': yaml('$import: { file: base.yaml, with: {} }\n'),
  'invalid-cohort': async (world) => {
    await write(world, 'config/app.yaml', '$cohorts: { canary: 5 }\n');
    await load([configFolder(join(world.folder, 'config'))]);
  },
  'import-refused': yaml('$import: https://example.com/base.yaml\n'),
  'import-not-found': yaml('$import: base.yaml\n'),
  'import-cycle': async (world) => {
    await write(world, 'config/base.yaml', '$import: app.yaml\n');
    await yaml('$import: base.yaml\n')(world);
  },
  'invalid-parameter': filled('{ queue: orders, workers: 99 }'),
  'missing-parameter': filled('{ workers: 2 }'),
  'unknown-parameter': filled('{ queue: orders, worker: 2 }'),
  'invalid-file-name': folderOf('app.production.eu-west-1.a.blue.canary.extra.json'),
  'invalid-selector': async (world) => {
    await write(world, 'config/app.json', '{}');
    await load([configFolder(join(world.folder, 'config'))], { region: 'eu.west' });
  },
  'ambiguous-file': folderOf('app.production.json', 'app.prod.json'),
  'unknown-environment': async () => {
    const options = { sections, sources: [object({})], env: { NODE_ENV: 'staging' } };
    await new Container().loadAsync(ConfigModule.fromOptions(options));
  },

  // Sources that are out of reach
  'source-unreachable': () => outOfReach('ECONNREFUSED', 'connect ECONNREFUSED 10.0.0.7:443'),
  'source-refused': () => outOfReach('401', 'the token has expired'),
  'revision-conflict': () => Promise.reject(revisionConflict({ source: 'settings service', expected: 41, found: 42 })),
  'revision-gone': async () => memoryStore('one', 'orders', 'postgres').source.store.read(12),
  'source-behind': async () => {
    let revision = 42;
    const source: ConfigSource = { name: 'settings service', load: () => createAnswer({ value: {}, revision }) };
    return reloaded({ sources: [source] }, async (reloads) => {
      const stale = reloads.events.stream({ types: ['SourceStale'] }).next();
      revision = 41;
      await reloads.reload('asked');
      const { value } = await stale;
      return value?.type === 'SourceStale' ? value.error : undefined;
    });
  },
  'left-out': async (world) => {
    const cache = lastKnownGood({ folder: join(world.folder, 'last-known-good') });
    const says = (answer: () => object): Partial<ConfigModuleOptions> => ({
      sources: [withRecovery({ name: 'settings service', load: answer }, { lastKnownGood: true, retry: false })],
      lastKnownGood: cache,
    });
    await reloaded(
      says(() => ({ database: { user: 'app', password: 'swordfish' } })),
      () => Promise.resolve(),
    );
    return reloaded(
      says(() => {
        throw new Error('connect ECONNREFUSED 10.0.0.7:443');
      }),
      () => Promise.resolve(),
    );
  },
  'last-known-good-too-large': async (world) =>
    lastKnownGood({ folder: join(world.folder, 'last-known-good'), maxSize: '10B' }).save(snapshot),
  'last-known-good-not-saved': async (world) =>
    lastKnownGood({ folder: await write(world, 'last-known-good', 'a file') }).save(snapshot),
  'last-known-good-unreadable': async (world) =>
    lastKnownGood({ folder: await write(world, 'last-known-good', 'a file') }).load(),

  // Reloads
  'reload-vetoed': async () => {
    const prepare = ({ number }: Generation): undefined => {
      if (number === 1) return undefined;
      throw Object.assign(new Error('connect ECONNREFUSED 10.0.0.7:5432'), { code: 'ECONNREFUSED' });
    };
    return reloaded({ reload: { dependants: [{ name: 'orders database', prepare }] } }, rejection);
  },
  'reload-failed': async () => {
    let isBroken = false;
    class BrokenKeyring extends MemoryKeyring {
      public override async load(): Promise<Keyset> {
        if (isBroken) throw new RangeError('broken');
        return super.load();
      }
    }
    return reloaded({ secrets: { keyring: new BrokenKeyring(), app: 'orders' } }, (reloads) => {
      isBroken = true;
      return rejection(reloads);
    });
  },
  'reload-closed': async () =>
    reloaded({}, async (reloads) => {
      await reloads.close();
      return rejection(reloads);
    }),
  'settings-on-trial': async (world) => {
    const folder = join(world.folder, 'last-known-good');
    const values = { database: { port: 1 } };
    const start = async (
      port: number,
      bake: string,
      ask: (reloads: ReloadService) => Promise<unknown>,
    ): Promise<unknown> => {
      values.database.port = port;
      return reloaded(
        {
          sources: [
            withRecovery({ name: 'settings service', load: () => structuredClone(values) }, { lastKnownGood: true }),
          ],
          lastKnownGood: lastKnownGood({ folder }),
          reload: { verify: [{ name: 'probe', check: () => true }], bake },
        },
        ask,
      );
    };
    const nothing = async (): Promise<void> => Promise.resolve();
    await start(1, '0s', nothing);
    await start(2, '1h', nothing);
    return start(2, '1h', async (reloads) => Promise.resolve(reloads.status().lastRejection?.error));
  },
  'reload-inside': async () =>
    reloaded({}, async (reloads) => {
      let given: unknown;
      reloads.register({
        name: 'orders database',
        prepare: async () => {
          const outcome = await reloads.reload('once more');
          given = 'error' in outcome ? outcome.error : outcome;
          return undefined;
        },
      });
      await rejection(reloads);
      return given;
    }),
  'verification-failed': async () =>
    reloaded(
      { reload: { verify: [{ name: 'quotes can be made', check: ({ number }) => number === 1 }] } },
      async (reloads) => {
        const events = reloads.events.stream({ types: ['ConfigReloadRejected'] });
        await reloads.reload('asked by a story');
        const { value } = await events.next();
        return value !== undefined && 'error' in value ? value.error : value;
      },
    ),
  'unknown-generation': async () => reloaded({}, (reloads) => reloads.rollback(7)),
  'file-empty': async (world) => {
    const path = await write(world, 'config/app.yaml', 'database:\n  port: 1\n');
    return reloaded({ sources: [yamlFile(path, { name: 'config/app.yaml' })] }, async (reloads) => {
      await writeFile(path, '');
      return rejection(reloads);
    });
  },

  // Secrets
  'audit-failed': async () => {
    const append = (): Promise<void> => Promise.reject(Object.assign(new Error('no'), { code: 'ENOSPC' }));
    await auditLog({ sinks: [{ name: 'archive', append }] }).record({ action: 'use', path: 'payment.key' });
  },
  'audit-not-written': async (world) => {
    await write(world, 'audit/audit.jsonl/nothing', '');
    await openAudit({ path: join(world.folder, 'audit/audit.jsonl') });
  },
  'audit-damaged': async (world) => {
    await write(world, 'audit/audit-000000000001.jsonl', '{}\n');
    await openAudit({ folder: join(world.folder, 'audit') });
  },
  'audit-unreadable': async (world) => verifyAudit(join(world.folder, 'audit')),

  // Names of environment variables, options and files
  'forbidden-key': env({ APP_DATABASE____PROTO____ADMIN: 'yes' }),
  'invalid-key': env({ APP_DATABASE__: 'x' }),
  'conflicting-keys': env({ APP_DATABASE__POOL: '{"max": 5}', APP_DATABASE__POOL__MAX: '6' }),
  'missing-item': env({ APP_APP__TAGS__0: 'a', APP_APP__TAGS__2: 'c' }),
  'missing-value': args('--database.port'),
  'invalid-option': args('--no-database.host'),

  // Programming
  'ambiguous-environment-name': async () => {
    @ConfigSection('mail')
    class MailSettings {
      @EnvName('SMTP_URL') @IsString() readonly primary: string = '';
      @EnvName('SMTP_URL') @IsString() readonly fallback: string = '';
    }
    await load([processEnv({ prefix: 'APP_', env: {} })], { sections: [MailSettings] });
  },
  'ambiguous-key': async () =>
    load([], { sections: [DatabaseSettings, section(AppSettings, { path: 'database.host' })] }),
  'duplicate-section': async () =>
    load([], { sections: [DatabaseSettings, section(AppSettings, { path: 'database' })] }),
  'reserved-key': async () => load([], { sections: [section(DatabaseSettings, { path: 'modules' })] }),
  'field-without-type': async () => {
    @ConfigSection('mail')
    class MailSettings {
      @IsOptional() readonly servers: unknown;
    }
    await load([], { sections: [MailSettings] });
  },
  'secure-field-type': async () => {
    @ConfigSection('mail')
    class MailSettings {
      // @ts-expect-error TypeScript says it first; who compiles without checking is told here
      @Secure() readonly password!: string;
    }
    await load([], { sections: [MailSettings] });
  },
  'unusable-section-class': async () => {
    @ConfigSection('mail')
    class MailSettings {
      constructor() {
        throw new Error('no');
      }
    }
    await load([], { sections: [MailSettings] });
  },
  'section-not-bound': async () => {
    const container = new Container();
    container.register(ConfigPlugin);
    await container.getAsync(DatabaseSettings);
  },
  'section-bound-twice': async () => {
    const container = new Container();
    const orders = ConfigModule.fromOptions({ name: 'orders', sections: [DatabaseSettings], sources: [], env: {} });
    const billing = ConfigModule.fromOptions({
      sections: [AppSettings, DatabaseSettings],
      sources: [],
      env: {},
    });
    await container.loadAsync(orders);
    await container.loadAsync(billing);
  },
  'resource-not-listed': async () => {
    const container = new Container();
    container.register(ConfigPlugin);
    await container.loadAsync(ConfigModule.fromOptions({ sections: [AppSettings], sources: [], env: {} }));
    container.get(resourceIdentifier(defineResource({ name: 'search', create: () => ({}) })));
  },
  'resource-bound-twice': async () => {
    const { container, search } = await searching();
    const sections = [AppSettings];
    await container.loadAsync(ConfigModule.fromOptions({ sections, sources: [], env: {}, resources: [search] }));
  },
  'resource-closed': async () => {
    const { container, search } = await searching();
    const resource = container.get(resourceIdentifier(search));
    await container.unbindAllAsync();
    await resource.use(() => undefined);
  },
  'resource-unmade': async () => {
    const { container, search } = await searching();
    const { current } = container.get(resourceIdentifier(search));
    throw new Error(`there is ${JSON.stringify(current)}`);
  },
  'driver-not-installed': async () => {
    await loadDriver('pg-of-somebody');
  },
  'no-transaction': async () => {
    const work = await transacting();
    await work.run({ propagation: 'mandatory' }, () => undefined);
  },
  'transaction-ended': async () => {
    const work = await transacting();
    const kept = await work.run((transaction) => ({ transaction }));
    await kept.transaction.savepoint(() => undefined);
  },
  'transaction-present': async () => {
    const work = await transacting();
    await work.run(async () => work.run({ propagation: 'never' }, () => undefined));
  },
  'transaction-mismatch': async () => {
    const work = await transacting();
    await work.run(async () => work.run({ isolation: 'serializable' }, () => undefined));
  },
  'transaction-rolled-back': async () => {
    const work = await transacting();
    await work.run(async () => {
      await work.run(() => Promise.reject(new Error('half of it'))).catch(() => undefined);
    });
  },
  'transaction-timeout': async () => {
    const work = await transacting();
    await work.run({ timeout: '1ms' }, async () => new Promise(() => undefined));
  },
  'pool-exhausted': async () => {
    const work = await transacting();
    await work.run(async () => work.run({ propagation: 'requires-new' }, () => undefined));
  },
  'entity-changed': async () => {
    const work = await transacting();
    await work.run((tx) => {
      tx.entity('order').updated(0, '7');
    });
  },
  'event-unrouted': async () => {
    const events = await messaging(localBroker({ name: 'events', from: Events }));
    await events.publish(placed('order.cancelled'));
  },
  'event-refused': async () => {
    const events = await messaging(localBroker({ name: 'events', from: Events }));
    await events.publish(placed('order.placed'));
    await events.publish(placed('order.placed'));
  },
  'event-not-confirmed': async () => {
    const { definition } = pretendBroker(Events, { publish: async () => new Promise(() => undefined) });
    await (await messaging(definition)).publish(placed('order.placed'));
  },
  'queue-unknown': async () => {
    const events = await messaging(localBroker({ name: 'events', from: Events }));
    events.subscribe({ queue: 'biling' }, async () => Promise.resolve('ack'));
  },
  'queue-not-ordered': async () => {
    const events = await messaging(localBroker({ name: 'events', from: Events }));
    events.subscribe({ queue: 'billing', ordered: true }, async () => Promise.resolve('ack'));
  },
  'topology-differs': async () => {
    await Promise.resolve();
    const how = 'it is ordered in the settings, and is not at the broker';
    throw topologyDiffers('events', [{ kind: 'different', what: 'queue billing', how }]);
  },
  'rule-engine-refused': async () => {
    const flag = { evaluate: () => ({ reason: 'ERROR', errorCode: 'PARSE_ERROR' }) };
    class FlagdCore {
      readonly setConfigurations = () => undefined;
      readonly getFlag = () => flag;
    }
    const rules = [{ name: 'one', when: { '==': [1, 1] }, to: ['a'] }];
    await routing({ rules, evaluation: 'compiled' }, { driver: () => ({ FlagdCore }) });
  },
  'route-unknown': async () => {
    const destinations = ['order-fulfilment@1', 'order-fulfilment@2'];
    await routing({ rules: [{ name: 'one', to: ['order-fulfilment@3'] }] }, { destinations });
  },
  'flag-type-mismatch': async () => {
    await flags({ flags: { 'new-checkout': { variants: { on: 'yes' } } } });
  },
  'flag-override-refused': async () => {
    (await flags({})).override({ button: true }, () => undefined);
  },
  'saga-name-unknown': async () => {
    @Saga('order-fulfilment', { version: 2 })
    class Fulfilment {
      @Step({ retry: 'paymets' })
      public charge(): void {
        // Nothing is paid here.
      }
    }
    const from = section(SagasSettings, { path: 'sagas' });
    const values = { default: { retries: { payments: {} } }, named: { 'order-fulfilmnet': {} } };
    const settings = await loadSettings(from, { sources: [object({ sagas: values })], env: {} });
    checkNames('shop', settings, new SagaRegistry([Fulfilment]).all);
  },
  'saga-run-gone': async () => {
    const engine = {
      start: async () => Promise.resolve(),
      stop: async () => Promise.resolve(false),
      status: async () => Promise.resolve(undefined),
      health: async () => Promise.resolve({ status: 'healthy' as const, running: 0, waiting: 0, unlisted: [] }),
    };
    const registry = new SagaRegistry([OrderFulfilment]);
    const host = { clock: systemClock };
    const sagas = liveSagas(
      'orders',
      registry,
      () => SAGAS_DEFAULTS,
      async (act) => act(engine),
      host,
    );
    await (await sagas.start(OrderFulfilment, {}, { id: '4711' })).outcome();
  },
  'saga-engine-in-use': async () => {
    const host = { clock: systemClock, logger: silentLogger, metrics: guardMetrics(undefined) };
    const registry = new SagaRegistry([OrderFulfilment]);
    const given = { registry, host, name: 'billing', settings: SAGAS_DEFAULTS, maker: new ContainerMaker() };
    // Nothing else is asked of them before it refuses.
    const [dbos, pool] = [{ isInitialized: () => true }, {}] as unknown as [DbosEngineCalls, DbosPool];
    await new DbosEngine({ ...given, dbos, pool }).open(undefined);
  },
  'projection-unlisted': async () => appendWith(new Map()),
  'projection-outdated': async () => appendWith(projectionShapes([ProductTotals])),
  'projection-inline': async () => Promise.reject(projectionInline('totals')),
  'module-not-named': async () => {
    const container = new Container();
    container.register(ConfigPlugin);
    await container.loadAsync(ConfigModule.fromOptions({ sections: [DatabaseSettings], sources: [], env: {} }));
    await container.loadAsync(ConfigModule.fromOptions({ sections: [AppSettings], sources: [], env: {} }));
    container.get(ReloadService);
  },
  'async-needed': async () => {
    const container = new Container();
    container.register(ConfigPlugin);
    await container.loadAsync(ConfigModule.fromOptions({ sections: [DatabaseSettings], sources: [], env: {} }));
    container.unbindAll();
  },
  'module-of-parent': async () => {
    const parent = new Container();
    const child = new Container({ parent });
    child.register(ConfigPlugin);
    const module = ConfigModule.fromOptions({ sections: [DatabaseSettings], sources: [], env: {} });
    await parent.loadAsync(module);
    await child.unloadAsync(module);
  },
  'restore-refused': async () => {
    const container = new Container();
    container.register(ConfigPlugin);
    container.snapshot();
    await container.loadAsync(ConfigModule.fromOptions({ sections: [DatabaseSettings], sources: [], env: {} }));
    container.restore();
  },
  'events-not-bound': () => {
    class RateLimiter {
      @OnConfigChange(DatabaseSettings)
      public adjust(): void {
        throw new Error('never called');
      }
    }
    const container = new Container();
    container.bind(RateLimiter).toSelf();
    return Promise.resolve().then(() => container.get(RateLimiter));
  },
  'section-not-loaded': async () => {
    const container = new Container();
    await container.loadAsync(ConfigModule.fromOptions({ sections: [DatabaseSettings], sources: [], env: {} }));
    container.get(ConfigStore).get(AppSettings);
  },
  'invalid-path': async () => {
    const container = new Container();
    await container.loadAsync(ConfigModule.fromOptions({ sections: [DatabaseSettings], sources: [], env: {} }));
    container.get(ConfigStore).explain('database..port');
  },
  ...keyErrorCases,
  ...keysetErrorCases,
  ...tenantErrorCases,
};
