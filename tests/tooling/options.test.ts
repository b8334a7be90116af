import { describe, expect, it } from '@jest/globals';
import * as access from '../../src/access.js';
import * as audit from '../../src/audit.js';
import * as brokers from '../../src/factories/brokers/index.js';
import * as local from '../../src/factories/brokers/local/index.js';
import * as embedded from '../../src/factories/databases/embedded/index.js';
import * as mysql from '../../src/factories/databases/mysql/index.js';
import * as sqlite from '../../src/factories/databases/sqlite/index.js';
import * as amqplib from '../../src/factories/brokers/amqplib/index.js';
import * as kafka from '../../src/factories/brokers/kafka/index.js';
import * as redis from '../../src/factories/brokers/redis/index.js';
import * as bullmq from '../../src/factories/sagas/bullmq/index.js';
import * as sagaRouting from '../../src/factories/sagas/routing/index.js';
import * as temporal from '../../src/factories/sagas/temporal/index.js';
import * as nats from '../../src/factories/brokers/nats/index.js';
import * as outbox from '../../src/factories/outbox/index.js';
import * as dbos from '../../src/factories/sagas/dbos/index.js';
import * as sagas from '../../src/factories/sagas/index.js';
import * as localSagas from '../../src/factories/sagas/local/index.js';
import * as pg from '../../src/factories/databases/pg/index.js';
import * as rabbit from '../../src/factories/brokers/rabbitmq/index.js';
import * as tenantDatabases from '../../src/factories/databases/tenants/index.js';
import * as projections from '../../src/factories/projections/index.js';
import * as emmett from '../../src/factories/projections/emmett/index.js';
import * as routing from '../../src/factories/routing/index.js';
import * as domains from '../../src/factories/domains/index.js';
import * as transactions from '../../src/factories/transactions/index.js';
import * as flags from '../../src/flags.js';
import * as inspectorPage from '../../src/inspector.js';
import * as root from '../../src/index.js';
import * as keys from '../../src/keys.js';
import * as observability from '../../src/observability.js';
import * as resources from '../../src/resources.js';
import * as sections from '../../src/sections/decorators.js';
import * as aws from '../../src/security/providers/aws-kms.js';
import * as azure from '../../src/security/providers/azure-key-vault.js';
import * as gcp from '../../src/security/providers/gcp-kms.js';
import * as vault from '../../src/security/providers/vault-transit.js';
import * as server from '../../src/server/index.js';
import * as sources from '../../src/sources.js';
import * as spring from '../../src/sources/remote/spring/index.js';
import * as awsSources from '../../src/sources/remote/aws/index.js';
import * as azureSources from '../../src/sources/remote/azure/index.js';
import * as gcpSources from '../../src/sources/remote/gcp/index.js';
import * as kubernetes from '../../src/sources/remote/kubernetes/index.js';
import * as vaultSources from '../../src/sources/remote/vault/index.js';
import * as standalone from '../../src/standalone.js';
import * as tenants from '../../src/tenants/index.js';
import * as testing from '../../src/testing/index.js';

type Callable = (...parameters: readonly unknown[]) => unknown;

class Settings {
  public port = 80;
}

const document = keys.generateKeyset('orders');

