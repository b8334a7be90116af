import { option, readOptions, type OptionKinds } from '../../../core/index.js';
import type { TenancyDialect, TenancyRules } from '../../transactions/index.js';
import type { PgPool } from './pg-types.js';

/** How PostgreSQL keeps tenants apart: by what is set for a transaction, and gone with it. */
export const pgTenancy: TenancyDialect<PgPool> = {
  setup: (place, { setting, role, commonSchemas }) => {
    const statements = [`set local ${setting.split('.').map(quoteName).join('.')} = ${quoteText(place.tenant)}`];
    if (place.strategy === 'schema') {
      // Tables of the session come last: what another transaction has left there hides nothing.
      const path = [place.schema, ...commonSchemas, 'pg_temp'].map(quoteName);
      statements.push(`set local search_path = ${path.join(', ')}`);
    }
    if (role !== undefined) statements.push(`set local role ${quoteName(role)}`);
    return statements;
  },
  objections: async (pool, rules) => [...(await ofRole(pool, rules)), ...(await ofTables(pool, rules))],
};

/** A name in SQL, whatever is in it. */
function quoteName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** A string literal in SQL, for any content and either reading of backslashes. */
function quoteText(text: string): string {
  const quoted = `'${text.replaceAll("'", "''").replaceAll('\\', '\\\\')}'`;
  return text.includes('\\') ? `E${quoted}` : quoted;
}

async function ofRole(pool: PgPool, { role }: TenancyRules): Promise<readonly string[]> {
  const { rows } = await pool.query<{ name: string; rolsuper: boolean; rolbypassrls: boolean }>(
    'select rolname as name, rolsuper, rolbypassrls from pg_roles where rolname = coalesce($1::name, current_user)',
    [role ?? null],
  );
  const [found] = rows;
  if (found === undefined) return [`There is no role ${quoteName(role ?? '')}.`];
  if (found.rolsuper) return [`The role ${quoteName(found.name)} is a superuser: no policy holds for it.`];
  if (found.rolbypassrls) return [`The role ${quoteName(found.name)} has BYPASSRLS: no policy holds for it.`];
  return [];
}

interface Relation {
  readonly name: string;
  readonly kind: 'r' | 'p' | 'v' | 'm' | 'f';
  readonly owned: boolean;
  readonly enabled: boolean;
  readonly forced: boolean;
  readonly policies: number;
  /** Policies that do not mention the column. */
  readonly open: readonly string[];
  /** A view that queries with the rights of its caller. */
  readonly invoker: boolean;
  /** Its owner is above policies. */
  readonly above: boolean;
  readonly truncates: boolean;
}

const RELATIONS = `
with me as (select oid from pg_roles where rolname = coalesce($1::name, current_user))
select format('%I.%I', n.nspname, c.relname) as name, c.relkind as kind,
  pg_has_role(me.oid, c.relowner, 'MEMBER') as owned, c.relrowsecurity as enabled, c.relforcerowsecurity as forced,
  (select count(*)::int from pg_policy p where p.polrelid = c.oid and p.polpermissive) as policies,
  array(select p.polname::text from pg_policy p where p.polrelid = c.oid and p.polpermissive
    and (coalesce(position($2::text in pg_get_expr(p.polqual, p.polrelid)) = 0, false)
      or coalesce(position($2::text in pg_get_expr(p.polwithcheck, p.polrelid)) = 0, false))) as open,
  coalesce(c.reloptions && array['security_invoker=true', 'security_invoker=on', 'security_invoker=1'], false) as invoker,
  (o.rolsuper or o.rolbypassrls) as above, has_table_privilege(me.oid, c.oid, 'TRUNCATE') as truncates
from me, pg_class c
join pg_namespace n on n.oid = c.relnamespace
join pg_roles o on o.oid = c.relowner
join pg_attribute a on a.attrelid = c.oid and a.attname = $2::name and not a.attisdropped
where c.relkind in ('r', 'p', 'v', 'm', 'f') and n.nspname = any(current_schemas(false))
  and has_any_column_privilege(me.oid, c.oid, 'SELECT, INSERT, UPDATE')
order by 1`;

