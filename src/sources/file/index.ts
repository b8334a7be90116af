// file: one file, what it imports, and a folder of files by environment and region.
export * from './config-folder.js';
export { FILE_OPTIONS, type FileOptions, sourceId } from './file-source.js';
export { loadFiles } from './import-files.js';
export * from './json-file.js';
export { KeptLayers } from './kept-layers.js';
export * from './toml-file.js';
export * from './yaml-file.js';
