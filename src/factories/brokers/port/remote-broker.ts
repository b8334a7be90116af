import { option, readOptions, thrownInWords, type ConfigLogger } from '../../../core/index.js';
import { sectionLike, type CreateContext } from '../../resources/index.js';
import type { SectionClass } from '../../../sections/index.js';
import { BROKER_OPTIONS, defineBroker, type BrokerDefinition, type BrokerOptions } from './broker-definition.js';
import { topologyDiffers } from './broker-errors.js';
import type { BrokerLink } from './broker-link.js';
import type { TopologyDifference } from './event-broker.js';
import type { RemoteBrokerSettings } from './remote-broker-settings.js';

/** What `rabbitmq` and its like take; `D` is what they ask of the driver. Subpath: `uno-config/brokers`. */
export interface RemoteBrokerOptions<S extends RemoteBrokerSettings, D> extends Pick<
  BrokerOptions<S>,
  'name' | 'from' | 'lazy' | 'probeTimeout' | 'drainTimeout'
> {
  /** Gives the packages of the driver; default: they are imported by their names. */
  readonly driver?: () => D | Promise<D>;
}

interface Adapter<S extends RemoteBrokerSettings, D> {
  /** The function that the caller wrote. */
  readonly call: string;
  readonly settings: SectionClass;
  readonly load: () => Promise<D>;
  readonly connect: (driver: D, context: AdapterContext<S>) => Promise<RemoteLink>;
}

/** What an adapter supplies: a link that compares what the settings declare, and makes what is missing where it is to. */
export interface RemoteLink extends Omit<BrokerLink, 'verify'> {
  compare(makes: boolean): Promise<readonly TopologyDifference[]>;
}

export function missing(what: string): TopologyDifference {
  return { kind: 'missing', what, how: 'it is declared, and is not at the broker' };
}

export function different(what: string, part: string): TopologyDifference {
  return { kind: 'different', what, how: `its ${part} is declared otherwise than it is at the broker` };
}

interface AdapterContext<S> extends CreateContext<S, Readonly<Record<string, never>>> {
  readonly log: (kind: string, error: unknown) => void;
}

/** A broker on a server, whose topology is there as soon as its client is. */
export function remoteBroker<S extends RemoteBrokerSettings, D>(
  options: RemoteBrokerOptions<S, D>,
  { call, settings: base, load, connect }: Adapter<S, D>,
): BrokerDefinition {
  const kinds = { ...BROKER_OPTIONS, from: option.required(sectionLike(base)), driver: option.callback };
  readOptions<RemoteBrokerOptions<S, D>, typeof kinds>(call, options, kinds);
  const { driver = load, ...rest } = options;
  return defineBroker<S>({
    ...rest,
    connect: async (context) => {
      const link = await connect(await driver(), { ...context, log: connectionLog(context.name, context.logger) });
      try {
        const differences = await link.compare(context.settings.topology === 'create');
        if (differences.length > 0) throw topologyDiffers(context.name, differences);
        return { ...link, verify: async () => link.compare(false) };
      } catch (error) {
        await link.close();
        throw error;
      }
    },
  });
}

/** Only the kind of the broker's error is logged: its message may quote credentials. */
function connectionLog(name: string, logger: ConfigLogger): (kind: string, error: unknown) => void {
  return (event, error) => {
    const kind = thrownInWords(error);
    const message = `A connection of ${name} was lost and is being reopened: ${kind}.`;
    logger.log({ level: 'warn', event: `config.broker.${event}`, message, fields: { broker: name, kind } });
  };
}
