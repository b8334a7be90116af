// Sagas kept by DBOS Transact in PostgreSQL. Subpath: `uno-config/sagas/dbos`.
//
//   start -> DBOS workflow `saga@version` -> runSaga -> DBOS step each -> outcome
//   executor lease -> sweep: runs of dead executors are resumed by one of the living
export { dbos, type DbosOptions } from './dbos.js';
export * from './dbos-types.js';
