// SQLite as a mapping of options, for `better-sqlite3` and `node:sqlite`. Subpath: `uno-config/databases/sqlite`.
//
//   SqliteSettings -> toClientOptions (pure) -> what a driver is opened with, and the pragmas to run
export { SqliteSettings } from './sqlite-settings.js';
export * from './to-client-options.js';