async function ofTables(pool: PgPool, { role, column }: TenancyRules): Promise<readonly string[]> {
  const { rows } = await pool.query<Relation>(RELATIONS, [role ?? null, column]);
  if (rows.some(({ kind }) => kind === 'r' || kind === 'p')) return rows.flatMap((row) => objectionsTo(row, column));
  return [`The role sees no table with a column ${quoteName(column)}: whatever tenants share, nobody keeps apart.`];
}

function objectionsTo(relation: Relation, column: string): readonly string[] {
  const { name, kind, owned, enabled, forced, policies, open, invoker, above, truncates } = relation;
  if (kind === 'm' || kind === 'f') {
    return [`${name} is a ${kind === 'm' ? 'materialized view' : 'foreign table'}: no policy can hold for it.`];
  }
  if (kind === 'v') {
    const isOpen = !invoker && above;
    return isOpen ? [`${name} is a view of a role above policies; create it with (security_invoker = true).`] : [];
  }
  if (owned) return [`${name} is owned by the role, which could switch its policies off.`];
  if (!enabled) return [`${name} has no row-level security: alter table ${name} enable row level security.`];
  const objections = open.map((policy) => `The policy ${quoteName(policy)} of ${name} does not look at ${column}.`);
  if (!forced) objections.push(`${name} does not force it on its owner: alter table ${name} force row level security.`);
  if (truncates) objections.push(`${name} may be truncated by the role, which no policy prevents: revoke that.`);
  if (policies === 0) objections.push(`${name} has no policy.`);
  return objections;
}

/** What {@link tenantPolicy} takes. */
export interface TenantPolicyOptions {
  /** The table, with its schema where that is not searched: `orders`, `sales.orders`. */
  readonly table: string;
  /** The column that holds the id of the tenant; default `tenant_id`. */
  readonly column?: string;
  /** The setting of a transaction that holds the id; default `app.tenant`. */
  readonly setting?: string;
  /** The type of the column, where it is not `text`: `uuid`. */
  readonly type?: string;
}

const NAME = /^[A-Za-z_][\w$]*(\.[A-Za-z_][\w$]*)?$/;
const named = (words: string): typeof option.name =>
  option.kind(words, (value) => typeof value === 'string' && NAME.test(value));

const POLICY = {
  table: option.required(named('the name of a table')),
  column: option.or(named('the name of a column'), 'tenant_id'),
  setting: option.or(named('the name of a setting, such as app.tenant'), 'app.tenant'),
  type: option.or(named('the name of a type'), 'text'),
} satisfies OptionKinds<TenantPolicyOptions>;

/**
 * The statements, for a migration, after which PostgreSQL shows each tenant its own rows of a table that all share, and lets
 * it write no others. The column has the tenant by default. Without a tenant no role sees a row, not even the owner.
 * Subpath: `uno-config/databases/pg`.
 *
 * @throws TypeError naming an option that cannot be used.
 *
 * @example
 * ```ts
 * const migration = tenantPolicy({ table: 'orders' }).join('; ');
 * ```
 */
export function tenantPolicy(options: TenantPolicyOptions): readonly string[] {
  const { table, column, setting, type } = readOptions('tenantPolicy', options, POLICY);
  const quoted = table.split('.').map(quoteName).join('.');
  // Empty, not absent, in a session that has had a tenant before.
  const tenant = `nullif(current_setting(${quoteText(setting)}, true), '')::${type}`;
  const owns = `${quoteName(column)} = ${tenant}`;
  return [
    `alter table ${quoted} enable row level security`,
    `alter table ${quoted} force row level security`,
    `alter table ${quoted} alter column ${quoteName(column)} set default ${tenant}`,
    `create policy tenant_rows on ${quoted} using (${owns}) with check (${owns})`,
  ];
}
