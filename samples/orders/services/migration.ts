import { tenantPolicy, type PgPool } from 'uno-config/databases/pg';

/** Opens a pool on a database of the server; without a name on that of the orders. */
export type Opens = (database?: string) => PgPool;

/**
 * Makes the tables of the three tenants, where they are not there: acme has a database, bistro a schema, and the others share
 * a table. It needs a role that may make databases; the service itself works with the rights of another one.
 */
export async function migrate(open: Opens, role: string): Promise<void> {
  const quoted = `"${role.replaceAll('"', '""')}"`;
  await runAll(open(), [
    `create role ${quoted}`,
    'create schema if not exists tenant_bistro',
    `grant usage on schema tenant_bistro to ${quoted}`,
    ...tableOf('orders', quoted),
    ...tableOf('tenant_bistro.orders', quoted),
    ...tenantPolicy({ table: 'orders' }),
    'create database tenant_acme',
  ]);
  await runAll(open('tenant_acme'), tableOf('orders', quoted));
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
