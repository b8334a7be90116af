import { inject } from 'inversify';
import { option, type OptionKinds, readOptions, sortOf } from '../../core/index.js';
import {
  handleIdentifier,
  type HandleIdentifier,
  type ModuleResource,
  type ResourceHost,
} from '../../container/index.js';
import type { SectionTarget } from '../../runtime/index.js';
import {
  defineResource,
  orDefaults,
  readWhenNeeded,
  sectionLike,
  ServiceDefinition,
  type ManagedResource,
  type ServiceLife,
  type ServiceParts,
} from '../resources/index.js';
import { type Ask, askOn, makeTables } from '../tables/index.js';
import {
  DatabaseDefinition,
  unitOfWork,
  type EventOutbox,
  type EventStore,
  type Transactor,
  type UnitOfWork,
} from '../transactions/index.js';
import { raisedEvent, type EventTerms, type OutboxEvent, type RaisedEvent } from './outbox-event.js';
import { OutboxRelay, type EventPublisher } from './outbox-relay.js';
import { OutboxSettings } from './outbox-settings.js';
import { outboxStatements, OutboxTables } from './outbox-tables.js';

/** What {@link outbox} takes. */
export interface OutboxOptions<P, K> {
  /** Names it in errors, logs, health and metrics; default: the name of the database and `outbox`. */
  readonly name?: string;
  /** The database that it is in, which is that of the unit of work. */
  readonly over: DatabaseDefinition<P, K>;
  /** The section with its settings; their defaults when absent. */
  readonly from?: SectionTarget<OutboxSettings>;
  /** Where events come from, as CloudEvents have it: a URI or a path, `/orders`. */
  readonly source: string;
  /** Where events are published: a broker, or what publishes. Without it they wait for a process that has it. */
  readonly to?: EventPublisher | ModuleResource;
  /** The key of an event that is raised without one, in whose order it is delivered; default: none. */
  readonly key?: (event: object) => string | undefined;
}

/** An event that could not be delivered. */
export interface ParkedEvent {
  readonly event: OutboxEvent;
  readonly attempts: number;
  /** What was thrown last: its kind and code. */
  readonly problem: string;
}

/** The health of an outbox. Plain data without secrets. */
export interface OutboxHealth {
  readonly name: string;
  /** `degraded`: events are parked. `unhealthy`: the broker or the database cannot be reached. */
  readonly status: 'healthy' | 'degraded' | 'unhealthy';
  readonly problem?: string;
  /** Events that wait; 10,000 for that many and more. */
  readonly waiting: number;
  /** Milliseconds that the oldest of them has waited. */
  readonly oldest: number;
  readonly parked: number;
  /** Whether this process publishes them. */
  readonly relay: 'running' | 'paused' | 'elsewhere';
}

/** Events to be published. Inject it with `@InjectOutbox`; subpath: `uno-config/outbox`. */
export interface Outbox {
  readonly name: string;
  /** Never rejects. */
  health(): Promise<OutboxHealth>;
  /** Events that could not be delivered, oldest first; 100 at most by default. */
  parked(limit?: number): Promise<readonly ParkedEvent[]>;
  /** Lets a parked event be published with the next number of its key, after all that have gone on; false for an id that is not parked. */
  retry(id: string): Promise<boolean>;
  /** Forgets a parked event; false for an id that is not parked. */
  discard(id: string): Promise<boolean>;
  /** Resolves when nothing waits to be published; rejects when the signal aborts. */
  drained(signal?: AbortSignal): Promise<void>;
}

/**
 * What {@link outbox} gives; list it in the `resources` of a module, and hand it to `unitOfWork`. Subpath:
 * `uno-config/outbox`.
 */
export class OutboxDefinition<K> extends ServiceDefinition implements EventOutbox<K> {
  declare public readonly writesOn?: (client: K) => void;
  public readonly over: ModuleResource;

  /** Made by `outbox`. */
  public constructor(over: ModuleResource, parts: ServiceParts) {
    super(parts);
    this.over = over;
    Object.freeze(this);
  }
}

