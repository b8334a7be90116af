// Projections over Emmett's event store in PostgreSQL. Subpath: `uno-config/projections/emmett`.
//
//   store.append -> one transaction: events, inline projections -> commit -> wake
//   projector: lock, read behind the horizon, project, note the place: one transaction for each batch
//   rebuild: the same in a schema beside -> lock, catch up, swap, in one transaction
export { emmett, type EmmettOptions } from './emmett.js';
export type { EmmettDriver, EmmettEvent, EmmettReadOptions, EmmettStore, StoreOf } from './emmett-types.js';
export { projectionStatements } from './projection-tables.js';