/** What stands before the options, of every function that takes some. */
const BEFORE_OPTIONS: Readonly<Record<string, readonly unknown[]>> = {
  amqplib: [],
  auditFile: [],
  auditLog: [],
  awsAppConfig: [],
  awsKms: [],
  awsParameters: [],
  awsSecrets: [],
  azureAppConfiguration: [],
  azureKeyVault: [],
  azureSecrets: [],
  bullmq: [],
  cliArgs: [],
  configChangesTo: [{}],
  configFolder: ['config'],
  defineFlags: [],
  Flag: [],
  flagRequests: [{}],
  configMetrics: [],
  configServer: [],
  ConfigSection: ['http'],
  consoleLogger: [console],
  createAnswer: [],
  createLayer: [],
  dbos: [],
  defineBroker: [],
  defineConfig: [],
  defineResource: [],
  defineRoutes: [],
  defineSagaRoutes: [],
  defineTenants: [],
  Deprecated: [],
  Describe: ['The port.'],
  developmentKeyring: ['keys.json'],
  directory: ['config'],
  domainEvents: [],
  embedded: [],
  emmett: [],
  encryptSecret: ['http.password', 'secret'],
  envFiles: [],
  fakeRemoteSource: [{}],
  gcpKms: [],
  gcpParameters: [],
  gcpSecrets: [],
  generateKeyset: ['orders'],
  getConfig: [Settings],
  header: ['x-tenant'],
  inbox: [],
  inspector: [],
  InjectMonitor: [Settings],
  InjectSecret: [Settings, 'password'],
  InjectSection: [Settings],
  IsByteSize: [],
  IsDuration: [],
  joinFleet: [{}],
  jsonFile: ['config.json'],
  jwtClaim: ['tenant'],
  keyDirectory: ['keys'],
  keyEnvironment: ['UNO_KEYRING'],
  keyFile: ['keys.json'],
  kubernetesSource: [],
  lastKnownGood: [],
  loadSettings: [Settings],
  localKeyProvider: [],
  localSagas: [],
  mariadb: [],
  monitorIdentifier: [Settings],
  mysql: [],
  mockSource: [{}],
  nats: [],
  redisStreams: [],
  outbox: [],
  object: [{}],
  OnConfigChange: [Settings],
  openKeyset: [document],
  openTelemetryMetrics: [],
  pathSegment: [0],
  localBroker: [],
  pg: [],
  rabbitmq: [],
  reloadOn: [{}],
  processEnv: [],
  Projection: ['totals'],
  remoteSource: [],
  revisionConflict: [],
  rotateKey: [document, 'encrypt'],
  rotateSecrets: [],
  Rule: ['must hold'],
  rule: ['must hold', [Settings], () => true],
  Saga: ['order'],
  Step: [],
  section: [Settings],
  Secure: [],
  springCipher: [],
  springConfigSource: [],
  subdomain: [],
  tenantDatabase: [],
  tenantFile: ['tenants.json'],
  tenantFolder: ['tenants'],
  tenantPolicy: [],
  tenantRequests: [{}, { resolve: () => undefined }],
  testConfig: [[Settings], {}],
  testKeyring: [],
  testMonitor: [Settings, {}],
  testSettings: [Settings, {}],
  toCloudEvent: [{}],
  tomlFile: ['config.toml'],
  unitOfWork: [],
  unwrapKeys: [document],
  vaultLease: [],
  vaultSource: [],
  vaultTransit: [],
  verifyAudit: ['audit.log'],
  withRecovery: [root.object({})],
  wrapKeys: [document],
  yamlFile: ['config.yaml'],
};

/** Functions that take no options: names, documents, events, what others make, or nothing. */
const WITHOUT_OPTIONS: ReadonlySet<string> = new Set([
  'accessPolicy', // rules, each of which is read as options are: below
  'activateKey',
  'recordEvents',
  'testFlags',
  'fakeClock',
  'Alias',
  'asyncContext',
  'brokerIdentifier',
  'auditLogger',
  'changeKeyset',
  'configCache',
  'configHealth',
  'createKeyset',
  'currentPrincipal',
  'deadLetterOf',
  'destroyKey',
  'detectEnvironment',
  'disableKey',
  'entitySettings',
  'EnvName',
  'eventRefused',
  'eventUnrouted',
  'firstOf',
  'flagIdentifier',
  'flagsIdentifier',
  'formatIssue',
  'formatOrigin',
  'healthResponse',
  'inboxIdentifier',
  'inboxStatements',
  'InjectBroker',
  'InjectDomain',
  'InjectFlag',
  'InjectFlags',
  'InjectInbox',
  'InjectOutbox',
  'InjectProjections',
  'InjectResource',
  'InjectRoutes',
  'InjectSagas',
  'InjectTenant',
  'InjectUnitOfWork',
  'invalidateConfig',
  'isToken',
  'keysDue',
  'ListOf',
  'managedPool',
  'MapOf',
  'Merge',
  'mergeBy',
  'openFeatureProvider', // the flags and an emitter of the SDK
  'openTelemetryTracer',
  'optional',
  'outboxIdentifier',
  'outboxStatements',
  'pinoLogger',
  'projectionsIdentifier',
  'projectionStatements',
  'publicKeyset',
  'queueUnknown',
  'readiness',
  'RequiredIn',
  'resolveTenant',
  'resourceIdentifier',
  'routesIdentifier',
  'RestartRequired',
  'retireKey',
  'rewrapKeys',
  'runAs',
  'sagasIdentifier',
  'scopeHash',
  'sectionIdentifier',
  'settingsTable',
  'migrationCases', // documents by their version; the options are those of testSettings, which each case checks
  'sourceContract', // a subject, which may be an instance of a class of its own
  'staleSingletons',
  'tenantPlace',
  'TenantScope',
  'testFlags', // a class, and values by the names of its properties
  'testSecretHandle',
  'toClientOptions',
  'toMariadbOptions',
  'InjectSagaRoutes',
  'sagaRoutesIdentifier',
  'toKafkaOptions',
  'toMysql2Options',
  'toTemporalOptions',
  'takesTopic',
  'topologyDiffers',
  'unitOfWorkIdentifier',
]);

