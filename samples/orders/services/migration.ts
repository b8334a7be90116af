import { tenantPolicy, type PgPool } from 'uno-config/databases/pg';
import { tenantPlace, TenancySettings } from 'uno-config/databases/tenants';

/** Opens a pool on a database of the server; without a name on that of the orders. */
export type Opens = (database?: string) => PgPool;

/**
 * Makes the tables of the three tenants, where they are not there: acme has a database, bistro a schema, and the others share
 * a table. It needs a role that may make databases; the service itself works with the rights of another one.
 */
export async function migrate(open: Opens, role: string, tenancy: TenancySettings): Promise<void> {
  const quoted = quote(role);
  const acme = tenantPlace('acme', tenancyOf(tenancy, 'database'));
  const bistro = tenantPlace('bistro', tenancyOf(tenancy, 'schema'));
  const database = acme.strategy === 'database' ? acme.database : '';
  const schema = quote(bistro.strategy === 'schema' ? bistro.schema : '');
  await runAll(open(), [
    `create role ${quoted}`,
    `create schema if not exists ${schema}`,
    `grant usage on schema ${schema} to ${quoted}`,
    ...tableOf('orders', quoted),
    ...tableOf(`${schema}.orders`, quoted),
    ...tenantPolicy({ table: 'orders' }),
    `create database ${quote(database)}`,
  ]);
  await runAll(open(database), tableOf('orders', quoted));
}

/** The templates of the names, with the strategy that the document of a tenant sets. */
function tenancyOf(tenancy: TenancySettings, strategy: TenancySettings['strategy']): TenancySettings {
  return Object.assign(new TenancySettings(), tenancy, { strategy });
}

function quote(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** The tenant is known to the transaction: no statement of the service names it. */
function tableOf(name: string, role: string): readonly string[] {
  return [
    `create table if not exists ${name} (
      tenant_id text not null default current_setting('app.tenant'), id text not null, product text not null,
      quantity int not null, total int not null, currency text not null,
      at timestamptz not null default clock_timestamp(), primary key (tenant_id, id))`,
    `create index if not exists orders_by_time on ${name} (tenant_id, at desc)`,
    `grant select, insert on ${name} to ${role}`,
  ];
}

async function runAll(pool: PgPool, statements: readonly string[]): Promise<void> {
  try {
    for (const statement of statements) await pool.query(statement).catch(unlessItIsThere);
  } finally {
    await pool.end();
  }
}

/** There is no `if not exists` for databases, roles and policies. */
function unlessItIsThere(error: unknown): void {
  if (!(error instanceof Error && 'code' in error && ['42P04', '42710'].includes(String(error.code)))) {
    throw error;
  }
}
