// names: environment variables, .env files and arguments, found by walking the settings classes.
export * from './cli-args.js';
export { readEnvFileLines } from './env-file-keys.js';
export { parseEnvFile } from './env-file-read.js';
export type { EmptyVariables, NamingOptions, VariableOptions } from './key-options.js';
export * from './env-files.js';
export { type NamedValue, growTree } from './key-tree.js';
export { unusableNames } from './env-layer.js';
export * from './process-env.js';