const functions = new Map<string, Callable>(
  [
    ...[
      access,
      audit,
      brokers,
      rabbit,
      routing,
      domains,
      inspectorPage,
      flags,
      embedded,
      local,
      mysql,
      nats,
      amqplib,
      kafka,
      redis,
      bullmq,
      sagaRouting,
      temporal,
      outbox,
      dbos,
      sagas,
      localSagas,
      pg,
      projections,
      emmett,
      tenantDatabases,
      transactions,
      root,
      keys,
      observability,
      resources,
      sections,
      sqlite,
    ],
    ...[aws, azure, gcp, vault, server, sources, spring, standalone, tenants, testing],
    // Sources over clouds.
    ...[awsSources, azureSources, gcpSources, kubernetes, vaultSources],
  ].flatMap((subpath) =>
    Object.entries(subpath).flatMap(([name, value]): readonly (readonly [string, Callable])[] =>
      // Safe: it is called with what a caller without types may hand in, which is what is asked here.
      typeof value === 'function' && !isClass(value) ? [[name, value as Callable]] : [],
    ),
  ),
);

function isClass(value: unknown): boolean {
  return Object.getOwnPropertyDescriptor(value, 'prototype')?.writable === false;
}

async function failureOf(call: () => unknown): Promise<unknown> {
  try {
    await call();
    return undefined;
  } catch (error) {
    return error;
  }
}

describe('options of public functions', () => {
  it('are asked of every function that is exported', () => {
    const asked = [...Object.keys(BEFORE_OPTIONS), ...WITHOUT_OPTIONS];
    expect(asked.sort()).toEqual([...functions.keys()].sort());
  });

  it.each(Object.entries(BEFORE_OPTIONS))('%s refuses a name that is no option of it', async (name, before) => {
    const error = await failureOf(() => functions.get(name)?.(...before, { noSuchOption: true }));
    expect(error).toBeInstanceOf(TypeError);
    expect(String(error)).toMatch(/\bnoSuchOption is not an option; /);
  });

  it('are refused by the classes and methods that take some', async () => {
    const unknown: object = { noSuchOption: true };
    const events = new root.ConfigEvents();
    const failures = [
      await failureOf(() => new root.ConfigEvents(unknown)),
      await failureOf(() => events.on(() => undefined, unknown)),
      await failureOf(() => events.on('ConfigChanged', () => undefined, unknown)),
      await failureOf(() => events.onPath('**', () => undefined, unknown)),
      await failureOf(() => events.onSection(Settings, () => undefined, unknown)),
      await failureOf(() => events.stream(unknown)),
      // Safe: what a caller without types may hand in.
      await failureOf(() => access.accessPolicy([unknown as access.AccessRule])),
    ];
    for (const failure of failures) {
      expect(failure).toBeInstanceOf(TypeError);
      expect(String(failure)).toMatch(/\bnoSuchOption is not an option; /);
    }
  });
});
