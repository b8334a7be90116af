// rotation: values in files under the newest keys, and nothing else of the files changed.
//
//   bytes of a file -> tokens found -> each encrypted again -> a new file in its place, whole or not at all -> report
export { rotateSecrets } from './rotate-secrets.js';
export type { RotateSecretsOptions } from './rotate-secrets.js';
export type {
  RotatedFile,
  RotationProblem,
  RotationProblemKind,
  RotationProgress,
  RotationReport,
} from './rotation-report.js';