const OPTIONS = {
  name: option.name,
  over: option.required(
    option.kind(
      'what pg(…) or mysql(…) gives',
      (value) => value instanceof DatabaseDefinition && !value.isOfTenants,
      (value) =>
        value instanceof DatabaseDefinition
          ? 'what tenantDatabase(…) gives: an outbox is in one database, and tenants may have many. Give the one that it is over, and raise events in a unit of work over that one'
          : sortOf(value),
    ),
  ),
  from: sectionLike(OutboxSettings),
  source: option.required(option.name),
  to: option.object,
  key: option.or(option.callback, () => undefined),
} satisfies OptionKinds<OutboxOptions<unknown, unknown>>;

/**
 * An outbox: events that a transaction raises are kept in its database, and published after the commit, at least once, in
 * the order of their keys. Subpath: `uno-config/outbox`.
 *
 * @throws TypeError naming an option that cannot be used.
 *
 * @example
 * ```ts
 * import { pg, PostgresSettings } from 'uno-config/databases/pg';
 * import { unitOfWork } from 'uno-config/transactions';
 *
 * const database = pg({ name: 'orders', from: PostgresSettings });
 * const events = outbox({ over: database, source: '/orders', to: { publish: async (event) => console.log(event.type) } });
 * const work = unitOfWork({ over: database, outbox: events });
 * ```
 */
export function outbox<P, K>(options: OutboxOptions<P, K>): OutboxDefinition<K> {
  const { over, from, source, to, key, name = `${over.name} outbox` } = readOptions('outbox', options, OPTIONS);
  const broker = to !== undefined && isResource(to) ? to : undefined;
  if (to !== undefined && broker === undefined && typeof Reflect.get(to, 'publish') !== 'function') {
    throw new TypeError('outbox: to must be a broker, or have publish(event, { key }).');
  }
  // Its connections are handed back to it.
  const transactor = over.transactor as Transactor<unknown, K>;
  const client = defineResource<OutboxTables, OutboxSettings, { database: typeof over }>({
    name,
    ...(from !== undefined && { from }),
    needs: { database: over },
    create: async ({ settings, needs }) => {
      const { table, createTables } = orDefaults(settings, DEFAULTS);
      const statements = createTables ? outboxStatements(transactor.dialect, table) : [];
      await makeTables(transactor, needs.database, statements, [table, `${table}_key`, `${table}_part`]);
      return new OutboxTables(transactor.dialect, table);
    },
    hot: HOT,
  });
  const relays = unitOfWork({ over: over as DatabaseDefinition<unknown, object>, name: `${name} relay` });
  return new OutboxDefinition<K>(over, {
    kind: 'outbox',
    client,
    beside: broker === undefined ? [] : [broker],
    open: ({ host, client: resource, settings: read }: ServiceLife<OutboxTables, OutboxSettings>) => {
      const settings = (): OutboxSettings => read() ?? DEFAULTS;
      // What the definition of the unit of work gives, on connections of a K.
      const work = relays.open({ ...host, value: () => undefined }).handle as UnitOfWork<K>;
      const publisher =
        broker === undefined ? (to as EventPublisher | undefined) : (host.handleOf(broker) as EventPublisher);
      const tables = (): OutboxTables => resource.current;
      const relay = publisher && new OutboxRelay({ name, work, transactor, publisher, host, settings, tables });
      const terms = { source, keyOf: key, now: () => host.clock.now() };
      return {
        handle: liveOutbox<K>({ name, work, transactor, relay, resource, settings, terms, host }),
        committed: () => relay?.adjust(),
        stop: async () => relay?.stop(),
      };
    },
  });
}

const DEFAULTS = Object.freeze(new OutboxSettings());

/** What takes effect at once. */
const HOT = readWhenNeeded(
  'paused',
  'concurrency',
  'batch',
  'poll',
  'publishTimeout',
  'retry',
  'keyRetention',
  'parkedRetention',
  'cleanUp',
);

function isResource(to: object): to is ModuleResource {
  return 'open' in to && 'identifier' in to;
}

