// files: read whole, replaced whole or not at all, and on the disk when they are said to be.
export { FileReplacement, removeLeftovers } from './file-replacement.js';
export { readWhole, type WholeFile } from './read-whole.js';
export { syncFolder } from './sync-folder.js';
