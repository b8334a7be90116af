import { IsInt, IsString, Max, Min } from 'class-validator';
import { ConfigSection, Describe, Duration, IsDuration, Merge, RestartRequired, TenantScope } from 'uno-config';

@TenantScope('system')
@ConfigSection('http', { description: 'Where and how the service listens.' })
export class HttpSettings {
  // A server does not move while it listens: a reload tells that a restart is needed, and leaves these two as they are.
  @Describe('The address to listen on.', { example: '0.0.0.0' })
  @RestartRequired()
  @IsString()
  public readonly host: string = '127.0.0.1';

  @Describe('The port to listen on; 0 for any free one.')
  @RestartRequired()
  @IsInt()
  @Min(0)
  @Max(65535)
  public readonly port: number = 3000;

  @Describe('The longest a request may take.')
  @IsDuration({ min: '100ms', max: '5m' })
  public readonly requestTimeout: Duration = Duration.of('30s');

  @Describe('Web pages that may call the service. Each source adds to what the others list.')
  @Merge('unique')
  @IsString({ each: true })
  public readonly allowedOrigins: readonly string[] = [];
}
