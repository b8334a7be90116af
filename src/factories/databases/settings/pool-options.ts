import { option } from '../../../core/index.js';

/** What every pool takes; how long and how late, `defineResource` reads. */
export const POOL_OPTIONS = {
  name: option.required(option.name),
  from: option.required(option.anything),
  lazy: option.flag,
  probeTimeout: option.anything,
  drainTimeout: option.anything,
} as const;
