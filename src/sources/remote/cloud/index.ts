// cloud: what the sources over clouds and secret stores have in common.
//
//   read -> values, each with its key and version -> one tree below `at` -> layer       failure of a client -> a code, a fix
export { nothingThere, parsedJson, sourceFailed } from '../source-errors.js';
export * from './client-class.js';
export * from './cloud-failure.js';
export * from './cloud-source.js';
export * from './settled.js';
export * from './stored-texts.js';
export * from './value-layer.js';
