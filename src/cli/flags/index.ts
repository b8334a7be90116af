// flags: the commands for the flags of a configuration file.
//
//   uno.config.ts -> generation + declarations that it imports -> list | evaluate | explain | what is to be cleaned up
export * from './flag-commands.js';
