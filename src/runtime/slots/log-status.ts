import type { ConfigLogger, LogLevel } from '../../core/index.js';
import { Duration } from '../../sections/index.js';
import type { SourceHealth, SourceStatus } from './source-health.js';

const EVENTS: Readonly<Record<SourceStatus, { readonly level: LogLevel; readonly event: string }>> = {
  ok: { level: 'info', event: 'config.source.recovered' },
  absent: { level: 'info', event: 'config.source.absent' },
  stale: { level: 'warn', event: 'config.source.stale' },
  defaults: { level: 'warn', event: 'config.source.defaults' },
  // The load or reload that it holds up is reported as a whole.
  bad: { level: 'debug', event: 'config.source.bad' },
};

/** Logs that a source has got into another status. */
export function logStatus(logger: ConfigLogger, health: SourceHealth): void {
  logger.log({ ...EVENTS[health.status], message: sentence(health), fields: { ...health } });
}

function sentence({ source, status, age, message = '' }: SourceHealth): string {
  switch (status) {
    case 'ok':
      return `${source} answers again.`;
    case 'absent':
      return `${source} is not there; it need not be.`;
    case 'bad':
      return `${source} cannot be used as it is. ${message}`;
    case 'defaults':
      return `${source} is taken to say nothing. ${message}`;
    case 'stale': {
      const before = age === undefined ? 'before' : `${Duration.ofMilliseconds(age).toString()} ago`;
      return `${source} is stale: what it said ${before} is in use. ${message}`;
    }
  }
}
