// security: what protects values. Opening them, and the keys that do.
//
//   spring  -> reads {cipher} values of Spring Cloud Config
export * from './spring/index.js';
