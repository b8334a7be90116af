// amounts: lengths of time and sizes, each written as a number with its unit.
export { ByteSize } from './byte-size.js';
export { Duration } from './duration.js';
export type { TextProblem } from './text-problem.js';
