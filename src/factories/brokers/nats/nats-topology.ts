import { different, missing, type TopologyDifference } from '../port/index.js';
import type { NatsConsumerConfig, NatsManager, NatsStreamConfig } from './nats-types.js';
import type { NatsSettings } from './nats-settings.js';

const NANOSECONDS = 1_000_000;
/** What comes before the topics of a queue in the description of its consumer: NATS 2.9 has no other place for them. */
const TAKES = 'uno-config: ';

export interface NatsTopology {
  readonly streams: readonly NatsStreamConfig[];
  readonly consumers: readonly (readonly [stream: string, config: NatsConsumerConfig])[];
}

/** What settings declare. Pure. */
export function topologyOf(settings: NatsSettings): NatsTopology {
  const { stream, subjectPrefix: prefix, storage, replicas, queues } = settings;
  const dead = `${stream}_DEAD`;
  const same = {
    storage,
    num_replicas: replicas,
    duplicate_window: settings.duplicateWindow.milliseconds * NANOSECONDS,
  };
  const ack = { ack_policy: 'explicit', ack_wait: settings.ackWait.milliseconds * NANOSECONDS } as const;
  return {
    streams: [
      { name: stream, subjects: [`${prefix}.>`], retention: 'interest', ...same },
      { name: dead, subjects: [`${prefix}_dead.>`], retention: 'workqueue', ...same },
    ],
    consumers: Object.entries(queues).flatMap(([name, { topics, ordered }]) => {
      const [only, ...others] = topics;
      const filter = only === undefined || others.length > 0 ? undefined : subjectOf(prefix, only);
      const description = `${TAKES}${topics.join(' ')}`;
      // What is not settled yet holds everything behind it back.
      const max_ack_pending = ordered ? 1 : 10_000;
      const queue = {
        durable_name: name,
        description,
        ...ack,
        max_ack_pending,
        ...(filter !== undefined && { filter_subject: filter }),
      };
      const letters = {
        durable_name: name,
        description: `${TAKES}dead letters`,
        ...ack,
        max_ack_pending: 10_000,
        filter_subject: `${prefix}_dead.${name}.>`,
      };
      return [
        [stream, queue],
        [dead, letters],
      ] as const;
    }),
  };
}

export function subjectOf(prefix: string, topic: string): string {
  return `${prefix}.${topic.replace(/\*\*$/, '>')}`;
}

export async function topicsOf(manager: NatsManager, stream: string): Promise<readonly string[]> {
  const topics: string[] = [];
  for await (const { config } of manager.consumers.list(stream)) {
    const description: unknown = Reflect.get(config, 'description');
    if (typeof description === 'string' && description.startsWith(TAKES)) {
      topics.push(...description.slice(TAKES.length).split(' '));
    }
  }
  return topics;
}

/**
 * What is not at the server as declared; what is missing is made where that is asked for.
 *
 * @throws what the server answers besides
 */
export async function compare(
  manager: NatsManager,
  { streams, consumers }: NatsTopology,
  makes: boolean,
): Promise<readonly TopologyDifference[]> {
  const found: TopologyDifference[] = [];
  const look = async (
    what: string,
    wanted: object,
    info: () => Promise<{ readonly config: object }>,
    add: () => Promise<unknown>,
  ) => {
    const config = await info().then(
      (answer) => answer.config,
      (error: unknown) => {
        if (!isMissing(error)) throw error;
        return undefined;
      },
    );
    if (config !== undefined) {
      const entries = Object.entries(wanted);
      const [part] = entries.find(([name, value]) => !isSame(Reflect.get(config, name), value)) ?? [];
      if (part !== undefined) found.push(different(what, part));
    } else if (makes) {
      await add();
    } else {
      found.push(missing(what));
    }
  };
  for (const config of streams) {
    const { name } = config;
    await look(
      `stream ${name}`,
      config,
      async () => manager.streams.info(name),
      async () => manager.streams.add(config),
    );
  }
  for (const [stream, config] of consumers) {
    const { durable_name: name } = config;
    await look(
      `consumer ${name} of ${stream}`,
      config,
      async () => manager.consumers.info(stream, name),
      async () => manager.consumers.add(stream, config),
    );
  }
  return found;
}

function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

/** 404, or the codes of JetStream for a stream and a consumer that are not there. */
function isMissing(error: unknown): boolean {
  if (typeof error !== 'object' || error === null) return false;
  return [404, 10_014, 10_059].includes(Number(Reflect.get(error, 'code')));
}
