import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { IsInt, IsOptional, IsString, MaxLength } from 'class-validator';
import { Container } from 'inversify';
import {
  ConfigModule,
  ConfigSection,
  ConfigStore,
  lastKnownGood,
  monitorIdentifier,
  ReloadService,
  Secure,
  SecureValue,
  withRecovery,
  type ConfigEvent,
  type ConfigModuleOptions,
  type ReloadOutcome,
  type SecretLevel,
} from '../../../src/index.js';
import { configHealth, configMetrics, settingsTable, toCloudEvent } from '../../../src/observability.js';
import { createLayer } from '../../../src/sources.js';
import { module, run } from '../../cli/fake-io.js';
import { RecordingLogger } from '../../runtime/loading.js';
import { MemoryKeyring } from '../../runtime/secrets/keys.js';
import { CANARY } from './canary.js';
import { servedBy } from './served.js';

/** What a situation leaves in a program's hands, by name. */
export type Artefacts = Readonly<Record<string, unknown>>;

/** A service whose one secret is the canary, kept at a level. */
function serviceAt(level: SecretLevel) {
  @ConfigSection('payment')
  class PaymentSettings {
    @IsString() provider: string = 'acme';
    // Nothing else is wrong with the canary than what a situation wants.
    @Secure({ level, as: 'text' }) @MaxLength(30) key!: SecureValue<string>;
    @Secure({ level: level === 'sealed' ? 'mask' : level, as: 'text', optional: true }) url?: SecureValue<string>;
    @Secure({ level, as: 'text', optional: true }) copy?: SecureValue<string>;
  }
  const keyring = new MemoryKeyring();
  /** The text as this level is written in a source. */
  const written = (text: string, path = 'payment.key'): string =>
    level === 'mask' ? text : level === 'encrypt' ? keyring.encrypt(text, path) : keyring.seal(text, path);
  return { PaymentSettings, keyring, written };
}

/** Everything that can be asked of a service that runs, and what it said and wrote on the way. */
async function running(
  level: SecretLevel,
  edit?: (written: (text: string, path?: string) => string) => object,
  expected?: ReloadOutcome['status'],
  thrown?: { readonly by: 'source' | 'dependant'; readonly error: unknown },
) {
  const { PaymentSettings, keyring, written } = serviceAt(level);
  // A sealed value builds no texts.
  const url = level === 'sealed' ? {} : { url: 'https://acme/${payment.key}' };
  let values: object = { payment: { key: written(CANARY), copy: '${payment.key}', ...url } };
  let isBroken = false;
  const throwIfAsked = (by: 'source' | 'dependant'): void => {
    // Others throw what they like.

    if (isBroken && thrown?.by === by) throw thrown.error;
  };
  const folder = await mkdtemp(join(tmpdir(), 'uno-leaks-'));
  const logger = new RecordingLogger();
  const metrics = configMetrics();
  const source = {
    name: 'settings service',
    load: () => {
      throwIfAsked('source');
      return createLayer({ name: 'settings service', kind: 'environment', tree: { ...values } });
    },
  };
  const options: ConfigModuleOptions = {
    sections: [PaymentSettings],
    sources: [withRecovery(source, { lastKnownGood: true })],
    secrets: { keyring, app: 'orders' },
    lastKnownGood: lastKnownGood({ folder }),
    reload: {
      dependants: [
        {
          name: 'payment client',
          prepare: () => {
            throwIfAsked('dependant');
            return undefined;
          },
        },
      ],
    },
    environment: 'test',
    env: {},
    logger,
    metrics,
  };
  const container = new Container();
  await container.loadAsync(ConfigModule.fromOptions(options));
  const [store, reloads] = [container.get(ConfigStore), container.get(ReloadService)];
  const events: ConfigEvent[] = [];
  reloads.events.on((event) => void events.push(event));
  const before = store.current;
  const replaced = container.get(PaymentSettings);
  let outcome: ReloadOutcome | undefined;
  isBroken = true;
  if (edit !== undefined) {
    values = edit(written);
    outcome = await reloads.reload('an edit');
    if (outcome.status !== expected) throw new Error(`the reload was ${outcome.status}, not ${String(expected)}`);
  }
  const commands = [
    ['print'],
    ['print', '--format', 'env'],
    ['explain', 'payment'],
    ['tree'],
    ['validate'],
    ['validate', '--format', 'json'],
  ];
  isBroken = false;
  const told: unknown[] = [];
  for (const words of commands) told.push(await run(folder, words, module(options)));
  const artefacts = {
    secret: container.get(PaymentSettings).key,
    'derived secret': [container.get(PaymentSettings).copy, container.get(PaymentSettings).url],
    settings: container.get(PaymentSettings),
    'settings before': replaced,
    'secret before': replaced.key,
    generation: store.current,
    'generation before': before,
    store,
    reloads,
    container,
    monitor: container.get(monitorIdentifier(PaymentSettings)),
    outcome,
    events,
    'cloud events': events.map((event) => toCloudEvent(event, { source: '/orders' })),
    status: reloads.status(),
    history: reloads.history(),
    differences:
      edit === undefined || before === store.current ? [] : reloads.diff(before.number, store.current.number),
    health: configHealth(reloads),
    explanation: [store.explain('payment.key'), store.explain('payment').toString()],
    description: [store.describe(), settingsTable(store.describe())],
    log: logger.records,
    measurements: metrics.snapshot(),
    'command line': told,
    inspector: await servedBy(reloads),
  };
  await reloads.close();
  const stored = await Promise.all((await readdir(folder)).map(async (name) => readFile(join(folder, name), 'utf8')));
  await rm(folder, { recursive: true });
  return { ...artefacts, 'last known good': stored };
}

