import { inject } from 'inversify';
import { option, type OptionKinds, readOptions, thrownInWords } from '../../core/index.js';
import type { ModuleResource, OpenResource, ResourceHost } from '../../container/index.js';
import type { SectionTarget } from '../../runtime/index.js';
import { defineResource, type ManagedResource, type ResourceDefinition } from '../resources/index.js';
import { UnitOfWorkDefinition, type Transaction, type UnitOfWork } from '../transactions/index.js';
import { InboxTables, inboxStatements } from './inbox-tables.js';
import { makeTables } from './make-tables.js';
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

interface InboxClient {
  settings: InboxSettings;
  readonly tables: InboxTables;
}

/** What {@link inbox} gives; list it in the `resources` of a module. Subpath: `uno-config/outbox`. */
export class InboxDefinition<C> implements ModuleResource {
  /** What its transactions give, for the compiler; not there at run time. */
  declare public readonly client?: C;
  public readonly kind = 'inbox';
  public readonly name: string;
  public readonly identifier: symbol;
  public readonly from: readonly SectionTarget[];
  public readonly needs: readonly ModuleResource[];
  readonly #open: (host: ResourceHost) => OpenResource;

  /** Made by `inbox`. */
  public constructor(
    client: ResourceDefinition<unknown>,
    work: ModuleResource,
    open: (host: ResourceHost) => OpenResource,
  ) {
    this.name = client.name;
    this.identifier = Symbol(`Inbox<${this.name}>`);
    this.from = client.from;
    this.needs = Object.freeze([...client.needs, work]);
    this.#open = open;
    Object.freeze(this);
  }

  /**
   * Called by the module that lists it.
   *
   * @internal
   */
  public open(host: ResourceHost): OpenResource {
    return this.#open(host);
  }
}

const OPTIONS = {
  consumer: option.required(option.name),
  over: option.required(option.kind('what unitOfWork(…) gives', (value) => value instanceof UnitOfWorkDefinition)),
  from: option.section,
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
  const client = defineResource<InboxClient, InboxSettings, { database: typeof over }>({
    name,
    ...(from !== undefined && { from }),
    needs: { database: over },
    create: async ({ settings: given, needs }) => {
      // There are none for a definition without a section.
      const settings = (given as InboxSettings | undefined) ?? new InboxSettings();
      const { table, createTables } = settings;
      const statements = createTables ? inboxStatements(transactor.dialect, table) : [];
      await makeTables(transactor, needs.database, statements, [table, `${table}_id`]);
      return { settings, tables: new InboxTables(transactor.dialect, table, consumer) };
    },
    hot: { retention: follow, cleanUp: follow },
  });
  return new InboxDefinition<C>(client, work, (host) => {
    const inner = client.open(host);
    return {
      // What the two definitions give.
      handle: new LiveInbox<C>(
        consumer,
        host.handleOf(work) as UnitOfWork<C>,
        inner.handle as ManagedResource<InboxClient>,
        host,
      ),
      // The database comes first; the tables are made from nothing else.
      prepare: async (context) => inner.prepare({ ...context, needs: context.needs.slice(0, 1) }),
    };
  });
}

function follow(client: InboxClient, _: unknown, settings: InboxSettings): void {
  client.settings = settings;
}

class LiveInbox<C> implements Inbox<C> {
  public readonly consumer: string;
  readonly #work: UnitOfWork<C>;
  readonly #resource: ManagedResource<InboxClient>;
  readonly #host: Pick<ResourceHost, 'clock' | 'logger'>;
  #cleanedUp = -Infinity;

  public constructor(
    consumer: string,
    work: UnitOfWork<C>,
    resource: ManagedResource<InboxClient>,
    host: Pick<ResourceHost, 'clock' | 'logger'>,
  ) {
    this.consumer = consumer;
    this.#work = work;
    this.#resource = resource;
    this.#host = host;
  }

  public async once(event: NumberedEvent, handle: (transaction: Transaction<C>) => unknown): Promise<boolean> {
    const { tables } = this.#resource.current;
    const isTaken = await this.#work.run({ as: `the inbox of ${this.consumer}` }, async (transaction) => {
      const isNew = await tables.take(async (statement, values) => transaction.ask(statement, values), event);
      if (isNew) await handle(transaction);
      return isNew;
    });
    await this.#cleanUp();
    return isTaken;
  }

  /** What fails here is tried again next time, and costs nothing but room. */
  async #cleanUp(): Promise<void> {
    const { clock, logger } = this.#host;
    const { tables, settings } = this.#resource.current;
    const now = clock.monotonic();
    if (now - this.#cleanedUp < settings.cleanUp.milliseconds) return;
    this.#cleanedUp = now;
    try {
      await this.#work.run({ propagation: 'supports', as: 'the clean-up of the inbox' }, async (transaction) =>
        tables.cleanUp(
          async (statement, values) => transaction.ask(statement, values),
          settings.retention.milliseconds,
        ),
      );
    } catch (error) {
      const problem = thrownInWords(error);
      const message = `What is old in the inbox of ${this.consumer} could not be removed: it threw ${problem}.`;
      const fields = { consumer: this.consumer, problem };
      logger.log({ level: 'warn', event: 'config.inbox.clean-up-failed', message, fields });
    }
  }
}

/**
 * A typed service identifier: `container.get(identifier)` is an `Inbox<C>`. At run time it is a symbol.
 */
export type InboxIdentifier<C> = symbol & (abstract new (...never: never[]) => Inbox<C>);

/**
 * The service identifier of an inbox; for `container.get(inboxIdentifier(definition))`. Subpath: `uno-config/outbox`.
 *
 * @throws TypeError when `definition` is not what `inbox` gives.
 */
export function inboxIdentifier<C>(definition: InboxDefinition<C>): InboxIdentifier<C> {
  // Decorators run while modules load: in a circular import the definition is still undefined, whatever its type.
  const { identifier } = (definition as InboxDefinition<C> | undefined) ?? {};
  if (typeof identifier !== 'symbol') {
    throw new TypeError(
      'InjectInbox(definition): give what inbox(…) gives. One imported in a circle is not there yet.',
    );
  }
  // The symbol is typed as an abstract class, which cannot be instantiated, so the cast is safe.
  return identifier as InboxIdentifier<C>;
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
