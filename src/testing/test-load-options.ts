import { option } from '../core/index.js';
import type { LoadOptions } from '../runtime/index.js';

/**
 * What a test may say about a load besides sections and values: the load's own options, with defaults that shut the
 * machine out. The environment is `test`, there are no variables for `${env:…}` and the selectors, and `${file:…}` may
 * read no folder. Subpath: `uno-config/testing`.
 */
export type TestLoadOptions = Omit<LoadOptions, 'sections' | 'sources'>;

/** The options with a test's defaults: whatever the machine's own variables and files say, the result is the same. */
export function isolated(options: TestLoadOptions): TestLoadOptions {
  option.map.read(options, 'The options');
  return { environment: 'test', env: {}, fileRoots: [], ...options };
}

/** How errors call the values that a test gives. */
export const VALUES = 'test values';
