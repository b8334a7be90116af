import { option, type OptionKinds, readOptions } from '../../core/index.js';
import { ModuleDefinition, type ModuleResource, type ResourceHost } from '../../container/index.js';
import type { ConfigChanged, SectionChange } from '../../runtime/index.js';
import { numbered, raisedEvent } from './outbox-event.js';
import type { EventPublisher } from './outbox-relay.js';

/** What {@link domainEvents} takes. */
export interface DomainEventsOptions<E extends object> {
  /** Whose changes: the `domain` of sections. Names it in errors and logs, too. */
  readonly domain: string;
  /** Makes events of your own of the sections of the domain that a commit has changed; none for `undefined` or an empty list. */
  readonly map: (sections: readonly SectionChange[], event: ConfigChanged) => E | readonly E[] | undefined;
  /** A function that is given each event as it is; or a broker, or what publishes, that is given it as a CloudEvent. */
  readonly to: ((event: E) => unknown) | EventPublisher | ModuleResource;
  /** Where events come from, as CloudEvents have it: a URI or a path, `/orders`; needed but for a function. */
  readonly source?: string;
  /** The key of an event, in whose order a broker delivers it; default: none. */
  readonly key?: (event: E) => string | undefined;
}

const OPTIONS = {
  domain: option.required(option.name),
  map: option.required(option.callback),
  to: option.required(option.either(option.callback, option.object)),
  source: option.name,
  key: option.callback,
} satisfies OptionKinds<DomainEventsOptions<object>>;

/** What {@link domainEvents} gives; list it in the `resources` of a module. Subpath: `uno-config/outbox`. */
export class DomainEventsDefinition extends ModuleDefinition {
  declare public readonly kind: 'domain events';

  /** Made by `domainEvents`. */
  public constructor(domain: string, broker: ModuleResource | undefined, begin: (host: ResourceHost) => void) {
    super({
      kind: 'domain events',
      name: `domain events of ${domain}`,
      needs: broker === undefined ? [] : [broker],
      open: (host) => {
        begin(host);
        return { handle: this, prepare: async () => Promise.resolve({}) };
      },
    });
    Object.freeze(this);
  }
}

/**
 * Changes of the configuration of a domain as events of your own classes: what a commit has changed is mapped, and handed on
 * one after the other, after the settings have moved. What the mapper or the receiver throws is logged as
 * `config.listener.failed`. Subpath: `uno-config/outbox`.
 *
 * @throws TypeError naming an option that cannot be used.
 *
 * @example
 * ```ts
 * class LimitsChanged {
 *   public constructor(public readonly paths: readonly string[]) {}
 * }
 *
 * const limits = domainEvents({
 *   domain: 'sales',
 *   map: (sections) => new LimitsChanged(sections.flatMap(({ changes }) => changes.map(({ path }) => path))),
 *   to: (event) => report(event.paths),
 * });
 * ```
 */
export function domainEvents<E extends object>(options: DomainEventsOptions<E>): DomainEventsDefinition {
  // What is mapped is handed to functions that came with the mapper.
  const read = readOptions('domainEvents', options as unknown as DomainEventsOptions<object>, OPTIONS);
  const { domain, map, to, source, key = () => undefined } = read;
  const broker = 'open' in to && 'identifier' in to ? to : undefined;
  if (typeof to !== 'function') {
    if (source === undefined) throw new TypeError('domainEvents: source must be given where to is not a function.');
    if (broker === undefined && typeof Reflect.get(to, 'publish') !== 'function') {
      throw new TypeError('domainEvents: to must be a function, a broker, or have publish(event, { key }).');
    }
  }
  return new DomainEventsDefinition(domain, broker, (host) => {
    const hand = async (event: object): Promise<void> => {
      if (typeof to === 'function') {
        await to(event);
        return;
      }
      // Checked above.
      const publisher = (broker === undefined ? to : host.handleOf(broker)) as EventPublisher;
      const raised = raisedEvent(event, {}, { source: source ?? '', keyOf: key, now: () => host.clock.now() });
      await publisher.publish(numbered(raised.event, undefined), raised.key === undefined ? {} : { key: raised.key });
    };
    host.onRunning(({ reloads }) => {
      reloads.events.onDomain(domain, async (sections, event) => {
        const mapped = map(sections, event) ?? [];
        for (const one of Array.isArray(mapped) ? (mapped as readonly object[]) : [mapped]) await hand(one);
      });
    });
  });
}
