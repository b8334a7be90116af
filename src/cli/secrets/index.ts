// secrets: the commands that make encrypted values and look after the keys.
//
//   encrypt, seal: value -> keyring -> {jwe}…, printed or put in its place in a file
//   keys:          keyring file -> generate, list, rotate (and the files with it), retire, destroy
export { blockSpan } from './block-span.js';
export * from './change-key-commands.js';
export { keysGenerateCommand } from './keys-generate-command.js';
export { keysListCommand } from './keys-list-command.js';
export { keysRotateCommand } from './keys-rotate-command.js';
export * from './value-commands.js';
export { lineEnd, lineStart, tomlKey, withInserted, yamlKey } from './insert-value.js';
export { ASSIGNED, BARE, lengthAt, QUOTED } from './env-value.js';
export { DefinitionOnDemand } from './definition-on-demand.js';
export { keysForValues } from './keys-for-values.js';
export { written } from './keyring-file.js';
