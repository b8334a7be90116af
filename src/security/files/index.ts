// files: read whole, replaced whole or not at all, by one at a time, and on the disk when they are said to be.
export { FileReplacement } from './file-replacement.js';
export { lockFile, whileLocked, type FileLock } from './file-lock.js';
export { readWhole, type WholeFile } from './read-whole.js';
export { syncFolder } from './file-replacement.js';
export { removeLeftovers } from './unfinished-file.js';
