import type { SectionClass } from '../../sections/index.js';
import { compilePathPattern, foldedKeys, kindOfThrown, type ConfigLogger } from '../../core/index.js';
import type { Generation } from '../generation/index.js';
import {
  checkEventType,
  type ConfigChanged,
  type ConfigEvent,
  type ConfigEventType,
  type LeafChange,
  type SectionChange,
} from './config-event.js';

/** Called with an event. Its errors are reported and do not stop other listeners. */
export type ConfigEventListener<E extends ConfigEvent = ConfigEvent> = (event: E) => unknown;

/** Called with a section's new instance, the one before, and the event. */
export type SectionChangeListener<T extends object> = (current: T, previous: T, event: ConfigChanged) => unknown;

/** Called with those changes of an event whose path was asked for. */
export type PathChangeListener = (changes: readonly LeafChange[], event: ConfigChanged) => unknown;

/** Called with those sections of a domain that have changed. */
export type DomainChangeListener = (sections: readonly SectionChange[], event: ConfigChanged) => unknown;

/** A section to listen to: its class, or which use of it, as which module or component sees it. */
export type SectionTarget<T extends object = object> = SectionClass<T> | SectionInScope<T>;

/** A use of a section: the shared one, or that of a module or component. */
export interface SectionInScope<T extends object = object> {
  readonly target: SectionClass<T>;
  readonly name?: string | undefined;
  /** `billing`, `billing/invoices`. */
  readonly scope?: string | undefined;
}

/** How long a subscription lasts. */
export interface SubscribeOptions {
  /** Ends the subscription. */
  readonly signal?: AbortSignal | undefined;
}

/** The generations between which a `ConfigChanged` lies. */
export interface ChangedGenerations {
  readonly current: Generation;
  readonly previous: Generation;
}

export interface Notice {
  readonly event: ConfigEvent;
  /** Only with a `ConfigChanged`. */
  readonly generations: ChangedGenerations | undefined;
}

export interface Receiver {
  offer(notice: Notice): void;
  /** Ends it and drops what waits. */
  stop(): void;
  /** Ends it because no more will come. */
  finish(): void;
}

/** How a listener is to be called for what has happened; `undefined` when it is not. */
export type CallFor = (notice: Notice) => (() => unknown) | undefined;

export function callForAll(listener: ConfigEventListener): CallFor {
  return ({ event }) =>
    () =>
      listener(event);
}

/** @throws TypeError when no event has the type. */
export function callForType(type: ConfigEventType, listener: ConfigEventListener): CallFor {
  checkEventType(type);
  return ({ event }) => (event.type === type ? () => listener(event) : undefined);
}

export function callForSection<T extends object>(
  { target, name, scope }: SectionInScope<T>,
  listener: SectionChangeListener<T>,
): CallFor {
  return ({ event, generations }) => {
    if (event.type !== 'ConfigChanged' || event.tenant !== undefined || generations === undefined) return undefined;
    const isAsked = (changed: SectionChange): boolean =>
      changed.target === target && changed.name === name && changed.scope === undefined;
    // A module sees a change of what it does not override, too.
    if (scope === undefined && !event.sections.some(isAsked)) return undefined;
    // Read now: a late listener still receives every change, without keeping whole generations alive.
    const [current, previous] = [generations.current, generations.previous]
      .map((generation) => (scope === undefined ? generation : generation.view(scope)))
      // The instance at a section's index was made from that section's class.
      .map((generation) => generation.instanceAt(generation.indexOf(target, name)) as T | undefined);
    if (current === undefined || previous === undefined || (scope !== undefined && current === previous))
      return undefined;
    return () => listener(current, previous, event);
  };
}

/** @throws TypeError when the pattern cannot be read. */
export function callForPath(pattern: string, listener: PathChangeListener): CallFor {
  const matches = compileChangePattern(pattern);
  return ({ event }) => {
    if (event.type !== 'ConfigChanged' || event.tenant !== undefined) return undefined;
    const changes = Object.freeze(event.sections.flatMap((section) => section.changes.filter(matches)));
    return changes.length === 0 ? undefined : () => listener(changes, event);
  };
}

/**
 * A function that checks whether a change is at a path of a pattern.
 *
 * @throws TypeError naming the option when the string is no pattern.
 */
export function compileChangePattern(text: string): (change: LeafChange) => boolean {
  const matches = compilePathPattern(text);
  return (change) => matches(keysOf(change));
}

/** Every subscription asks for the keys of the same change. */
const keysByChange = new WeakMap<LeafChange, readonly string[]>();

function keysOf(change: LeafChange): readonly string[] {
  let keys = keysByChange.get(change);
  if (keys === undefined) keysByChange.set(change, (keys = foldedKeys(change.path)));
  return keys;
}

export function callForDomain(domain: string, listener: DomainChangeListener): CallFor {
  return ({ event }) => {
    if (event.type !== 'ConfigChanged' || event.tenant !== undefined) return undefined;
    const sections = Object.freeze(event.sections.filter((section) => section.domain === domain));
    return sections.length === 0 ? undefined : () => listener(sections, event);
  };
}

/** Called with what a listener threw or rejected with, and the event that it was called for. */
export type ListenerErrorCallback = (error: unknown, event: ConfigEvent) => void;

/** Reports a failed listener to the log, and its error to the application. Throws nothing. */
export function reportFailure(
  error: unknown,
  event: ConfigEvent,
  logger: Required<ConfigLogger>,
  callback: ListenerErrorCallback | undefined,
): void {
  const { type, generation, sequence } = event;
  // What was thrown may quote settings, so only its kind is logged.
  const kind = kindOfThrown(error);
  const log = (message: string): void => {
    const fields = { type, generation, sequence, error: kind };
    logger.log({ level: 'error', event: 'config.listener.failed', message, fields });
  };
  log(`A listener to ${type} failed with ${kind}; the other listeners are called all the same.`);
  try {
    callback?.(error, event);
  } catch {
    log(`onListenerError itself failed when it was called for a listener to ${type}.`);
  }
}
