// file: one file, what it imports, and a folder of files by environment and region.
export * from './config-folder.js';
export { FILE_OPTIONS, type FileOptions, sourceId } from './file-source.js';
export { loadFiles, pathsWithImports } from './import-files.js';
export * from './format-files.js';
export { KeptLayers } from './kept-layers.js';
