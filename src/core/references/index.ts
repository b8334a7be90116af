// references: `${…}` in strings, and maps that inherit from others.
//
//   template -> formula (reads, in order) -> value; earlier ones hold while every read gives what it gave
export * from './extends.js';
export * from './interpolate.js';
export { SEALED_IN_TEXT, type ReferenceIssue } from './reference-findings.js';
export * from './reference-scope.js';
export * from './template.js';
