import type { ConfigLogger } from '../../../core/index.js';
import type { ResourceSecrets } from '../../resources/index.js';
import { loadDriver, toTlsOptions } from '../../drivers/index.js';
import { remoteBroker, type BrokerDefinition, type RemoteBrokerOptions } from '../port/index.js';
import { natsLink } from './nats-link.js';
import { NatsSettings } from './nats-settings.js';
import type { NatsConnection, NatsConnectOptions, NatsDriver } from './nats-types.js';

/** What {@link nats} takes; its driver is the packages `@nats-io/transport-node` and `@nats-io/jetstream`. */
export type NatsOptions<S extends NatsSettings> = RemoteBrokerOptions<S, NatsDriver>;

/**
 * NATS JetStream, by the packages `@nats-io/transport-node` and `@nats-io/jetstream`. Subpath: `uno-config/brokers/nats`.
 *
 * @throws TypeError naming an option that cannot be used.
 *
 * @example
 * ```ts
 * const events = nats({ name: 'events', from: NatsSettings });
 * ```
 */
export function nats<S extends NatsSettings>(options: NatsOptions<S>): BrokerDefinition {
  return remoteBroker<NatsSettings, NatsDriver>(options, {
    call: 'nats',
    settings: NatsSettings,
    load: loadBoth,
    connect: async ({ connect, jetstream, jetstreamManager }, { name, settings, secrets, logger, clock }) => {
      const connection = await connect(toClientOptions(settings, secrets));
      void watch(name, connection, logger);
      try {
        const parts = { connection, stream: jetstream(connection), manager: await jetstreamManager(connection) };
        return natsLink(name, parts, settings, clock);
      } catch (error) {
        await connection.close();
        throw error;
      }
    },
  });
}

async function loadBoth(): Promise<NatsDriver> {
  const { connect } = await loadDriver<Pick<NatsDriver, 'connect'>>('@nats-io/transport-node');
  const { jetstream, jetstreamManager } = await loadDriver<Omit<NatsDriver, 'connect'>>('@nats-io/jetstream');
  return { connect, jetstream, jetstreamManager };
}

/**
 * The options of a connection of the package `@nats-io/transport-node`, from settings. Pure; the password is asked of
 * `secrets` whenever a connection is made. Subpath: `uno-config/brokers/nats`.
 */
export function toClientOptions(settings: NatsSettings, secrets: ResourceSecrets<NatsSettings>): NatsConnectOptions {
  const { servers, user, password, tls, connectionName } = settings;
  const options = toTlsOptions(tls, () => secrets.use('tls.key', (key) => key));
  const open = password === undefined ? undefined : secrets.reader('password');
  return {
    servers: [...servers],
    ...(connectionName !== undefined && { name: connectionName }),
    timeout: settings.connectTimeout.milliseconds,
    reconnectTimeWait: settings.reconnectDelay.milliseconds,
    // Without an end: a subscription must come back whenever the server does.
    maxReconnectAttempts: -1,
    // A password may be rotated at the server first.
    ignoreAuthErrorAbort: true,
    ...((user !== undefined || open !== undefined) && {
      authenticator: () =>
        user === undefined ? { auth_token: open?.() ?? '' } : { user, ...(open !== undefined && { pass: open() }) },
    }),
    ...(options !== undefined && { tls: options }),
  };
}

async function watch(name: string, connection: NatsConnection, logger: ConfigLogger): Promise<void> {
  for await (const { type } of connection.status()) {
    if (type !== 'disconnect') continue;
    const message = `A connection of ${name} was lost and is made anew.`;
    logger.log({ level: 'warn', event: 'config.broker.connection-lost', message, fields: { broker: name } });
  }
}
