import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import { ConfigError, option, readOptions, thrownInWords, type OptionKinds } from '../../core/index.js';
import { ModuleDefinition, type ModuleResource, type OpenResource, type ResourceHost } from '../../container/index.js';
import { toCloudEvent, type CloudEventOptions, type ReloadService, type RunningSettings } from '../../runtime/index.js';
import type { Duration } from '../../sections/index.js';
import { BrokerDefinition, type EventBroker, type Subscription } from './port/index.js';

/** What {@link configChangesTo} takes besides the broker. */
export type ConfigChangesOptions = Partial<CloudEventOptions>;

/** What {@link reloadOn} takes besides the broker. */
export interface ReloadOnOptions extends Partial<CloudEventOptions> {
  /** Each process reloads within so long, at a moment of its own: a fleet must not ask its sources all at once. Default `5s`. */
  readonly jitter?: string | Duration;
  /** Draws a number from 0 to 1; default `Math.random`. */
  readonly random?: () => number;
}

/** The reason of a reload that an event of another process asked for: it is not published again. */
const MARK = 'a change at ';

/** Names this process; a host may run many, and start them over again with the same number. */
const PROCESS = `/${hostname()}/${String(process.pid)}/${randomBytes(4).toString('hex')}`;

const OPTIONS = {
  source: option.or(option.name, PROCESS),
  typePrefix: option.or(option.name, 'uno-config'),
} satisfies OptionKinds<ConfigChangesOptions>;

const RELOAD_OPTIONS = {
  ...OPTIONS,
  jitter: option.or(option.span, 5_000),
  random: option.or(option.callback, Math.random),
} satisfies OptionKinds<ReloadOnOptions>;

/**
 * Publishes every `ConfigChanged` of this process to a broker, as a CloudEvent of the type `uno-config.changed`; secrets are
 * masked. List what it gives under `resources`, beside the broker. One that was caused by `reloadOn` is not published: it
 * would go round. Subpath: `uno-config/brokers`.
 *
 * @throws TypeError naming an option that cannot be used.
 *
 * @example
 * ```ts
 * import { localBroker, LocalBrokerSettings } from 'uno-config/brokers/local';
 *
 * const events = localBroker({ name: 'events', from: LocalBrokerSettings });
 * const config = ConfigModule.fromOptions({
 *   sections: [LocalBrokerSettings],
 *   sources,
 *   resources: [events, configChangesTo(events), reloadOn(events)],
 * });
 * ```
 */
export function configChangesTo(broker: BrokerDefinition, options: ConfigChangesOptions = {}): ModuleResource {
  const { source, typePrefix } = readOptions('configChangesTo', options, OPTIONS);
  return configEvents('changes', 'configChangesTo', broker, (events, host, { reloads }) =>
    reloads.events.on('ConfigChanged', async (event) => {
      if (event.reason.startsWith(MARK)) return;
      try {
        await events.publish(toCloudEvent(event, { source, typePrefix }));
      } catch (error) {
        // There are no subscribers.
        if (ConfigError.is(error) && error.code === 'event-unrouted') return;
        const kind = ConfigError.is(error) ? error.code : thrownInWords(error);
        const message = `A change of settings could not be published to ${broker.name}: ${kind}.`;
        const fields = { broker: broker.name, kind };
        host.logger.log({ level: 'warn', event: 'config.broker.change-not-published', message, fields });
      }
    }),
  );
}

/**
 * Reloads this process when another one publishes a change of its settings by `configChangesTo`, so that one change reaches
 * a fleet. List its result under `resources`, beside the broker. Several changes that come at once are one reload. An event
 * is only a trigger: the settings are read from the sources. Subpath: `uno-config/brokers`.
 *
 * @throws TypeError naming an option that cannot be used.
 */
export function reloadOn(broker: BrokerDefinition, options: ReloadOnOptions = {}): ModuleResource {
  const { source, typePrefix, jitter, random } = readOptions('reloadOn', options, RELOAD_OPTIONS);
  return configEvents('reloads', 'reloadOn', broker, (events, host, { reloads }) => {
    let cancel: (() => void) | undefined;
    const subscription: Subscription = events.subscribe({ topics: [`${typePrefix}.changed`] }, async (event) => {
      if (event.source !== source) {
        const reason = `${MARK}${event.source.replace(/[^\w./:-]/g, '').slice(0, 100)}`;
        cancel ??= host.clock.after(random() * jitter, () => {
          cancel = undefined;
          reload(reloads, reason);
        });
      }
      return Promise.resolve('ack');
    });
    return () => {
      cancel?.();
      void subscription.stop();
    };
  });
}

type Start = (events: EventBroker, host: ResourceHost, running: RunningSettings) => () => void;

function configEvents(what: string, call: string, broker: BrokerDefinition, start: Start): ModuleResource {
  if (!(broker instanceof BrokerDefinition)) {
    throw new TypeError(`${call}(broker): give what rabbitmq(…) or its like gives.`);
  }
  const name = `${broker.name} configuration ${what}`;
  const open = (host: ResourceHost): OpenResource => {
    // The handle of a definition of a broker.
    const events = host.handleOf(broker) as EventBroker;
    let stop: (() => void) | undefined;
    host.onRunning((running) => {
      stop = start(events, host, running);
    });
    const drain = async (reason: string): Promise<void> => {
      if (reason === 'closed') stop?.();
      return Promise.resolve();
    };
    const prepare = async () => Promise.resolve({ value: undefined, drain });
    return { handle: Object.freeze({ name }), prepare };
  };
  return Object.freeze(new ModuleDefinition({ kind: 'configuration events', name, needs: [broker], open }));
}

/** Not awaited: its outcome is logged and published with those of other reloads. */
function reload(reloads: ReloadService, reason: string): void {
  reloads.reload(reason).catch(() => undefined);
}
