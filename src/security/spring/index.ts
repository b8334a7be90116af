// spring: values that Spring Cloud Config has encrypted, read while a program moves away from it. Nothing here writes them.
export * from './spring-cipher.js';
