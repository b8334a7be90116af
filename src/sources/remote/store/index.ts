// store: what sources have in common that read a store of releases, whatever database it is in.
//
//   driver (read, append, history, listen, reports) -> storeSource -> a source that can be written, with its store
export { CONNECTION, placeOf, textOf, type StoreConnection, type StoreConnectionRead } from './connection-options.js';
export { keptRelease, listed, releaseText, stateAt, type KeptRelease } from './kept-releases.js';
export { LazyClient, type ClientOption } from './lazy-client.js';
export * from './sql-driver.js';
export type { NewRelease, StoreDriver, StoreListener, StoreState } from './store-driver.js';
export { STORE_OPTIONS, storeSource, type StoreSource, type StoreSourceOptions } from './store-source.js';
