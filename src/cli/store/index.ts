// store: the commands that write a store which the program reads, and look at its history.
//
//   file or path=value -> changes -> secrets refused -> checked as the program would load it -> published on the expected revision
export { afterChanges, compareDocuments, comparisonText } from './document-changes.js';
export { publishChanges } from './publish-changes.js';
export { noSuchStore, type StorePlace, storePlaces } from './store-place.js';
export { diffRevisions, type ComparedSides } from './document-changes.js';
export { fleetCommand } from './fleet-command.js';
export { historyCommand } from './history-command.js';
export { pullCommand } from './pull-command.js';
export { pushCommand } from './push-command.js';
export { rollbackCommand } from './rollback-command.js';
