import { inject } from 'inversify';
import { handleIdentifier, type HandleIdentifier } from '../../../container/index.js';
import { type OpenService, ServiceDefinition, type ServiceLife, type ServiceParts } from '../../resources/index.js';

/** How one projection does. Plain data without secrets. Subpath: `uno-config/projections`. */
export interface ProjectionHealth {
  readonly name: string;
  /** The version of its tables; `undefined` before they are made. */
  readonly version?: number;
  /** As it is now, which may be for a moment other than as it is set. */
  readonly mode: 'inline' | 'async';
  /**
   * `running`, in whatever process; `paused`, by settings or by `pause`; `stopped`, by an event that it refused; `outdated`:
   * its tables are of another version than its class here; `waiting`: it has not been begun.
   */
  readonly state: 'running' | 'paused' | 'stopped' | 'outdated' | 'waiting';
  readonly isRebuilding: boolean;
  /** Events that it has to project still; 10,000 for that many and more. */
  readonly behind: number;
  /** Milliseconds since the oldest of them was appended; 0 when there is none. */
  readonly lag: number;
  readonly parked: number;
  readonly problem?: string;
}

/** The health of projections. Plain data without secrets. Subpath: `uno-config/projections`. */
export interface ProjectionsHealth {
  readonly name: string;
  /** `degraded`: one is stopped, outdated, behind its limits, or has parked events. `unhealthy`: the database does not answer. */
  readonly status: 'healthy' | 'degraded' | 'unhealthy';
  readonly problem?: string;
  readonly projections: readonly ProjectionHealth[];
}

/** An event that a projection refused. Subpath: `uno-config/projections`. */
export interface ParkedProjection {
  readonly projection: string;
  /** Its `globalPosition`. */
  readonly position: bigint;
  readonly type: string;
  readonly attempts: number;
  /** What was thrown last: its kind and code. */
  readonly problem: string;
}

/**
 * A store of events, and what is made of them. Inject it with `@InjectProjections`; projections run in a process once it
 * has been injected or resolved there. Subpath: `uno-config/projections`.
 */
export interface Projections<S> {
  readonly name: string;
  /** Where events are appended and read. Inside of a transaction of its unit of work it is part of that. */
  readonly store: S;
  /** Never rejects. */
  health(): Promise<ProjectionsHealth>;
  /**
   * Lets the events of a projection wait, in all processes, until `resume`.
   *
   * @throws ConfigError `projection-inline` for one that is kept up inline.
   */
  pause(projection: string): Promise<void>;
  /** Ends a pause, and begins one anew that was stopped. */
  resume(projection: string): Promise<void>;
  /** Has a projection built anew beside its tables, from the first event on, which take their place when it has caught up. */
  rebuild(projection: string): Promise<void>;
  /** Resolves when all projections, or one, have projected what is stored when it is called; rejects when the signal aborts. */
  caughtUp(projection?: string, signal?: AbortSignal): Promise<void>;
  /** Events that were parked, oldest first; 100 at most by default. */
  parked(projection: string, limit?: number): Promise<readonly ParkedProjection[]>;
  /** Projects a parked event, after all that have gone on, and forgets that it was; false for one that is not parked. */
  retry(projection: string, position: bigint): Promise<boolean>;
  /** Forgets a parked event; false for one that is not parked. */
  discard(projection: string, position: bigint): Promise<boolean>;
  /** Forgets a projection that is no longer listed anywhere: its position, not its tables. False for one that is not known. */
  forget(projection: string): Promise<boolean>;
}

export interface ProjectionsParts extends Omit<ServiceParts, 'kind' | 'open'> {
  /** @param runs false where events are appended and commands given, and nothing is projected */
  readonly open: (life: ServiceLife<never, never>, runs: boolean) => OpenService;
}

/**
 * What an engine gives, such as `emmett`; list it in the `resources` of a module, with its unit of work and database.
 * Subpath: `uno-config/projections`.
 */
export class ProjectionsDefinition<S> extends ServiceDefinition {
  /** What its store is, for the compiler; not there at run time. */
  declare public readonly store?: S;
  readonly #parts: ProjectionsParts;

  /** Made by an engine. */
  public constructor(parts: ProjectionsParts) {
    super({ ...parts, kind: 'projections', open: (life) => parts.open(life, true) });
    this.#parts = parts;
    Object.freeze(this);
  }

  /**
   * The same for a process that gives commands only: nothing is projected in it.
   *
   * @internal
   */
  public idle(): ServiceDefinition {
    const parts = this.#parts;
    return new ServiceDefinition({ ...parts, kind: 'projections', open: (life) => parts.open(life, false) });
  }
}

/**
 * A typed service identifier: `container.get(identifier)` is a `Projections<S>`. At run time it is a symbol.
 */
export type ProjectionsIdentifier<S> = HandleIdentifier<Projections<S>>;

/**
 * The service identifier of projections; for `container.get(projectionsIdentifier(definition))`. Subpath:
 * `uno-config/projections`.
 *
 * @throws TypeError when `definition` is not what an engine gives.
 */
export function projectionsIdentifier<S>(definition: ProjectionsDefinition<S>): ProjectionsIdentifier<S> {
  return handleIdentifier<Projections<S>>(definition, 'InjectProjections', 'emmett(…)');
}

/**
 * Injects the {@link Projections} of a definition into a constructor parameter or property. Subpath:
 * `uno-config/projections`.
 *
 * @throws TypeError when `definition` is not what an engine gives.
 */
export function InjectProjections(
  definition: ProjectionsDefinition<unknown>,
): MethodDecorator & ParameterDecorator & PropertyDecorator {
  return inject(projectionsIdentifier(definition));
}
