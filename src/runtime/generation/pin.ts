import type { ConfigPath } from '../../core/index.js';

/** A field that keeps its value until the next start; references see the value that it keeps. */
export interface Pin {
  readonly path: ConfigPath;
  /** The index of its section. */
  readonly section: number;
  /** The raw value in use; `undefined` for the default of the class. */
  readonly value: unknown;
  /** True for what was built from a secret, however harmless the wish is. */
  readonly isTainted: boolean;
}
