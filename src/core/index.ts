// core: values, paths, origins, layers, errors and the ports that the floors above fill. No I/O, no packages.
//
//   source -> layer (tree + origins) -> merge -> interpolate -> generation
export * from './abort.js';
export * from './amounts/index.js';
export * from './clock.js';
export type * from './codes.js';
export * from './config-error.js';
export * from './config-issue.js';
export * from './config-layer.js';
export * from './config-logger.js';
export * from './config-metrics.js';
export * from './config-origin.js';
export * from './config-path.js';
export * from './config-schema.js';
export * from './config-source.js';
export * from './config-tracer.js';
export * from './config-value.js';
export * from './copy-tree.js';
export * from './parse-path.js';
export * from './path-pattern.js';
export * from './env-quotes.js';
export * from './environment.js';
export * from './escape-controls.js';
export * from './get-or-insert.js';
export * from './load-answer.js';
export * from './merge-layers.js';
export * from './nearest-name.js';
export * from './options/index.js';
export * from './references/index.js';
export * from './rules/index.js';
export * from './secrets/index.js';
export * from './selectors.js';
export * from './separated-keys.js';
export type * from './settings-store.js';
export * from './source-unreachable.js';
export * from './thrown.js';
export * from './trace-merge.js';
export * from './yaml-text.js';
