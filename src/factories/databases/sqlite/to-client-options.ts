import { pathToFileURL } from 'node:url';
import type { SqliteSettings } from './sqlite-settings.js';

/** What the constructor of `better-sqlite3` takes besides the path. */
export interface BetterSqlite3Options {
  readonly readonly: boolean;
  readonly fileMustExist: boolean;
  /** In milliseconds. */
  readonly timeout: number;
}

/** What `DatabaseSync` of `node:sqlite` takes besides the path. */
export interface NodeSqliteOptions {
  readonly readOnly: boolean;
  /** In milliseconds. */
  readonly timeout: number;
}

/** What SQLite is opened with: `new Database(...betterSqlite3)` or `new DatabaseSync(...nodeSqlite)`, then the pragmas. */
export interface SqliteClientOptions {
  readonly betterSqlite3: readonly [path: string, options: BetterSqlite3Options];
  readonly nodeSqlite: readonly [path: string, options: NodeSqliteOptions];
  /** To be run in this order on each new connection, such as `journal_mode = wal`; without the word `PRAGMA`. */
  readonly pragmas: readonly string[];
}

/**
 * What `better-sqlite3` and `node:sqlite` (Node 22.16 or later) are opened with, from settings. Opens nothing. Subpath:
 * `uno-config/databases/sqlite`.
 *
 * @example
 * ```ts
 * import { DatabaseSync } from 'node:sqlite';
 *
 * function open(settings: SqliteSettings): DatabaseSync {
 *   const { nodeSqlite, pragmas } = toClientOptions(settings);
 *   const database = new DatabaseSync(...nodeSqlite);
 *   for (const pragma of pragmas) database.exec(`PRAGMA ${pragma}`);
 *   return database;
 * }
 * ```
 */
export function toClientOptions(settings: SqliteSettings): SqliteClientOptions {
  const { file, readonly, fileMustExist } = settings;
  const timeout = settings.busyTimeout.milliseconds;
  // node:sqlite has no option for it, but hands URIs to SQLite.
  const nodePath = fileMustExist && !readonly ? `${pathToFileURL(file).href}?mode=rw` : file;
  return {
    betterSqlite3: [file, { readonly, fileMustExist, timeout }],
    nodeSqlite: [nodePath, { readOnly: readonly, timeout }],
    pragmas: toPragmas(settings),
  };
}

function toPragmas(settings: SqliteSettings): readonly string[] {
  const { readonly, journalMode, cacheSize, mmapSize, journalSizeLimit } = settings;
  const values: Readonly<Record<string, string | number | undefined>> = {
    // The mode wal is written to the file, which a connection that only reads cannot do.
    journal_mode: readonly ? undefined : journalMode,
    synchronous: settings.synchronous,
    foreign_keys: settings.foreignKeys ? 'on' : 'off',
    // Kibibytes are negative; a positive number would be pages.
    cache_size: cacheSize && -Math.floor(cacheSize.bytes / 1_024),
    mmap_size: mmapSize?.bytes,
    journal_size_limit: journalSizeLimit?.bytes,
    wal_autocheckpoint: settings.walAutocheckpoint,
    temp_store: settings.tempStore,
  };
  return Object.entries(values).flatMap(([name, value]) => (value === undefined ? [] : [`${name} = ${String(value)}`]));
}
