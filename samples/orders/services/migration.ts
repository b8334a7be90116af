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
    ...tablesIn('', quoted),
    ...tablesIn(`${schema}.`, quoted),
    ...TABLES.flatMap((table) => tenantPolicy({ table })),
    // Events, totals and runs of sagas have tables and schemas that the service makes for itself.
    `grant create on schema public to ${quoted}`,
    `do $$ begin execute format('grant create on database %I to %I', current_database(), '${role.replaceAll("'", "''")}'); end $$`,
    `create database ${quote(database)}`,
  ]);
  await runAll(open(database), tablesIn('', quoted));
}

/** The templates of the names, with the strategy that the document of a tenant sets. */
function tenancyOf(tenancy: TenancySettings, strategy: TenancySettings['strategy']): TenancySettings {
  return Object.assign(new TenancySettings(), tenancy, { strategy });
}

function quote(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

const TABLES = ['orders', 'stock', 'reservations'];

/** The tenant is known to the transaction: no statement of the service names it. */
function tablesIn(schema: string, role: string): readonly string[] {
  const tenant = "tenant_id text not null default current_setting('app.tenant')";
  return [
    `create table if not exists ${schema}orders (
      ${tenant}, id text not null, product text not null, quantity int not null, total int not null,
      currency text not null, at timestamptz not null default clock_timestamp(), primary key (tenant_id, id))`,
    `create index if not exists orders_by_time on ${schema}orders (tenant_id, at desc)`,
    `create table if not exists ${schema}stock (
      ${tenant}, product text not null, reserved bigint not null, primary key (tenant_id, product))`,
    `create table if not exists ${schema}reservations (
      ${tenant}, key text not null, product text not null, quantity int not null, primary key (tenant_id, key))`,
    ...TABLES.map((table) => `grant select, insert, update, delete on ${schema}${table} to ${role}`),
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
