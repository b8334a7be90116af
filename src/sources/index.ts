// sources: each makes layers of raw values, every value with the place it came from.
//
//   text -> format (parse, survey) -> tree + positions -> $import -> layers, low to high
export * from './config-folder.js';
export * from './directory.js';
export * from './environment.js';
export { parseEnvFile } from './env-file-read.js';
export { formatByExtension } from './file-formats.js';
export { lineStarts, placeOf, type PositionNode } from './file-positions.js';
export * from './file-roots.js';
export * from './file-text.js';
export { ReadRecord } from './read-record.js';
export type { Reading } from './reading.js';
export { watchReads } from './watch-reads.js';
export * from './json-file.js';
export * from './object.js';
export * from './optional.js';
export * from './toml-file.js';
export * from './yaml-file.js';
export * from './cli-args.js';
export * from './env-files.js';
export * from './process-env.js';
