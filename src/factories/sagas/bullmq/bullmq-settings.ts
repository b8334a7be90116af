import { Type } from 'class-transformer';
import { ValidateNested } from 'class-validator';
import { Describe } from '../../../sections/index.js';
import { RedisSettings } from '../../drivers/index.js';
import { SagasSettings } from '../port/index.js';

/**
 * The sagas of a program on BullMQ: those of any engine, and how Redis is reached. `schema` comes before all keys. Subpath:
 * `uno-config/sagas/bullmq`.
 *
 * @example
 * ```ts
 * @ConfigSection('sagas')
 * class ShopSagas extends BullmqSagasSettings {}
 * ```
 */
export class BullmqSagasSettings extends SagasSettings {
  @Describe('How Redis is reached.')
  @ValidateNested()
  @Type(() => RedisSettings)
  public readonly redis: RedisSettings = new RedisSettings();
}
