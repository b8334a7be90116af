import type { ConfigError } from '../../core/index.js';
import type { SectionChange } from '../events/index.js';
import type { Generation } from '../generation.js';

/** What a reload came to. */
export type ReloadOutcome =
  | {
      readonly status: 'committed';
      readonly generation: Generation;
      /** What differs from the generation before; secrets are masked. */
      readonly sections: readonly SectionChange[];
    }
  | { readonly status: 'unchanged'; readonly generation: Generation }
  | {
      readonly status: 'rejected';
      /** The one that stays. */
      readonly generation: Generation;
      readonly error: ConfigError;
    };

/** How the reload service is doing. */
export interface ReloadStatus {
  readonly state: 'idle' | 'reloading' | 'paused' | 'closed';
  /** The number of the current generation. */
  readonly generation: number;
  /** When it became current, in milliseconds since 1970. */
  readonly since: number;
  /** Why it was loaded. */
  readonly reason: string;
  /** The reasons of requests that wait. */
  readonly waiting: readonly string[];
  /** How many reloads in a row have been rejected. */
  readonly rejections: number;
  /** The last rejection, until a reload succeeds. */
  readonly lastRejection?: { readonly time: number; readonly reason: string; readonly error: ConfigError };
}
