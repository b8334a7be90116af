import type { Generation } from '../generation/index.js';
import type { ConfigEvent } from './config-event.js';

/** The generations between which a `ConfigChanged` lies. */
export interface ChangedGenerations {
  readonly current: Generation;
  readonly previous: Generation;
}

export interface Notice {
  readonly event: ConfigEvent;
  /** Only with a `ConfigChanged`. */
  readonly generations: ChangedGenerations | undefined;
}

export interface Receiver {
  offer(notice: Notice): void;
  /** Ends it and drops what waits. */
  stop(): void;
  /** Ends it because no more will come. */
  finish(): void;
}
