import type { ConfigError } from '../../core/index.js';
import type { LeafChange, SectionChange } from '../generation/index.js';

export type { LeafChange, SectionChange };

/** The fields of every event. */
interface EventFacts {
  /** When it happened, in milliseconds since 1970. */
  readonly time: number;
  /** The number of the generation that is current after it. */
  readonly generation: number;
  /** Counts up from 1 with every event of one {@link ConfigEvents}. */
  readonly sequence: number;
}

/** A new generation is current. */
export interface ConfigChanged extends EventFacts {
  readonly type: 'ConfigChanged';
  /** The number of the generation that was current before. */
  readonly previous: number;
  /** What asked for the reload, in words: `config/app.yaml changed`, `SIGHUP`, `rollback to 3`. */
  readonly reason: string;
  /** The sections that changed, in the order of their declaration. */
  readonly sections: readonly SectionChange[];
  /** The id of the tenant whose settings these are, with generations of its own; absent for those of the base. */
  readonly tenant?: string;
}

/** A reload failed; the current generation stays. */
export interface ConfigReloadRejected extends EventFacts {
  readonly type: 'ConfigReloadRejected';
  readonly reason: string;
  readonly error: ConfigError;
  /** How many reloads in a row have been rejected, this one included. */
  readonly attempt: number;
  /** The id of the tenant that keeps what it has; absent for the base. */
  readonly tenant?: string;
}

/** A reload found nothing new; the current generation stays. */
export interface ConfigUnchanged extends EventFacts {
  readonly type: 'ConfigUnchanged';
  readonly reason: string;
}

/**
 * Settings that keep their value until the next start have been given another one. Named unlike its type, which is also
 * the decorator's name.
 */
export interface RestartRequiredEvent extends EventFacts {
  readonly type: 'RestartRequired';
  /** Canonical dotted paths. */
  readonly paths: readonly string[];
}

/** A source cannot be read; its last answer stays in use. */
export interface SourceStale extends EventFacts {
  readonly type: 'SourceStale';
  /** The source's name. */
  readonly source: string;
  /** When it was read for the last time, in milliseconds since 1970. */
  readonly since: number;
  readonly error: ConfigError;
}

/** A source that was stale can be read again. */
export interface SourceRecovered extends EventFacts {
  readonly type: 'SourceRecovered';
  /** The source's name. */
  readonly source: string;
  /** How long it was stale, in milliseconds. */
  readonly after: number;
}

/**
 * Changes to the settings while a program runs, as frozen data discriminated by `type`. Values are safe to show.
 * Subpath: `uno-config`.
 *
 * @example
 * ```ts
 * function headline(event: ConfigEvent): string {
 *   if (event.type === 'ConfigChanged') return `generation ${event.generation}: ${event.reason}`;
 *   return event.type === 'ConfigReloadRejected' ? event.error.message : event.type;
 * }
 * ```
 */
export type ConfigEvent =
  ConfigChanged | ConfigReloadRejected | ConfigUnchanged | RestartRequiredEvent | SourceStale | SourceRecovered;

/** The discriminant of events. */
export type ConfigEventType = ConfigEvent['type'];

/** The event of a type. */
export type ConfigEventOf<T extends ConfigEventType> = Extract<ConfigEvent, { readonly type: T }>;

/** An event before it is published, which gives it its number. */
export type UnpublishedEvent<E extends ConfigEvent = ConfigEvent> = E extends ConfigEvent ? Omit<E, 'sequence'> : never;

const TYPES: Readonly<Record<ConfigEventType, true>> = {
  ConfigChanged: true,
  ConfigReloadRejected: true,
  ConfigUnchanged: true,
  RestartRequired: true,
  SourceStale: true,
  SourceRecovered: true,
};

/** @throws TypeError when no event has the type. */
export function checkEventType(type: string): void {
  if (Object.hasOwn(TYPES, type)) return;
  throw new TypeError(`type: there is no event "${type}"; one of ${Object.keys(TYPES).join(', ')}.`);
}
