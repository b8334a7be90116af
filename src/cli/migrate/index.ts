// migrate: documents of earlier versions, brought to the one of the settings classes where they are kept.
//
//   text -> tree -> edits of the steps -> splices, each parsed to see that it means what it should -> file, whole or not at all
//   store -> tree -> the same edits -> one revision
export { migrateCommand } from './migrate-command.js';
