import type { LeafChange } from './leaf-change.js';

/** A setting with `@RestartRequired` that the sources want to have another value. */
export interface RestartWish {
  /** From the value in use to the one that is wanted; secrets are masked. */
  readonly change: LeafChange;
  /** The wanted value itself, to know the same wish again. Never to be shown. */
  readonly wanted: unknown;
}
