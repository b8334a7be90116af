import { IsIn, IsInt, IsOptional, Max, Min } from 'class-validator';
import { Describe, Duration, IsDuration, Rule } from '../../../sections/index.js';
import { option } from '../../../core/index.js';

/**
 * How many connections a pool opens, and for how long. Nested in the settings of a database; `max`, `idleTimeout`,
 * `maxLifetime`, `maxUses` and `acquireTimeout` take effect without a new pool where the driver allows it. Subpaths:
 * `uno-config/databases/pg`, `uno-config/databases/mysql`.
 */
export class PoolSettings {
  @Describe('Connections that are open at most.')
  @IsInt()
  @Min(1)
  @Max(10_000)
  public readonly max: number = 10;

  @Describe('Connections that stay open while they are idle.')
  @IsInt()
  @Min(0)
  public readonly min: number = 0;

  @Describe('How long a connection above min may be idle before it is closed.')
  @IsDuration({ min: '1ms' })
  public readonly idleTimeout: Duration = Duration.of('10s');

  @Describe('How long a caller waits for a connection before it is refused.')
  @IsDuration({ min: '1ms' })
  public readonly acquireTimeout: Duration = Duration.of('10s');

  @Describe('How old a connection may become before it is replaced; no limit when absent.')
  @IsOptional()
  @IsDuration({ min: '1s' })
  public readonly maxLifetime?: Duration;

  @Describe('How often a connection is used before it is replaced; no limit when absent.')
  @IsOptional()
  @IsInt()
  @Min(1)
  public readonly maxUses?: number;

  @Describe(
    'full: an old and a new pool may have max connections each while one takes the place of the other; shrink: they share them. Only pg can share.',
  )
  @IsIn(['full', 'shrink'])
  public readonly overlap: 'full' | 'shrink' = 'full';

  @Rule('min must not exceed max', { fields: ['min', 'max'], hint: 'Lower min, or raise max.' })
  public isOrdered(): boolean {
    return this.min <= this.max;
  }
}

/** Checked here as well as by `defineResource`, so that a mistake names the function that the caller wrote. */
export const POOL_OPTIONS = {
  name: option.required(option.name),
  lazy: option.flag,
  probeTimeout: option.positiveSpan,
  drainTimeout: option.span,
} as const;
