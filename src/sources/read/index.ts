// read: one file's content, whole or not at all, and where files may be.
export { fileError, fileErrorFromSystem, folderErrorFromSystem, parseError } from './file-error.js';
export * from './file-roots.js';
export * from './file-text.js';
export { type PathStatus, glanceAt, isLocal, isNear, statusOf, DEFAULT_SETTLE, Stillness } from './path-status.js';
