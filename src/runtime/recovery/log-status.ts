import type { ConfigLogger, LogLevel } from '../../core/index.js';
import { Duration } from '../../sections/index.js';
import type { SourceHealth, SourceStatus } from './source-health.js';

const EVENTS: Readonly<Record<SourceStatus, { readonly level: LogLevel; readonly event: string }>> = {
  ok: { level: 'info', event: 'config.source.recovered' },
  stale: { level: 'warn', event: 'config.source.stale' },
  defaults: { level: 'warn', event: 'config.source.defaults' },
  // The load fails with the same error, and is reported as a whole.
  failed: { level: 'debug', event: 'config.source.failed' },
};

/** Logs that a source has got into another status. */
export function logStatus(logger: ConfigLogger, health: SourceHealth): void {
  logger.log({ ...EVENTS[health.status], message: sentence(health), fields: { ...health } });
}

function sentence({ source, status, age, message = '' }: SourceHealth): string {
  if (status === 'ok') return `${source} answers again.`;
  if (status === 'failed') return `${source} failed. ${message}`;
  if (status === 'defaults') return `${source} is taken to say nothing. ${message}`;
  const before = age === undefined ? 'before' : `${Duration.ofMilliseconds(age).toString()} ago`;
  return `${source} is stale: what it said ${before} is in use. ${message}`;
}
