// scan: plain-text secrets in files, told by place and rule, never by value.
//
//   files (named, or staged in git) -> forms of secrets + declared fields -> findings
export type { Finding } from './finding.js';
export { undeclaredSecretsFrom } from './imported-files.js';
export { scanFile } from './scan-file.js';
export { namedFiles, stagedFiles } from './scanned-files.js';
