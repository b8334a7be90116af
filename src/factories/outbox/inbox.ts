import { inject } from 'inversify';
import { option, type OptionKinds, readOptions, sortOf } from '../../core/index.js';
import { handleIdentifier, type HandleIdentifier } from '../../container/index.js';
import type { SectionTarget } from '../../runtime/index.js';
import {
  defineResource,
  orDefaults,
  readWhenNeeded,
  sectionLike,
  ServiceDefinition,
  type ResourceDefinition,
  type ServiceLife,
} from '../resources/index.js';
import { askOf, makeTables } from '../tables/index.js';
import { UnitOfWorkDefinition, type Transaction, type UnitOfWork } from '../transactions/index.js';
import { cleanUpOf } from './clean-up.js';
import { inboxStatements, inboxTables, type InboxTables } from './inbox-tables.js';
import type { NumberedEvent } from './outbox-event.js';
import { InboxSettings } from './outbox-settings.js';

/** What {@link inbox} takes. */
export interface InboxOptions<C> {
  /** Who receives: what one has taken, another one still takes. Names it in errors and logs, too. */
  readonly consumer: string;
  /** The unit of work that events are handled in. */
  readonly over: UnitOfWorkDefinition<C>;
  /** The section with its settings; their defaults when absent. */
  readonly from?: SectionTarget<InboxSettings>;
}

/** Takes each event once. Inject it with `@InjectInbox`; subpath: `uno-config/outbox`. */
export interface Inbox<C> {
  readonly consumer: string;
  /**
   * Handles an event in a transaction that also remembers it, or joins the one that is open. An event that was taken
   * before, and one whose number is not above the last one of its key, is not handled.
   *
   * @returns whether it was handled
   * @throws TypeError for an event that cannot be told from others; ConfigError as `UnitOfWork.run`; and what the handler throws: then it was not taken.
   */
  once(event: NumberedEvent, handle: (transaction: Transaction<C>) => unknown): Promise<boolean>;
}

type InboxLife = ServiceLife<InboxTables, InboxSettings>;

/** What {@link inbox} gives; list it in the `resources` of a module. Subpath: `uno-config/outbox`. */
export class InboxDefinition<C> extends ServiceDefinition {
  /** What its transactions give, for the compiler; not there at run time. */
  declare public readonly client?: C;

  /** Made by `inbox`. */
  public constructor(consumer: string, work: UnitOfWorkDefinition<C>, client: ResourceDefinition<InboxTables>) {
    super({
      kind: 'inbox',
      client,
      beside: [work],
      // What the definition of a unit of work gives.
      open: (life: InboxLife) => ({ handle: liveInbox(consumer, life.host.handleOf(work) as UnitOfWork<C>, life) }),
    });
    Object.freeze(this);
  }
}

const OPTIONS = {
  consumer: option.required(option.name),
  over: option.required(
    option.kind(
      'what unitOfWork(…) gives, over pg(…) or mysql(…)',
      (value) => value instanceof UnitOfWorkDefinition && !value.over.isOfTenants,
      (value) =>
        value instanceof UnitOfWorkDefinition
          ? 'one over tenantDatabase(…): an inbox is in one database, and tenants may have many. Give one over the database below, and handle events of tenants so that they may come twice'
          : sortOf(value),
    ),
  ),
  from: sectionLike(InboxSettings),
} satisfies OptionKinds<InboxOptions<unknown>>;

/**
 * An inbox: events that come more than once, as they do from every outbox and broker, are handled once, by the number of
 * their key or by their id. Subpath: `uno-config/outbox`.
 *
 * @throws TypeError naming an option that cannot be used.
 *
 * @example
 * ```ts
 * import { pg, PostgresSettings } from 'uno-config/databases/pg';
 * import { unitOfWork } from 'uno-config/transactions';
 *
 * const work = unitOfWork({ over: pg({ name: 'billing', from: PostgresSettings }) });
 * const received = inbox({ consumer: 'billing', over: work });
 * ```
 */
export function inbox<C>(options: InboxOptions<C>): InboxDefinition<C> {
  const { consumer, over: work, from } = readOptions('inbox', options, OPTIONS);
  const { over } = work;
  const { transactor } = over;
  const name = `inbox of ${consumer}`;
  const client = defineResource<InboxTables, InboxSettings, { database: typeof over }>({
    name,
    ...(from !== undefined && { from }),
    needs: { database: over },
    create: async ({ settings, needs }) => {
      const { table, createTables } = orDefaults(settings, DEFAULTS);
      const statements = createTables ? inboxStatements(transactor.dialect, table) : [];
      await makeTables(transactor, needs.database, statements, [table, `${table}_id`]);
      return inboxTables(transactor.dialect, table, consumer);
    },
    hot: readWhenNeeded('retention', 'cleanUp'),
  });
  return new InboxDefinition(consumer, work, client);
}

const DEFAULTS = Object.freeze(new InboxSettings());

function liveInbox<C>(consumer: string, work: UnitOfWork<C>, { client, settings, host }: InboxLife): Inbox<C> {
  const cleanUp = cleanUpOf('inbox', client.name, host);
  return {
    consumer,
    once: async (event, handle) => {
      const { current: tables } = client;
      const isTaken = await work.run({ as: `the inbox of ${consumer}` }, async (transaction) => {
        const isNew = await tables.take(askOf(transaction), event);
        if (isNew) await handle(transaction);
        return isNew;
      });
      const { cleanUp: every, retention } = settings() ?? DEFAULTS;
      await cleanUp(every.milliseconds, async () =>
        work.run({ propagation: 'supports', as: 'the clean-up of the inbox' }, async (transaction) =>
          tables.cleanUp(askOf(transaction), retention.milliseconds),
        ),
      );
      return isTaken;
    },
  };
}

/**
 * A typed service identifier: `container.get(identifier)` is an `Inbox<C>`. At run time it is a symbol.
 */
export type InboxIdentifier<C> = HandleIdentifier<Inbox<C>>;

/**
 * The service identifier of an inbox; for `container.get(inboxIdentifier(definition))`. Subpath: `uno-config/outbox`.
 *
 * @throws TypeError when `definition` is not what `inbox` gives.
 */
export function inboxIdentifier<C>(definition: InboxDefinition<C>): InboxIdentifier<C> {
  return handleIdentifier<Inbox<C>>(definition, 'InjectInbox', 'inbox(…)');
}

/**
 * Injects the {@link Inbox} of a definition into a constructor parameter or property. Subpath: `uno-config/outbox`.
 *
 * @throws TypeError when `definition` is not what `inbox` gives.
 */
export function InjectInbox(
  definition: InboxDefinition<unknown>,
): MethodDecorator & ParameterDecorator & PropertyDecorator {
  return inject(inboxIdentifier(definition));
}
