import { option } from '../../../core/index.js';

/** Checked here as well as by `defineResource`, so that a mistake names the function that the caller wrote. */
export const POOL_OPTIONS = {
  name: option.required(option.name),
  lazy: option.flag,
  probeTimeout: option.positiveSpan,
  drainTimeout: option.span,
} as const;
