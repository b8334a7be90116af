// rotation: values in files under the newest keys, and nothing else of the files changed.
//
//   bytes of a file -> tokens found -> each encrypted again -> a new file in its place, whole or not at all -> report
export * from './rotate-secrets.js';
export * from './rotation-report.js';
