import { createHash } from 'node:crypto';
import { ConfigError } from '../../../core/index.js';
import type { TenantPlace } from '../../transactions/index.js';
import type { TenancySettings } from './tenancy-settings.js';

/** What PostgreSQL cuts off silently is longer, and what MySQL refuses. */
const LONGEST = 63;
const PLACEHOLDER = '{tenant}';
const PLAIN = /^[a-z0-9][a-z0-9_]*$/;
const HASH = 20;
const RESERVED = {
  database: /^(postgres|template[01]|mysql|sys|information_schema|performance_schema)$/i,
  schema: /^(pg_.*|information_schema|public)$/i,
};

/**
 * Where a tenant's rows are, according to its settings: for migrations that make databases and schemas. Quote names in SQL.
 * An id of small letters, digits and underscores is part of a name as it is; any other id, and one that is too long, gets a
 * hash, so that no two tenants have the same name. Subpath: `uno-config/databases/tenants`.
 *
 * @param settings the section as the tenant has it: `tenants.settings(id, OrdersTenancy)`
 * @throws ConfigError `tenant-place-refused` for a name that is too long, or PostgreSQL's own.
 *
 * @example
 * ```ts
 * const place = tenantPlace('acme', new TenancySettings());
 * const name = place.strategy === 'schema' ? place.schema : undefined;
 * ```
 */
export function tenantPlace(tenant: string, settings: TenancySettings): TenantPlace {
  const { strategy } = settings;
  switch (strategy) {
    case 'shared':
      return { strategy, tenant };
    case 'schema':
      return { strategy, tenant, schema: placeName(tenant, settings.schema, 'schema') };
    case 'database':
      return { strategy, tenant, database: placeName(tenant, settings.database, 'database') };
  }
}

/** True for a template that gives each tenant another name. */
export function namesTenant(template: string): boolean {
  return template.includes(PLACEHOLDER);
}

/**
 * True for a place that a tenant has chosen, and that a template gives to another one: the first to come must not get it.
 * Servers that ignore case would treat both as one.
 */
export function isKeptForAnother(place: Exclude<TenantPlace, { strategy: 'shared' }>, template: string): boolean {
  if (!namesTenant(template)) return false;
  const [start = '', ...others] = template.toLowerCase().split(PLACEHOLDER);
  const end = others.at(-1) ?? '';
  const name = (place.strategy === 'schema' ? place.schema : place.database).toLowerCase();
  const isOfTemplate = name.startsWith(start) && name.endsWith(end) && name.length > start.length + end.length;
  return isOfTemplate && name !== nameOf(place.tenant, template).toLowerCase();
}

/** The name of a place that is reserved for one tenant. Throws ConfigError `tenant-place-refused`. */
function placeName(tenant: string, template: string, kind: 'database' | 'schema'): string {
  const name = nameOf(tenant, template);
  const problem =
    name === '' || Buffer.byteLength(name) > LONGEST || name.includes('\0')
      ? `a name has 1 to ${String(LONGEST)} bytes`
      : RESERVED[kind].test(name)
        ? 'the server or everybody uses it'
        : undefined;
  if (problem === undefined) return name;
  throw placeRefused(tenant, kind, name, problem);
}

function nameOf(tenant: string, template: string): string {
  const room = LONGEST - Buffer.byteLength(template.replaceAll(PLACEHOLDER, ''));
  const parts = template.split(PLACEHOLDER);
  return parts.join(safeName(tenant, Math.floor(room / Math.max(1, parts.length - 1))));
}

/** An id as part of a name: another one for each id, whatever its letters are folded to. */
function safeName(id: string, room: number): string {
  if (PLAIN.test(id) && id.length <= room) return id;
  const words = id.toLowerCase().replaceAll(/[^a-z0-9]+/g, '_');
  // No plain id has a dollar sign: no id can be chosen to equal another one's name.
  const hash = `$${createHash('sha256').update(id).digest('hex').slice(0, HASH)}`;
  return `${words.slice(0, Math.max(0, room - hash.length))}${hash}`;
}

function placeRefused(tenant: string, kind: string, name: string, problem: string): ConfigError {
  return new ConfigError({
    code: 'tenant-place-refused',
    message: `The ${kind} ${JSON.stringify(name.slice(0, LONGEST))} of tenant ${JSON.stringify(tenant)} cannot be used: ${problem}.`,
    recovery: `Set ${kind} to another name, with ${PLACEHOLDER} for the id.`,
  });
}
