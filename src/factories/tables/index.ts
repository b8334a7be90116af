// tables: what keeps tables of its own in a database of the program has in common: how it asks, how tables are made, and how
// it looks at them again and again.
export { askOf, askOn, makeTables, type Ask } from './make-tables.js';
export { workLoop, type WorkLoop } from './work-loop.js';
