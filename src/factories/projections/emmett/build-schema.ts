import type { Ask } from '../../tables/index.js';

/** Milliseconds that a swap waits for readers of the tables. */
const SWAP = 5_000;

/** Makes an empty schema for a build, in the place of one that was begun. */
export async function makeSchema(ask: Ask, schema: string): Promise<void> {
  await ask(`drop schema if exists "${schema}" cascade`);
  await ask(`create schema "${schema}"`);
}

/** Has statements of this transaction find the tables of a build first. */
export async function enterSchema(ask: Ask, schema: string): Promise<void> {
  await ask(`select set_config('search_path', $1 || current_setting('search_path'), true)`, [`"${schema}", `]);
}

/** Puts the tables and views of a build in the place of those in use. */
export async function swapSchema(ask: Ask, schema: string, into: string): Promise<void> {
  const { rows } = await ask(
    `select quote_ident(relname) as name, quote_ident($2) as home,
        case relkind when 'v' then 'view' when 'm' then 'materialized view' when 'S' then 'sequence' else 'table' end as kind
      from pg_class c where relnamespace = to_regnamespace($1) and relkind in ('r', 'p', 'v', 'm', 'S')
        and not exists (select 1 from pg_depend d where d.objid = c.oid and d.deptype in ('a', 'i')
          and d.classid = 'pg_class'::regclass and d.refclassid = 'pg_class'::regclass)
      order by relkind in ('v', 'm') desc, oid desc`,
    [`"${schema}"`, into],
  );
  const named = rows.map(({ name, home, kind }) => ({ name: String(name), home: String(home), kind: String(kind) }));
  // A reader that goes on for long would have everybody else wait behind us.
  await ask(`set local lock_timeout = ${String(SWAP)}`);
  for (const { name, home, kind } of named) await ask(`drop ${kind} if exists ${home}.${name}`);
  for (const { name, home, kind } of named.reverse()) await ask(`alter ${kind} "${schema}".${name} set schema ${home}`);
  await ask(`drop schema "${schema}" cascade`);
}
