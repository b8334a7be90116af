import { option } from '../../../core/index.js';
import type { NewRelease, StoreDriver } from './store-driver.js';

type Row = Readonly<Record<string, unknown>>;

/** Sends one statement with `?` for its values. */
export type SqlQuery = (statement: string, values?: readonly unknown[]) => Promise<readonly Row[]>;

export interface SqlLink {
  readonly tables: { readonly releases: string; readonly documents: string; readonly instances: string };
  /** Expressions that differ. */
  readonly dialect: {
    /** A column with a time, in milliseconds since 1970. */
    readonly milliseconds: (column: string) => string;
    /** A column with a document, as text. */
    readonly text: (column: string) => string;
    readonly now: string;
    /** The time of an hour ago. */
    readonly anHourAgo: string;
    /** Inserts a report, or replaces the one of the same key. */
    readonly orReplaceReport: string;
  };
  /** A statement that sees what has been committed up to now. */
  readonly query: SqlQuery;
  /** All statements of the work, or none. */
  transaction<T>(work: (query: SqlQuery) => Promise<T>): Promise<T>;
  create(): Promise<void>;
  isConflict(error: unknown): boolean;
  isMissing(error: unknown): boolean;
  /** Notifies of a release, within its transaction. */
  announce?(query: SqlQuery, revision: number): Promise<void>;
  close(): Promise<void>;
}

/** What a schema, or the beginning of a table, may be called: it becomes part of statements. */
export const SQL_NAME = option.kind(
  'a name of lower-case letters, digits and _',
  (value) => typeof value === 'string' && /^[a-z_][a-z0-9_]{0,40}$/.test(value),
);

/** So many documents go into one statement. */
const AT_ONCE = 500;

/** The driver of releases in a database, which may notify of them. */
export interface SqlDriver extends StoreDriver {
  /** The newest revision, and the documents that have changed since another one. */
  changedSince(
    revision: number,
    query: SqlQuery,
  ): Promise<{ readonly revision: number; readonly ids: readonly string[] }>;
}

/**
 * Releases in two tables, one row for each release and one for each document that it brought. A row is valid from its
 * revision until the one that replaced it; so every revision is one statement away, and never half of another.
 */
