// tables: what keeps tables of its own in a database of the program has in common: how it asks, and how tables are made.
export { askOn, type Ask } from './make-tables.js';
export { makeTables } from './make-tables.js';
