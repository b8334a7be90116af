import { option, readOptions, type Clock, type ConfigLogger, type OptionKinds } from '../../core/index.js';
import type { SectionTarget } from '../../runtime/index.js';
import type { Duration } from '../../sections/index.js';
import type { FieldAt, FieldOf } from './field-path.js';
import type { ResourceSecrets } from './live-secrets.js';
import type { Recipe } from './recipe.js';
import { ResourceDefinition } from './resource-definition.js';

/** The clients that a resource needs, by the names under which it is given them. */
export type ResourceNeeds = Readonly<Record<string, ResourceDefinition<unknown>>>;

/** What a client is made from. */
export interface CreateContext<S, N> {
  /** The name of the resource. */
  readonly name: string;
  /** The section, frozen; `undefined` for a resource without `from`. */
  readonly settings: S;
  /** The secrets of the section. Their providers follow rotation. */
  readonly secrets: ResourceSecrets<S>;
  /** The clients in {@link ResourceOptions.needs}, by their names. */
  readonly needs: { readonly [K in keyof N]: N[K] extends ResourceDefinition<infer C> ? C : never };
  /** With `overlap: 'shrink'`, the client in use, which this one takes the place of. */
  readonly replaces: unknown;
  /** The module's logger, for events of a client. Never log a driver's message: it may quote secrets. */
  readonly logger: ConfigLogger;
  /** The time by which the module works; for what a client does by itself. */
  readonly clock: Clock;
  /** Aborts when the client is no longer needed. */
  readonly signal: AbortSignal;
}

/**
 * Sets single fields of the settings on a client that is in use. In a path, `*` is every key of a map:
 * `queues.*.maxInFlight`; it is called once for each key whose value has changed.
 */
export type HotFields<T, S> = {
  readonly [P in FieldOf<S>]?: (client: T, value: FieldAt<S, P>, settings: S) => void;
};

/** What {@link defineResource} takes. */
export interface ResourceOptions<T, S extends object, N extends ResourceNeeds> {
  /** Names it in errors, logs, health and metrics, and in access rules of secrets. */
  readonly name: string;
  /** The section that it is made from; none by default. */
  readonly from?: SectionTarget<S>;
  /** Other resources that it is made from. When one is replaced, this one is, too. */
  readonly needs?: N;
  /** Makes a client. What it throws vetoes the settings. */
  readonly create: (context: CreateContext<S, N>) => T | Promise<T>;
  /** Asks a new client whether it works, before anybody uses it, and for `health()`; throws when not. Default: it does. */
  readonly probe?: (client: T, context: { readonly signal: AbortSignal }) => unknown;
  /** Fields whose change needs no new client, and how they are set. Must not wait. Default: none. */
  readonly hot?: HotFields<T, S>;
  /** Closes a client; default: nothing is done. */
  readonly close?: (client: T) => unknown;
  /** Make it when it is first used, so that the program starts without it; default `false`. */
  readonly lazy?: boolean;
  /**
   * `full`: while one client takes the place of another, both are open with all that their settings allow. `shrink`:
   * `create` is given the client in use as `replaces`, so that the two can share a limit. Default `full`.
   */
  readonly overlap?: 'full' | 'shrink' | ((settings: S) => 'full' | 'shrink');
  /** How long one probe may take; default `5s`. */
  readonly probeTimeout?: string | Duration;
  /** How long a client that was replaced waits for its users before it is closed; default `30s`. */
  readonly drainTimeout?: string | Duration;
}

/**
 * Defines how a client is made from settings. List it under `resources` of a `ConfigModule` and inject it with
 * `@InjectResource`. Its first client is made as part of `container.loadAsync`; when its settings change, the next one is
 * made and probed before anything moves, and the old one is closed when its users are done. Subpath:
 * `uno-config/resources`.
 *
 * @throws TypeError naming an option that cannot be used.
 *
 * @example
 * ```ts
 * import { Agent } from 'node:https';
 *
 * const agent = defineResource({
 *   name: 'agent',
 *   from: HttpSettings,
 *   create: ({ settings }) => new Agent({ keepAlive: true, timeout: settings.timeout.milliseconds }),
 *   close: (agent) => agent.destroy(),
 * });
 * ```
 */
export function defineResource<T, S extends object = object, N extends ResourceNeeds = ResourceNeeds>(
  options: ResourceOptions<T, S, N>,
): ResourceDefinition<T> {
  const { from, needs, overlap, ...read } = readOptions('defineResource', options, OPTIONS);
  for (const [field, set] of Object.entries<unknown>(read.hot)) {
    if (typeof set !== 'function') throw new TypeError(`defineResource: hot.${field} must be a function.`);
  }
  for (const [need, given] of Object.entries<unknown>(needs)) {
    if (!(given instanceof ResourceDefinition)) {
      throw new TypeError(`defineResource: needs.${need} must be what defineResource(…) gives.`);
    }
  }
  const recipe = {
    ...read,
    needs: Object.keys(needs),
    overlap: typeof overlap === 'function' ? overlap : () => overlap,
  };
  // What is made and what it is made from is handed to these functions only, whose types go together.
  return new ResourceDefinition<T>(recipe as unknown as Recipe, from === undefined ? [] : [from], Object.values(needs));
}

const OPTIONS = {
  name: option.required(option.name),
  from: option.section,
  needs: option.or(option.map, {}),
  create: option.required(option.callback),
  probe: option.or(option.callback, () => undefined),
  hot: option.or(option.map, {}),
  close: option.or(option.callback, () => undefined),
  lazy: option.or(option.flag, false),
  overlap: option.or(option.either(option.oneOf('full', 'shrink'), option.callback), 'full'),
  probeTimeout: option.or(option.positiveSpan, 5_000),
  drainTimeout: option.or(option.span, 30_000),
} satisfies OptionKinds<ResourceOptions<unknown, object, ResourceNeeds>>;
