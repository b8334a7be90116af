import { Type } from 'class-transformer';
import { IsBoolean, IsIn, IsInt, IsOptional, Matches, Max, Min, ValidateNested } from 'class-validator';
import { Describe, Duration, IsDuration, MapOf } from '../../../sections/index.js';

/** How often events that a projection refuses are tried; what is absent comes from the defaults. Subpath: `uno-config/projections`. */
export class ProjectionRetrySettings {
  @Describe('How often an event is tried before it is skipped or parked, or stops the projection; 5 by default. Hot.')
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(10_000)
  public readonly maxAttempts?: number;

  @Describe('The delay after the first failure; it doubles with each. 100ms by default. Hot.')
  @IsOptional()
  @IsDuration({ min: '1ms' })
  public readonly minDelay?: Duration;

  @Describe('The limit of all delays; 30s by default. Hot.')
  @IsOptional()
  @IsDuration({ min: '1ms' })
  public readonly maxDelay?: Duration;
}

/** From when on a projection counts as behind; what is absent comes from the defaults. Subpath: `uno-config/projections`. */
export class ProjectionLagSettings {
  @Describe('How many events it may be behind before health() is degraded; 1,000 by default. Hot.')
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(10_000)
  public readonly events?: number;

  @Describe('How old the oldest event may be that is not projected; 30s by default. Hot.')
  @IsOptional()
  @IsDuration({ min: '1ms' })
  public readonly age?: Duration;
}

/** How one projection is kept up, or all are; what is absent comes from the defaults. Subpath: `uno-config/projections`. */
export class ProjectionSettings {
  @Describe(
    'inline: by the transaction that appends the events; async: after it, by one process. async by default. Hot.',
  )
  @IsOptional()
  @IsIn(['inline', 'async'])
  public readonly mode?: 'inline' | 'async';

  @Describe('How many events are projected in one transaction; 100 by default. Hot.')
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(10_000)
  public readonly batch?: number;

  @Describe(
    'How often the position is written while only events of other types come; with events of its own it always is. 5s by default. Hot.',
  )
  @IsOptional()
  @IsDuration({ min: '0s' })
  public readonly checkpoint?: Duration;

  @Describe(
    'How often events of other processes are looked for; own ones are projected at once. 200ms by default. Hot.',
  )
  @IsOptional()
  @IsDuration({ min: '10ms' })
  public readonly poll?: Duration;

  @Describe('How long a transaction may take; 30s by default. Hot.')
  @IsOptional()
  @IsDuration({ min: '1ms' })
  public readonly timeout?: Duration;

  @Describe('Whether events wait, instead of being projected, as far as this process goes. Hot.')
  @IsOptional()
  @IsBoolean()
  public readonly paused?: boolean;

  @Describe('From when on it counts as behind.')
  @IsOptional()
  @ValidateNested()
  @Type(() => ProjectionLagSettings)
  public readonly lag?: ProjectionLagSettings;

  @Describe(
    'What becomes of an event that it refuses. retry: it is tried until it goes; skip: the next one is; park: it is kept, and the next one is; stop: none is. retry by default. Hot.',
  )
  @IsOptional()
  @IsIn(['retry', 'skip', 'park', 'stop'])
  public readonly onError?: 'retry' | 'skip' | 'park' | 'stop';

  @Describe('How often an event that it refuses is tried.')
  @IsOptional()
  @ValidateNested()
  @Type(() => ProjectionRetrySettings)
  public readonly retry?: ProjectionRetrySettings;

  @Describe(
    'on-new-version: it is rebuilt when its class has a higher version than its tables; on-command: only when somebody says so. on-new-version by default. Hot.',
  )
  @IsOptional()
  @IsIn(['on-new-version', 'on-command'])
  public readonly rebuild?: 'on-new-version' | 'on-command';

  @Describe('How many events are projected in one transaction while it is rebuilt; 500 by default. Hot.')
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(10_000)
  public readonly rebuildBatch?: number;
}

/** A name of SQL that needs no quotes, in a schema or without one. */
const TABLE = /^(?:[a-z_][a-z0-9_]{0,40}\.)?[a-z_][a-z0-9_]{0,40}$/;

/**
 * The projections of a program: what is set for one by its name goes over what is set for all. Subpath:
 * `uno-config/projections`.
 *
 * @example
 * ```ts
 * @ConfigSection('projections')
 * class ShopProjections extends ProjectionsSettings {}
 * ```
 */
export class ProjectionsSettings {
  @Describe('For all projections.')
  @ValidateNested()
  @Type(() => ProjectionSettings)
  public readonly default: ProjectionSettings = new ProjectionSettings();

  @Describe('For single projections, by their names.')
  @MapOf(() => ProjectionSettings)
  public readonly named: Readonly<Record<string, ProjectionSettings>> = {};

  @Describe(
    'The table of the projections; two more have its name and _at and _parked. With a schema before a dot, or without.',
  )
  @Matches(TABLE)
  public readonly table: string = 'uno_projection';

  @Describe(
    'Whether tables that are missing are made at the start, those of Emmett too; a migration makes them otherwise.',
  )
  @IsBoolean()
  public readonly createTables: boolean = true;

  @Describe('How long a process may be silent before another one projects in its place. Hot.')
  @IsDuration({ min: '500ms', max: '10m' })
  public readonly lease: Duration = Duration.of('5s');
}

/** The settings of one projection. Durations are in milliseconds. */
export interface ProjectionPlan {
  readonly mode: 'inline' | 'async';
  readonly batch: number;
  readonly checkpoint: number;
  readonly poll: number;
  readonly timeout: number;
  readonly paused: boolean;
  readonly lagEvents: number;
  readonly lagAge: number;
  readonly onError: 'retry' | 'skip' | 'park' | 'stop';
  readonly maxAttempts: number;
  readonly minDelay: number;
  readonly maxDelay: number;
  readonly rebuild: 'on-new-version' | 'on-command';
  readonly rebuildBatch: number;
}

/** What is set for a projection by its name, over what is set for all, over the defaults. */
export function projectionPlan({ default: all, named }: ProjectionsSettings, name: string): ProjectionPlan {
  const own = Object.hasOwn(named, name) ? named[name] : undefined;
  const pick = <V>(read: (settings: ProjectionSettings) => V | undefined): V | undefined =>
    (own && read(own)) ?? read(all);
  return {
    mode: pick(({ mode }) => mode) ?? 'async',
    batch: pick(({ batch }) => batch) ?? 100,
    checkpoint: pick(({ checkpoint }) => checkpoint?.milliseconds) ?? 5_000,
    poll: pick(({ poll }) => poll?.milliseconds) ?? 200,
    timeout: pick(({ timeout }) => timeout?.milliseconds) ?? 30_000,
    paused: pick(({ paused }) => paused) ?? false,
    lagEvents: pick(({ lag }) => lag?.events) ?? 1_000,
    lagAge: pick(({ lag }) => lag?.age?.milliseconds) ?? 30_000,
    onError: pick(({ onError }) => onError) ?? 'retry',
    maxAttempts: pick(({ retry }) => retry?.maxAttempts) ?? 5,
    minDelay: pick(({ retry }) => retry?.minDelay?.milliseconds) ?? 100,
    maxDelay: pick(({ retry }) => retry?.maxDelay?.milliseconds) ?? 30_000,
    rebuild: pick(({ rebuild }) => rebuild) ?? 'on-new-version',
    rebuildBatch: pick(({ rebuildBatch }) => rebuildBatch) ?? 500,
  };
}
