import { multiInject, optional, postConstruct, preDestroy } from 'inversify';
import { ConfigError, scopeLevels } from '../core/index.js';
import { ConfigEvents, type ConfigChanged, type SectionInScope, type SectionTarget } from '../runtime/index.js';
import { type InjectionOptions, scopeOf } from './inject-section.js';
import type { SectionClass } from '../sections/index.js';

/** A method that {@link OnConfigChange} can decorate. */
export type ConfigChangeMethod<T extends object> = (current: T, previous: T, event: ConfigChanged) => unknown;

interface ChangeHandler {
  readonly method: string | symbol;
  readonly target: SectionClass;
  readonly name: string | undefined;
  readonly scope: string | undefined;
}

/** What the decorator wrote on a prototype: its handlers. */
const HANDLERS = Symbol.for('uno-config.on-config-change');
/** The hidden property into which Inversify injects the events; setting it subscribes the instance. */
const EVENTS = Symbol.for('uno-config.on-config-change.events');
/** The hidden step after construction that finds out that there were none. */
const CHECK = Symbol.for('uno-config.on-config-change.check');
/** The hidden step before a singleton is released. */
const RELEASE = Symbol.for('uno-config.on-config-change.release');

/**
 * Calls a method after every commit that changed a section, with the section's new instance, the one before, and the
 * `ConfigChanged` event. The method may be async; its errors are logged and do not stop other listeners. With a scope, the
 * section is the one that this module, or component of one, sees: `@OnConfigChange(HttpSettings, { scope: 'billing' })`.
 *
 * It works for services that the container makes (`to(Class)`, `toSelf()`), whatever their scope. It does not keep instances
 * alive: an instance that is garbage-collected, or a singleton that is unbound, is no longer called. A class that inherits
 * such a method needs Inversify's `@injectFromBase()`, as for every injected property. Subpath: `uno-config`.
 *
 * @throws TypeError when `section` is no settings class, the scope names no module, or the decorated member is no instance
 *   method.
 * @throws ConfigError `events-not-bound` from the container's `get` methods, when no ConfigModule is loaded;
 *   `section-not-loaded`, when the section is not among its sections.
 *
 * @example
 * ```ts
 * @injectable()
 * class RateLimiter {
 *   @OnConfigChange(HttpSettings)
 *   protected adjust(current: HttpSettings, previous: HttpSettings): void {
 *     report(previous.port, current.port);
 *   }
 * }
 * ```
 */
export function OnConfigChange<T extends object>(
  section: SectionTarget<T>,
  options: InjectionOptions = {},
): <M extends ConfigChangeMethod<T>>(
  prototype: object,
  method: string | symbol,
  descriptor: TypedPropertyDescriptor<M>,
) => void {
  const { target, name, scope = scopeOf('OnConfigChange', options) } = sectionOf(section);
  if (scope !== undefined) scopeLevels(scope);
  return (prototype, method, descriptor) => {
    // Compilers without types put decorators anywhere.
    if (
      typeof prototype === 'function' ||
      typeof (descriptor as PropertyDescriptor | undefined)?.value !== 'function'
    ) {
      throw new TypeError(
        `OnConfigChange(${target.name}): belongs on a method of the instance; ${String(method)} is none.`,
      );
    }
    ownHandlers(prototype).push({ method, target, name, scope });
  };
}

function sectionOf(section: SectionTarget): SectionInScope {
  const asked: SectionInScope = typeof section === 'object' ? section : { target: section };
  // Decorators run while modules load: in a circular import the class is still undefined, whatever its type.
  if (typeof (asked.target as unknown) === 'function') return asked;
  throw new TypeError(
    'OnConfigChange(section): name a settings class. If it is declared later in the file or imported in a circle, it is not there yet.',
  );
}

/** The handlers of this very prototype; with the first one the prototype is made to take the events. */
function ownHandlers(prototype: object): ChangeHandler[] {
  if (!Object.hasOwn(prototype, HANDLERS)) {
    Object.defineProperties(prototype, {
      [HANDLERS]: { value: [] },
      [EVENTS]: { set: subscribe, configurable: true },
      [CHECK]: { get: checkSubscribed, configurable: true },
      [RELEASE]: { value: release, configurable: true },
    });
    // Optional, because our own error then names what is missing; inversify's knows only a class's name.
    optional()(prototype, EVENTS);
    // Those of all modules, the nearest container's first.
    multiInject(ConfigEvents, { chained: true })(prototype, EVENTS);
    postConstruct()(prototype, CHECK, {});
    preDestroy()(prototype, RELEASE, {});
  }
  // Written above only.
  return Reflect.get(prototype, HANDLERS) as ChangeHandler[];
}

