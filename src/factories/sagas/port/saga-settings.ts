import { Type } from 'class-transformer';
import { IsIn, IsInt, IsOptional, Matches, Max, Min, ValidateNested } from 'class-validator';
import { Describe, Duration, IsDuration, MapOf } from '../../../sections/index.js';

/** How often something is tried; what is absent comes from the defaults. Subpath: `uno-config/sagas`. */
export class SagaRetrySettings {
  @Describe('How often it is tried; 5 by default.')
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(10_000)
  public readonly maxAttempts?: number;

  @Describe('The limit of the first delay, which doubles; each delay is drawn below its limit. 100ms by default.')
  @IsOptional()
  @IsDuration({ min: '1ms' })
  public readonly minDelay?: Duration;

  @Describe('The limit of all delays; 30s by default.')
  @IsOptional()
  @IsDuration({ min: '1ms' })
  public readonly maxDelay?: Duration;
}

/** How runs of one saga go, or of all; what is absent comes from the defaults. Subpath: `uno-config/sagas`. */
export class SagaSettings {
  @Describe('How long a run may take before it is compensated; 1h by default. For new runs.')
  @IsOptional()
  @IsDuration({ min: '1ms' })
  public readonly timeout?: Duration;

  @Describe('How long one attempt of a step or compensation may take; 30s by default. Hot.')
  @IsOptional()
  @IsDuration({ min: '1ms' })
  public readonly stepTimeout?: Duration;

  @Describe('How often a step is tried. Hot.')
  @IsOptional()
  @ValidateNested()
  @Type(() => SagaRetrySettings)
  public readonly retry?: SagaRetrySettings;

  @Describe('The same for steps that name one of these: @Step({ retry: … }). Hot.')
  @MapOf(() => SagaRetrySettings)
  public readonly retries: Readonly<Record<string, SagaRetrySettings>> = {};

  @Describe('How often a compensation is tried; 20 times by default. Hot.')
  @IsOptional()
  @ValidateNested()
  @Type(() => SagaRetrySettings)
  public readonly compensationRetry?: SagaRetrySettings;

  @Describe('reverse: the last step is undone first; parallel: all at once. reverse by default. For new runs.')
  @IsOptional()
  @IsIn(['reverse', 'parallel'])
  public readonly compensation?: 'reverse' | 'parallel';

  @Describe('How many runs of a saga go on at a time in this process; 20 by default. Hot.')
  @IsOptional()
  @IsInt()
  @Min(1)
  public readonly concurrency?: number;

  @Describe('How long a run is remembered after its end: that long its id starts no second one. 7d by default. Hot.')
  @IsOptional()
  @IsDuration({ min: '1s' })
  public readonly idempotencyWindow?: Duration;

  @Describe('How many processes a run may outlive before it is compensated; 5 by default. Hot.')
  @IsOptional()
  @IsInt()
  @Min(1)
  public readonly poisonAfter?: number;
}

/**
 * The sagas of a program: what is set for one by its name goes over what is set for all. Subpath: `uno-config/sagas`.
 *
 * @example
 * ```ts
 * @ConfigSection('sagas')
 * class ShopSagas extends SagasSettings {}
 * ```
 */
export class SagasSettings {
  @Describe('For all sagas.')
  @ValidateNested()
  @Type(() => SagaSettings)
  public readonly default: SagaSettings = new SagaSettings();

  @Describe('For single sagas, by their names.')
  @MapOf(() => SagaSettings)
  public readonly named: Readonly<Record<string, SagaSettings>> = {};

  @Describe('The schema of the engine and its own tables, where it has some.')
  @Matches(/^[a-z_][a-z0-9_]{0,40}$/)
  public readonly schema: string = 'uno_sagas';

  @Describe('How long a process may be silent before others take over its runs. Hot.')
  @IsDuration({ min: '500ms', max: '10m' })
  public readonly lease: Duration = Duration.of('5s');

  @Describe('How long a stop waits for steps that are under way.')
  @IsDuration({ min: '0s' })
  public readonly drainTimeout: Duration = Duration.of('10s');
}

/** How often something is tried, in milliseconds. */
export interface RetryPlan {
  readonly maxAttempts: number;
  readonly minDelay: number;
  readonly maxDelay: number;
}

/** The settings of one saga. Durations are in milliseconds. */
export interface SagaPlan {
  readonly timeout: number;
  readonly stepTimeout: number;
  readonly compensation: 'reverse' | 'parallel';
  readonly concurrency: number;
  readonly idempotencyWindow: number;
  readonly poisonAfter: number;
  readonly retryOf: (name: string | undefined) => RetryPlan;
  readonly compensationRetry: RetryPlan;
}

/** What is set for a saga by its name, over what is set for all, over the defaults. */
export function planOf({ default: all, named }: SagasSettings, saga: string): SagaPlan {
  const own = Object.hasOwn(named, saga) ? named[saga] : undefined;
  const pick = <V>(read: (settings: SagaSettings) => V | undefined): V | undefined => (own && read(own)) ?? read(all);
  const retry = (most: number, ...levels: readonly (SagaRetrySettings | undefined)[]): RetryPlan => {
    const find = <V>(read: (settings: SagaRetrySettings) => V | undefined): V | undefined => {
      const set = levels.find((level) => level !== undefined && read(level) !== undefined);
      return set && read(set);
    };
    return {
      maxAttempts: find(({ maxAttempts }) => maxAttempts) ?? most,
      minDelay: find(({ minDelay }) => minDelay?.milliseconds) ?? 100,
      maxDelay: find(({ maxDelay }) => maxDelay?.milliseconds) ?? 30_000,
    };
  };
  return {
    timeout: pick(({ timeout }) => timeout?.milliseconds) ?? 3_600_000,
    stepTimeout: pick(({ stepTimeout }) => stepTimeout?.milliseconds) ?? 30_000,
    compensation: pick(({ compensation }) => compensation) ?? 'reverse',
    concurrency: pick(({ concurrency }) => concurrency) ?? 20,
    idempotencyWindow: pick(({ idempotencyWindow }) => idempotencyWindow?.milliseconds) ?? 7 * 86_400_000,
    poisonAfter: pick(({ poisonAfter }) => poisonAfter) ?? 5,
    retryOf: (name) => {
      const [one, other] = name === undefined ? [] : [own?.retries[name], all.retries[name]];
      return retry(5, one, other, own?.retry, all.retry);
    },
    compensationRetry: retry(20, own?.compensationRetry, all.compensationRetry),
  };
}

/** What a definition without a section works with. */
export const SAGAS_DEFAULTS = Object.freeze(new SagasSettings());
