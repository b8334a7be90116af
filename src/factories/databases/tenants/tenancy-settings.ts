import { IsIn, IsInt, IsOptional, IsString, Matches, Max, MaxLength, Min } from 'class-validator';
import { Describe, Duration, IsDuration, ListOf, Rule, TenantScope } from '../../../sections/index.js';

/** How the rows of tenants are kept apart. Subpath: `uno-config/databases/tenants`. */
export type TenancyStrategy = 'database' | 'schema' | 'shared';

const STRATEGIES: readonly TenancyStrategy[] = ['database', 'schema', 'shared'];
const NAME = /^[A-Za-z_][\w$]*$/;

/**
 * Where a tenant's rows are. The application's settings define it for all tenants, a tenant's document for that one.
 * Subpath: `uno-config/databases/tenants`.
 *
 * @example
 * ```ts
 * @ConfigSection('orders.tenancy')
 * class OrdersTenancy extends TenancySettings {}
 * ```
 */
export class TenancySettings {
  @Describe(
    'database: each tenant has a database; schema: each has a schema of one database; shared: all share tables, and PostgreSQL shows each its own rows.',
  )
  @IsIn(STRATEGIES)
  public readonly strategy: TenancyStrategy = 'shared';

  @Describe('The name of the database of a tenant; {tenant} stands for its id.')
  @IsString()
  @MaxLength(128)
  public readonly database: string = 'tenant_{tenant}';

  @Describe('The name of the schema of a tenant; {tenant} stands for its id.')
  @IsString()
  @MaxLength(128)
  public readonly schema: string = 'tenant_{tenant}';

  @Describe('Connections of the pool of a tenant that has a database of its own, at most.')
  @IsInt()
  @Min(1)
  @Max(10_000)
  public readonly connections: number = 2;

  @Describe('Connections of all these pools together, at most. Pools that nobody uses make room for others.')
  @TenantScope('system')
  @IsInt()
  @Min(1)
  @Max(100_000)
  public readonly maxConnections: number = 100;

  @Describe('How long a pool that nobody uses stays open.')
  @TenantScope('system')
  @IsDuration({ min: '1ms' })
  public readonly idleTimeout: Duration = Duration.of('1m');

  @Describe('How long a transaction waits for room for the pool of its tenant.')
  @TenantScope('system')
  @IsDuration({ min: '1ms' })
  public readonly acquireTimeout: Duration = Duration.of('10s');

  @Describe('The setting of a transaction that holds the id of its tenant.')
  @TenantScope('system')
  @Matches(/^[A-Za-z_]\w*\.[A-Za-z_]\w*$/)
  public readonly setting: string = 'app.tenant';

  @Describe('The column of shared tables that holds the id of the tenant.')
  @TenantScope('system')
  @Matches(NAME)
  public readonly column: string = 'tenant_id';

  @Describe('The role whose rights transactions of tenants have; that of the connection when absent.')
  @TenantScope('system')
  @IsOptional()
  @Matches(NAME)
  public readonly role?: string;

  @Describe('Schemas that are searched after that of the tenant, such as one with extensions.')
  @TenantScope('system')
  @ListOf(() => String)
  @Matches(NAME, { each: true })
  public readonly commonSchemas: readonly string[] = [];

  @Rule('the pool of one tenant must fit into maxConnections', {
    fields: ['connections', 'maxConnections'],
    hint: 'Lower connections, or raise maxConnections.',
  })
  public fits(): boolean {
    return this.connections <= this.maxConnections;
  }
}