/** A load that fails, and what it said. */
async function failing(level: SecretLevel, key: (at: ReturnType<typeof serviceAt>) => string): Promise<Artefacts> {
  const service = serviceAt(level);
  const logger = new RecordingLogger();
  const source = { name: 'settings service', load: () => ({ payment: { provider: 'acme', key: key(service) } }) };
  const options: ConfigModuleOptions = {
    sections: [service.PaymentSettings],
    sources: [source],
    secrets: { keyring: service.keyring, app: 'orders' },
    environment: 'test',
    env: {},
    logger,
  };
  const error: unknown = await new Container().loadAsync(ConfigModule.fromOptions(options)).catch((e: unknown) => e);
  if (!(error instanceof Error)) throw new Error('the load was to fail');
  const told = await run('.', ['validate'], module(options));
  return { error, log: logger.records, 'command line': told };
}

/** An error of somebody else, with the canary in all that may be told of one. */
function foreign(code: string): Error {
  const facts = { name: `${CANARY}Error`, code: `${code}-${CANARY}`, address: CANARY, hostname: CANARY, port: CANARY };
  return Object.assign(new Error(`cannot connect to postgres://app:${CANARY}@db`, { cause: new Error(CANARY) }), facts);
}

/** By name; each leaves the canary wherever it may be left. */
export const situations: Readonly<Record<string, (level: SecretLevel) => Promise<Artefacts>>> = {
  'a value that is current': (level) => running(level),
  'a value that has been replaced': (level) =>
    running(level, (written) => ({ payment: { key: written('another') } }), 'committed'),
  'a value in a rejected reload': (level) =>
    running(level, (written) => ({ payment: { key: written(`${CANARY}${CANARY}`) } }), 'rejected'),
  'a value that does not open in a reload': (level) =>
    running(level, (written) => ({ payment: { provider: 5, key: written(CANARY, 'payment.provider') } }), 'rejected'),
  'a value in what a dependant throws': (level) =>
    running(level, (written) => ({ payment: { key: written('another') } }), 'rejected', {
      by: 'dependant',
      error: foreign('connect'),
    }),
  'a value in what a driver throws': (level) =>
    running(level, (written) => ({ payment: { key: written('another') } }), 'unchanged', {
      by: 'source',
      error: foreign('ENOTFOUND'),
    }),
  'a value in what a parser throws': (level) =>
    running(level, (written) => ({ payment: { key: written('another') } }), 'rejected', {
      by: 'source',
      error: new SyntaxError(`Unexpected token 'z', "${CANARY}" is not valid JSON`),
    }),
  'a value that is derived into a field that is kept less strictly': async (level) => {
    const { keyring, written } = serviceAt(level);
    @ConfigSection('payment')
    class PaymentSettings {
      @Secure({ level, as: 'text' }) key!: SecureValue<string>;
      @Secure({ optional: true }) note?: SecureValue<string>;
      @IsOptional() @IsString() plain?: string;
    }
    const payment = { key: written(CANARY), [level === 'mask' ? 'plain' : 'note']: '${payment.key}' };
    const options = {
      sections: [PaymentSettings],
      sources: [{ name: 'settings service', load: () => ({ payment }) }],
      secrets: { keyring, app: 'orders' },
      environment: 'test' as const,
      env: {},
    };
    const error: unknown = await new Container().loadAsync(ConfigModule.fromOptions(options)).catch((e: unknown) => e);
    if (!(error instanceof Error)) throw new Error('the load was to fail');
    return { error, 'command line': await run('.', ['validate'], module(options)) };
  },
  'a value that fails validation': (level) => failing(level, ({ written }) => written(CANARY.repeat(2))),
  'a value that fails to open': (level) =>
    failing(level, ({ written, keyring }) =>
      level === 'mask' ? keyring.encrypt(CANARY, 'elsewhere') : written(CANARY, 'elsewhere'),
    ),
};

/** What the matrix would be blind to without it: a plain field shows. */
export async function plainField(): Promise<Artefacts> {
  @ConfigSection('payment')
  class PlainSettings {
    @IsInt() provider: number = 1;
  }
  const container = new Container();
  const values = { load: () => ({ payment: { provider: CANARY } }) };
  const options = { sections: [PlainSettings], sources: [values], env: {} };
  const error: unknown = await container.loadAsync(ConfigModule.fromOptions(options)).catch((e: unknown) => e);
  return { error, settings: Object.assign(new PlainSettings(), { provider: CANARY }) };
}
