// slots: one for each source, with its last good answer.
//
//   notice, poll, retry, somebody asks -> read (alone, limited, numbered) -> answer | none (stale) | bad (blocks) -> moved
//                              first read -> none -> last known good -> older copies -> defaults -> fail
export { buildFitting } from './build-fitting.js';
export { beginWatch, type BeginWatchContext } from './begin-watch.js';
export { DocumentSlots, type StandInDocument, type StandInDocuments } from './document-slots.js';
export type { HeldDocument } from './held-document.js';
export { Turns } from './turns.js';
export type { SourceHealth, SourceStatus } from './source-health.js';
export type { MovedSlots } from './change-window.js';
export { SourceSlots, type SlotsOptions } from './source-slots.js';
