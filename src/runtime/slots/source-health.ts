import type { ConfigErrorCode, ConfigLogger, LogLevel } from '../../core/index.js';
import { Duration } from '../../sections/index.js';

/**
 * The status of a source. `ok`: it answered when it was read last. `absent`: it does not exist, and is optional. `stale`: it
 * gave no answer, and its last one is in use. `defaults`: it gave none, and is treated as empty. `bad`: its answer cannot be
 * used, and blocks every reload until it can.
 */
export type SourceStatus = 'ok' | 'absent' | 'stale' | 'defaults' | 'bad';

/** The state of one source, as plain data. */
export interface SourceHealth {
  /** The place of the source in the list, from 0. */
  readonly index: number;
  readonly source: string;
  readonly status: SourceStatus;
  /** When it got into this status, in milliseconds since 1970. */
  readonly since: number;
  /** Milliseconds since the source gave its last good answer; absent while there is none. */
  readonly age?: number;
  /** The revision of that answer, where the source has revisions. */
  readonly revision?: string;
  /** False when that answer is not part of the settings in use: a reload that took it in was rejected, or is to come. */
  readonly inUse?: boolean;
  /** The code of its last error; absent when `ok`. */
  readonly code?: ConfigErrorCode;
  /** The first line of that error. */
  readonly message?: string;
  /** How often it has failed in a row. */
  readonly attempts: number;
  /** When it is read next, in milliseconds since 1970; absent when nothing is planned. */
  readonly nextAttempt?: number;
  /** What else is wrong with it, in sentences: that it cannot be watched, or its last known good not be written. */
  readonly problems?: readonly string[];
}

const EVENTS: Readonly<Record<SourceStatus, { readonly level: LogLevel; readonly event: string }>> = {
  ok: { level: 'info', event: 'config.source.recovered' },
  absent: { level: 'info', event: 'config.source.absent' },
  stale: { level: 'warn', event: 'config.source.stale' },
  defaults: { level: 'warn', event: 'config.source.defaults' },
  // The load or reload that it holds up is reported as a whole.
  bad: { level: 'debug', event: 'config.source.bad' },
};

export function logStatus(logger: ConfigLogger, health: SourceHealth): void {
  logger.log({ ...EVENTS[health.status], message: sentence(health), fields: { ...health } });
}

function sentence({ source, status, age, message = '' }: SourceHealth): string {
  switch (status) {
    case 'ok':
      return `${source} answers again.`;
    case 'absent':
      return `${source} does not exist; it is optional.`;
    case 'bad':
      return `${source} cannot be used as it is. ${message}`;
    case 'defaults':
      return `${source} is treated as empty. ${message}`;
    case 'stale': {
      const when = age === undefined ? '' : ` (${Duration.ofMilliseconds(age).toString()} ago)`;
      return `${source} is stale: its last answer${when} is in use. ${message}`;
    }
  }
}
