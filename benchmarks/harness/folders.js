import { fileURLToPath } from 'node:url';

/** The folder of the benchmarks, where the peers are installed. */
export const BENCHMARKS = fileURLToPath(new URL('..', import.meta.url));

/** The folder of uno-config itself. */
export const ROOT = fileURLToPath(new URL('../..', import.meta.url));
