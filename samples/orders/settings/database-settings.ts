import { Type } from 'class-transformer';
import { IsInt, IsString, Max, Min, MinLength, ValidateNested } from 'class-validator';
import { ConfigSection, Describe, Duration, IsDuration, Rule, Secure, type SecureValue, TenantScope } from 'uno-config';

export class PoolSettings {
  @IsInt()
  @Min(0)
  public readonly min: number = 0;

  @IsInt()
  @Min(1)
  @Max(500)
  public readonly max: number = 10;

  @IsDuration()
  public readonly idleTimeout: Duration = Duration.of('1m');

  @Rule('min must not exceed max', { fields: ['min', 'max'] })
  public isOrdered(): boolean {
    return this.min <= this.max;
  }
}

@TenantScope('system')
@ConfigSection('database', { description: 'The database of the orders.' })
export class DatabaseSettings {
  @IsString()
  public readonly host: string = 'localhost';

  @IsInt()
  @Min(1)
  @Max(65535)
  public readonly port: number = 5432;

  @IsString()
  public readonly name: string = 'orders';

  @IsString()
  public readonly user: string = 'orders';

  // No initialiser, so some source has to set it. Files may hold it encrypted only; nothing ever shows it.
  @Describe('The password of the user.')
  @Secure({ level: 'encrypt' })
  @MinLength(8)
  @IsString()
  public readonly password!: SecureValue<string>;

  @Describe('The longest a statement may take.')
  @IsDuration({ min: '10ms' })
  public readonly statementTimeout: Duration = Duration.of('10s');

  @ValidateNested()
  @Type(() => PoolSettings)
  public readonly pool: PoolSettings = new PoolSettings();
}
