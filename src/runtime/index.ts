// runtime: one load as a river, and what holds its result.
//
//   options -> plan -> slots -> parts -> rows: merge, open, resolve, bind -> rules -> Generation -> transaction
//
// Rooms, low to high: recovery < rows < secrets < plan < slots, generation < events, load < reload, tenants.
export * from './events/index.js';
export * from './generation/index.js';
export * from './load/index.js';
export * from './plan/index.js';
export * from './recovery/index.js';
export * from './reload/index.js';
export * from './secrets/index.js';
export * from './slots/index.js';
export * from './tenants/index.js';
export * from './versions/index.js';
