import { option } from '../core/index.js';
import type { LoadOptions } from '../runtime/index.js';

/**
 * Options of a test load besides sections and values: the load's own options, with defaults that isolate it from the
 * machine. The environment is `test`, there are no environment variables for `${env:…}` and the selectors, and `${file:…}`
 * may read no folder. Subpath: `uno-config/testing`.
 */
export type TestLoadOptions = Omit<LoadOptions, 'sections' | 'sources'>;

/** The options with a test's defaults: the result does not depend on the machine's environment variables and files. */
export function isolated(options: TestLoadOptions): TestLoadOptions {
  option.map.read(options, 'The options');
  return { environment: 'test', env: {}, fileRoots: [], ...options };
}

/** How errors call the values that a test gives. */
export const VALUES = 'test values';
