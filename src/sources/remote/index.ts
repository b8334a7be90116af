// sources/remote: sources over the network. One that hangs, lags or is gone is distinguished from an empty one.
//
//   read(floor, signal) -> { value, revision, at } -> layers with kind `remote` and their revision
//   watch(changed)      -> hints; begun again when it ends     write(document, expected) -> the next revision
export * from './remote-source.js';
export * from './revision-conflict.js';
export { treeOfProperties } from './spring/property-tree.js';