/** The handlers of an instance, those of its ancestors first; an overridden method that is decorated again counts once. */
function handlersOf(instance: object): readonly ChangeHandler[] {
  const handlers: ChangeHandler[] = [];
  for (let at: unknown = instance; typeof at === 'object' && at !== null; at = Object.getPrototypeOf(at)) {
    if (Object.hasOwn(at, HANDLERS)) handlers.unshift(...ownHandlers(at));
  }
  const isSame = (one: ChangeHandler, other: ChangeHandler): boolean =>
    one.method === other.method && one.target === other.target && one.name === other.name && one.scope === other.scope;
  return handlers.filter((handler, index) => handlers.findIndex((other) => isSame(handler, other)) === index);
}

/** True for a class that has itself called when a section changes: instances of it keep no old settings unawares. */
export function followsSection(consumer: unknown, { target, name, scope }: SectionInScope): boolean {
  if (typeof consumer !== 'function') return false;
  const prototype: unknown = consumer.prototype;
  if (typeof prototype !== 'object' || prototype === null) return false;
  return handlersOf(prototype).some(
    (handler) => handler.target === target && handler.name === name && handler.scope === scope,
  );
}

/** What ends the subscriptions of instances that are in use. */
const subscriptions = new WeakMap<object, AbortController>();

/** Unsubscribes instances that are gone. */
const gone = new FinalizationRegistry<AbortController>((subscription) => {
  subscription.abort();
});

function subscribe(this: object, all: readonly ConfigEvents[]): void {
  if (all.length === 0) return;
  const subscription = new AbortController();
  subscriptions.set(this, subscription);
  gone.register(this, subscription, this);
  // The events outlive their listeners, so they must not hold the instance.
  const reference = new WeakRef(this);
  try {
    for (const handler of handlersOf(this)) {
      const listener = callOf(reference, handler.method);
      subscribeToFirst(all, (events) => events.onSection(handler, listener, { signal: subscription.signal }));
    }
  } catch (error) {
    // The container does not hand out this instance, so it must not listen either.
    subscription.abort();
    throw error;
  }
}

/** A section belongs to one module, and only the events of that one take a listener for it. */
function subscribeToFirst(all: readonly ConfigEvents[], listenTo: (events: ConfigEvents) => unknown): void {
  const refusals: unknown[] = [];
  for (const events of all) {
    try {
      listenTo(events);
      return;
    } catch (error) {
      if (!ConfigError.is(error)) throw error;
      refusals.push(error);
    }
  }
  throw refusals[0];
}

function callOf(reference: WeakRef<object>, method: string | symbol): ConfigChangeMethod<object> {
  const listener: ConfigChangeMethod<object> = (current, previous, event) => {
    const instance = reference.deref();
    if (instance === undefined) return undefined;
    // The decorated method has this name; a subclass may have overridden it.
    const call = Reflect.get(instance, method) as ConfigChangeMethod<object>;
    return call.call(instance, current, previous, event);
  };
  // The log names a listener that hangs by it.
  const name = `${reference.deref()?.constructor.name ?? ''}.${String(method)}`;
  return Object.defineProperty(listener, 'name', { value: name });
}

function release(this: object): void {
  subscriptions.get(this)?.abort();
  gone.unregister(this);
}

/** Inversify looks at a step after construction before it calls it; what is thrown here reaches the caller as it is. */
function checkSubscribed(this: object): () => void {
  if (subscriptions.has(this)) return () => undefined;
  const consumer = this.constructor.name;
  throw new ConfigError({
    code: 'events-not-bound',
    message: `${consumer} has methods with @OnConfigChange, but this container has no ConfigEvents to call them.`,
    recovery: `Load a ConfigModule with "await container.loadAsync(…)" before the first get of ${consumer}.`,
  });
}
