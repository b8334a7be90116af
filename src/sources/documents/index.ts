// documents: one source of many documents by id, each of them read and refused alone.
export { documentFile, type DocumentFileOptions } from './document-file.js';
export { documentFolder, type DocumentFolderOptions } from './document-folder.js';
