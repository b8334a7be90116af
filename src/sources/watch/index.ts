// watch: what was read, whether it is still being written, and whether it is another now.
export { listFolder } from './watch-folders.js';
export { ReadRecord } from './read-record.js';
export { type EmptiedWords, type ReadTarget, Reading, VOID, isFailureMark } from './reading.js';
export { watchReads } from './watch-reads.js';
