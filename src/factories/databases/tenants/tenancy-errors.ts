import { ConfigError, type ConfigErrorCode } from '../../../core/index.js';
import { Duration } from '../../../sections/index.js';

function tenancyError(code: ConfigErrorCode, message: string, recovery: string): ConfigError {
  return new ConfigError({ code, message, recovery });
}

export function noTenant(database: string): ConfigError {
  return tenancyError(
    'tenant-not-set',
    `A transaction of "${database}" begins outside of any tenant.`,
    'Begin it within tenants.run(id, …); use the database itself for what belongs to no tenant.',
  );
}

export function needsTransaction(database: string, strategy: string): ConfigError {
  return tenancyError(
    'tenant-needs-transaction',
    `Work of "${database}" runs without a transaction, and its tenant is kept apart by "${strategy}", which holds for a transaction only.`,
    'Use another propagation than "supports" and "never".',
  );
}

export function strategyUnsupported(database: string, strategy: string): ConfigError {
  return tenancyError(
    'tenant-strategy-unsupported',
    `"${database}" cannot keep tenants apart by "${strategy}": it has no row-level security, and its schemas are databases.`,
    'Set strategy to "database", or use PostgreSQL.',
  );
}

export function placeTaken(tenant: string, kind: string, name: string, whose: string): ConfigError {
  return tenancyError(
    'tenant-place-taken',
    `The ${kind} ${JSON.stringify(name)} of tenant "${tenant}" is ${whose}.`,
    `Give it a ${kind} of its own; {tenant} in the name stands for its id.`,
  );
}

export function sameForAll(database: string, kind: string, name: string): ConfigError {
  return tenancyError(
    'tenant-place-taken',
    `The settings of "${database}" give all tenants the ${kind} ${JSON.stringify(name)}.`,
    `Write {tenant} in the name, for the id of the tenant.`,
  );
}

export function rowsUnprotected(database: string, objections: readonly string[]): ConfigError {
  return tenancyError(
    'tenant-rows-unprotected',
    `"${database}" does not keep the rows of tenants apart:\n${objections.map((one) => `  - ${one}`).join('\n')}`,
    'Connect as a role that owns no table, and give each table what tenantPolicy(…) says.',
  );
}

export function noRoom(database: string, tenant: string, limit: number, waited: number): ConfigError {
  const time = Duration.ofMilliseconds(waited).toString();
  return tenancyError(
    'tenant-connections-exhausted',
    `There was no room for the pool of tenant "${tenant}" of "${database}" within ${time}: others use all ${String(limit)} connections.`,
    'Raise maxConnections, or lower connections.',
  );
}