interface LiveParts<K> {
  readonly name: string;
  readonly work: UnitOfWork<K>;
  readonly transactor: Transactor<unknown, K>;
  readonly relay: OutboxRelay<K> | undefined;
  readonly resource: ManagedResource<OutboxTables>;
  readonly settings: () => OutboxSettings;
  readonly terms: EventTerms;
  readonly host: Pick<ResourceHost, 'clock'>;
}

function liveOutbox<K>(parts: LiveParts<K>): Outbox & EventStore<K> {
  const { name, work, transactor, relay, resource, settings, terms, host } = parts;

  const askIn = async <R>(propagation: 'required' | 'supports', act: (ask: Ask) => Promise<R>): Promise<R> =>
    work.run({ propagation, as: 'the outbox' }, async ({ client }) => act(askOn(transactor, client)));

  const counts = async () => askIn('supports', async (ask) => resource.current.count(ask));

  return Object.freeze<Outbox & EventStore<K>>({
    name,
    accept: (event, options) => raisedEvent(event, options, terms),
    write: async (client, accepted) => {
      // What accept has given.
      await resource.current.write(askOn(transactor, client), accepted as readonly RaisedEvent[]);
    },
    written: () => relay?.wake(),
    health: async () => {
      const relayed = relay === undefined ? 'elsewhere' : settings().paused ? 'paused' : 'running';
      try {
        const known = { name, ...(await counts()), relay: relayed } as const;
        if (relay?.problem !== undefined) return { ...known, status: 'unhealthy', problem: relay.problem };
        if (known.parked === 0) return { ...known, status: 'healthy' };
        const events = known.parked === 1 ? 'An event is' : `${String(known.parked)} events are`;
        return { ...known, status: 'degraded', problem: `${events} parked: the broker would not have them.` };
      } catch {
        const problem = 'Its database does not answer, or it is closed.';
        return { name, status: 'unhealthy', problem, waiting: 0, oldest: 0, parked: 0, relay: relayed };
      }
    },
    parked: async (limit = 100) => {
      option.count().read(limit, 'parked: limit');
      const events = await askIn('supports', async (ask) => resource.current.parked(ask, limit));
      // Written by raisedEvent.
      return events.map(({ event, attempts, problem }) => ({
        event: JSON.parse(event) as OutboxEvent,
        attempts,
        problem,
      }));
    },
    retry: async (id) => {
      const { current: tables } = resource;
      const isThere = await askIn('required', async (ask) => {
        const event = await tables.unpark(ask, id);
        if (event !== undefined) await tables.write(ask, [event]);
        return event !== undefined;
      });
      relay?.wake();
      return isThere;
    },
    discard: async (id) => {
      const { current: tables } = resource;
      return askIn('required', async (ask) => (await tables.unpark(ask, id)) !== undefined);
    },
    drained: async (signal) => {
      for (;;) {
        signal?.throwIfAborted();
        if ((await counts()).waiting === 0) return;
        relay?.wake();
        await new Promise<void>((resolve) => host.clock.after(LOOK, resolve, { keepAlive: true }));
      }
    },
  });
}

/** Milliseconds between looks at an outbox that is to be empty. */
const LOOK = 20;

/**
 * A typed service identifier: `container.get(identifier)` is an `Outbox`. At run time it is a symbol.
 */
export type OutboxIdentifier = HandleIdentifier<Outbox>;

/**
 * The service identifier of an outbox; for `container.get(outboxIdentifier(definition))`. Subpath: `uno-config/outbox`.
 *
 * @throws TypeError when `definition` is not what `outbox` gives.
 */
export function outboxIdentifier<K>(definition: OutboxDefinition<K>): OutboxIdentifier {
  return handleIdentifier<Outbox>(definition, 'InjectOutbox', 'outbox(…)');
}

/**
 * Injects the {@link Outbox} of a definition into a constructor parameter or property. Subpath: `uno-config/outbox`.
 *
 * @throws TypeError when `definition` is not what `outbox` gives.
 */
export function InjectOutbox<K>(
  definition: OutboxDefinition<K>,
): MethodDecorator & ParameterDecorator & PropertyDecorator {
  return inject(outboxIdentifier(definition));
}