export function sqlDriver(link: SqlLink, namespace: string): SqlDriver {
  const { tables, dialect } = link;

  /** Without tables there are no rows. */
  async function rowsOrNone(statement: string, values: readonly unknown[]): Promise<readonly Row[]> {
    try {
      return await link.query(statement, values);
    } catch (error) {
      if (link.isMissing(error)) return [];
      throw error;
    }
  }

  /** Makes the tables where they are missing, and does it again. */
  async function withTables<T>(act: () => Promise<T>): Promise<T> {
    try {
      return await act();
    } catch (error) {
      if (!link.isMissing(error)) throw error;
      await link.create();
      return act();
    }
  }

  async function append({ expected, changes, author, comment }: NewRelease): Promise<number | undefined> {
    const revision = expected + 1;
    try {
      return await link.transaction(async (query) => {
        const newest = `select max(revision) as revision from ${tables.releases} where namespace = ?`;
        const [head] = await query(newest, [namespace]);
        if (Number(head?.['revision'] ?? 0) !== expected) return undefined;
        // The primary key lets one writer in, and makes the others wait and fail.
        await query(
          `insert into ${tables.releases} (namespace, revision, parent, author, comment) values (?, ?, ?, ?, ?)`,
          [namespace, revision, expected, author ?? null, comment ?? null],
        );
        const all = [...changes];
        for (let at = 0; at < all.length; at += AT_ONCE) {
          const some = all.slice(at, at + AT_ONCE);
          await query(
            `update ${tables.documents} set replaced = ? where namespace = ? and replaced is null and id in (${listOf('?', some)})`,
            [revision, namespace, ...some.map(([id]) => id)],
          );
          const rows = some.flatMap(([id, content]) =>
            content === undefined ? [] : [[namespace, id, revision, content] as const],
          );
          if (rows.length === 0) continue;
          await query(
            `insert into ${tables.documents} (namespace, id, revision, content) values ${listOf('(?, ?, ?, ?)', rows)}`,
            rows.flat(),
          );
        }
        await link.announce?.(query, revision);
        return revision;
      });
    } catch (error) {
      if (link.isConflict(error)) return undefined;
      throw error;
    }
  }

  return {
    read: async ({ known, at, ids }) => {
      const wanted = ids && padded(ids);
      const named = wanted === undefined ? '' : ` and d.id in (${listOf('?', wanted)})`;
      const rows = await rowsOrNone(
        `select r.revision as revision, ${dialect.milliseconds('r.at')} as at, d.id as id, ${dialect.text('d.content')} as content
           from (select revision, at from ${tables.releases} where namespace = ?${at === undefined ? '' : ' and revision <= ?'}
                  order by revision desc limit 1) r
           left join ${tables.documents} d on d.namespace = ? and r.revision <> ?
                 and d.revision <= r.revision and (d.replaced is null or d.replaced > r.revision)${named}`,
        [namespace, ...(at === undefined ? [] : [at]), namespace, known ?? 0, ...(wanted ?? [])],
      );
      const [first] = rows;
      if (first === undefined) return { revision: 0, documents: new Map() };
      const found = rows.flatMap(({ id, content }) => (typeof id === 'string' ? [[id, String(content)] as const] : []));
      return { revision: Number(first['revision']), at: Math.round(Number(first['at'])), documents: new Map(found) };
    },
    append: async (release) => withTables(async () => append(release)),
    history: async (limit) => {
      const releases = await rowsOrNone(
        `select revision, ${dialect.milliseconds('at')} as at, author, comment from ${tables.releases}
          where namespace = ? order by revision desc limit ${String(Math.trunc(limit))}`,
        [namespace],
      );
      const oldest = releases.at(-1)?.['revision'];
      if (oldest === undefined) return [];
      const changed = await link.query(
        `select revision, id from ${tables.documents} where namespace = ? and revision >= ?
          union select replaced as revision, id from ${tables.documents} where namespace = ? and replaced >= ? order by id`,
        [namespace, oldest, namespace, oldest],
      );
      const idsOf = new Map<number, string[]>(releases.map(({ revision }) => [Number(revision), []]));
      for (const { revision, id } of changed) idsOf.get(Number(revision))?.push(String(id));
      return releases.map(({ revision, at, author, comment }) => ({
        revision: Number(revision),
        at: Math.round(Number(at)),
        ...(typeof author === 'string' && { author }),
        ...(typeof comment === 'string' && { comment }),
        documents: idsOf.get(Number(revision)) ?? [],
      }));
    },
    changedSince: async (revision, query) => {
      const rows = await query(
        `select r.revision as revision, d.id as id
           from (select max(revision) as revision from ${tables.releases} where namespace = ?) r
           left join ${tables.documents} d on d.namespace = ? and (d.revision > ? or d.replaced > ?)`,
        [namespace, namespace, revision, revision],
      );
      const ids = new Set(rows.flatMap(({ id }) => (typeof id === 'string' ? [id] : [])));
      return { revision: Number(rows[0]?.['revision'] ?? 0), ids: [...ids] };
    },
    report: async (instance, text) => {
      const insert = `insert into ${tables.instances} (namespace, instance, report, seen) values (?, ?, ?, ${dialect.now}) ${dialect.orReplaceReport}`;
      await withTables(async () => link.query(insert, [namespace, instance, text]));
      const old = `delete from ${tables.instances} where namespace = ? and seen < ${dialect.anHourAgo}`;
      await link.query(old, [namespace]);
    },
    leave: async (instance) => {
      await rowsOrNone(`delete from ${tables.instances} where namespace = ? and instance = ?`, [namespace, instance]);
    },
    instances: async () => {
      const rows = await rowsOrNone(
        `select report, ${dialect.milliseconds(dialect.now)} - ${dialect.milliseconds('seen')} as age
           from ${tables.instances} where namespace = ? and seen >= ${dialect.anHourAgo} order by instance`,
        [namespace],
      );
      return rows.map(({ report, age }) => ({ text: String(report), age: Math.max(0, Math.round(Number(age))) }));
    },
    close: async () => link.close(),
  };
}

/** To a power of two, with what is there already: few statements to prepare, whatever the number of documents. */
function padded(ids: readonly string[]): readonly (string | null)[] {
  const length = 2 ** Math.ceil(Math.log2(Math.max(1, ids.length)));
  return [...ids, ...Array.from({ length: length - ids.length }, () => ids[0] ?? null)];
}

function listOf(placeholder: string, items: readonly unknown[]): string {
  return items.map(() => placeholder).join(', ');
}
