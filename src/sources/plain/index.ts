// plain: sources that read no file, and which environment it is.
export * from './environment.js';
export * from './object.js';
export * from './optional.js';
export * from './platform.js';
