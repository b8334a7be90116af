import type { ConfigError } from '../../core/index.js';
import type { SectionClass } from '../../sections/index.js';
import type { LeafChange, SectionChange } from '../events/index.js';
import type { Generation } from '../generation/index.js';
import type { UnmetReason } from './trust-state.js';

/** What a reload came to. */
export type ReloadOutcome = ReloadVerdict & {
  /** The sources that a reload of one domain has read, in their order; absent where all were. */
  readonly read?: readonly SourceName[];
};

type ReloadVerdict =
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

/** An answer of a source that the settings in use are not made from. */
export interface WantedChange extends SourceName {
  /**
   * `waits`: for the verdict of the hooks on the generation in use. `refused`: by a hook or a dependant, or because
   * processes ended with it; it is tried again when it changes, or on request. `rejected`: with it there is no valid
   * generation. `rolled-back`: a kept generation was restored, and no source has changed since; that applies to every
   * source. `blocked`: another source is `bad`, and no reload goes on until it can be used.
   */
  readonly why: UnmetReason;
}

/** What a dependant works with, or which generation a resource is made for. */
export interface ParticipantStatus {
  readonly name: string;
  /** `dependant`, `resource`, or what else a part of the module calls itself. */
  readonly kind: string;
  /** The number of the generation that it made ready for last. */
  readonly generation: number;
  /** True when the settings in use are older: they were rolled back, and it could not follow. */
  readonly lags: boolean;
}

/** How the reload service is doing. */
export interface ReloadStatus {
  readonly state: 'idle' | 'reloading' | 'paused' | 'closed';
  /** The number of the current generation. */
  readonly generation: number;
  /** When it became current, in milliseconds since 1970. */
  readonly since: number;
  /** Milliseconds since then. */
  readonly age: number;
  /** Why it was loaded. */
  readonly reason: string;
  /** The reasons of requests that wait. */
  readonly waiting: readonly string[];
  /** Settings with `@RestartRequired`, from the value in use to the one the sources want; secrets are masked. */
  readonly restartRequired: readonly LeafChange[];
  /**
   * The number of the last generation that is trusted: the current one, but while the hooks look at it. Absent until they
   * have looked at the first one.
   */
  readonly trusted?: number;
  /** The settings of the sources that are not in use, and why; empty when they agree. */
  readonly wanted: readonly WantedChange[];
  /** The dependants that have made something ready. */
  readonly participants: readonly ParticipantStatus[];
  /** How many reloads in a row have been rejected. */
  readonly rejections: number;
  /** The last rejection, until the settings in use are those of the sources. */
  readonly lastRejection?: { readonly time: number; readonly reason: string; readonly error: ConfigError };
}

/** A source and its place in the list. */
export interface SourceName {
  /** From 0. */
  readonly index: number;
  readonly source: string;
}

/** How a section has fared. */
export interface SectionStatus {
  /** Where it sits: canonical dotted path. */
  readonly section: string;
  readonly target: SectionClass;
  /** Distinguishes several uses of one class. */
  readonly name?: string;
  /** The domain it is grouped under, where it has one. */
  readonly domain?: string;
  /** The number of the generation in which it changed last. */
  readonly changedIn: number;
}
