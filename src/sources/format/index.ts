// format: text -> tree, with the place of every value: JSON, YAML, TOML.
export type { FileFormat } from './file-format.js';
export { FILE_EXTENSIONS, formatByExtension } from './file-formats.js';
export { type ParsedFile, parseFileText } from './file-parse.js';
export { type PositionNode, type TextSpan, lineStarts, placeOf } from './file-positions.js';
export { jsonFormat, jsonWithCommentsFormat } from './json-format.js';
export { tomlFormat } from './toml-format.js';
export { yamlFormat } from './yaml-format.js';
