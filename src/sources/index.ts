// sources: each makes layers of raw values, every value with the place it came from.
//
//   text -> format (parse, survey) -> tree + positions -> $import -> layers, low to high
//
// Rooms, low to high: plain < read < format < watch < file < directory, documents < names.
export * from './directory/index.js';
export * from './documents/index.js';
export { configFolder, jsonFile, tomlFile, yamlFile } from './file/index.js';
export type {
  ConfigFolderOptions,
  FileOptions,
  JsonFileOptions,
  TomlFileOptions,
  YamlFileOptions,
} from './file/index.js';
export {
  FILE_EXTENSIONS,
  type FileFormat,
  formatByExtension,
  lineStarts,
  parseFileText,
  placeOf,
  type PositionNode,
  type TextSpan,
} from './format/index.js';
export * from './names/index.js';
export * from './plain/index.js';
export { defaultRoots, readTextFile, resolveWithin } from './read/index.js';
export { ReadRecord, watchReads, type Reading } from './watch/index.js';
