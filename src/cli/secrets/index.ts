// secrets: the commands that make encrypted values and look after the keys.
//
//   encrypt, seal: value -> keyring -> {jwe}…, printed or put in its place in a file
//   keys:          keyring file -> generate, list, rotate (and the files with it), retire, destroy
export { encryptCommand } from './encrypt-command.js';
export { keysDestroyCommand } from './keys-destroy-command.js';
export { keysGenerateCommand } from './keys-generate-command.js';
export { keysListCommand } from './keys-list-command.js';
export { keysRetireCommand } from './keys-retire-command.js';
export { keysRotateCommand } from './keys-rotate-command.js';
export { sealCommand } from './seal-command.js';
