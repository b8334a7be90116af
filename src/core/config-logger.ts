import { attempt } from './thrown.js';

/** How much a log record matters. */
export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

/** What happened, as data; never holds the value of a secret. */
export interface LogRecord {
  readonly level: LogLevel;
  /** A stable name: `config.loaded`, `config.source.read`, `config.precedence`, … */
  readonly event: string;
  /** One sentence for people. */
  readonly message: string;
  /** Structured details. */
  readonly fields: Readonly<Record<string, unknown>>;
}

/** Where the library writes what it does; adapters for pino and a console are ready made. */
export interface ConfigLogger {
  log(record: LogRecord): void;
  /** Lets costly debug records be skipped; every level is written when absent. */
  isEnabled?(level: LogLevel): boolean;
}

/** Writes nothing. */
export const silentLogger: Required<ConfigLogger> = Object.freeze({
  log: () => undefined,
  isEnabled: () => false,
});

/** A logger whose own failures stop nothing else; the silent one when there is none. */
export function guardLogger(logger: ConfigLogger | undefined): Required<ConfigLogger> {
  if (logger === undefined || logger === silentLogger) return silentLogger;
  return {
    log: (record) => {
      attempt(() => {
        logger.log(record);
      });
    },
    isEnabled: (level) => attempt(() => logger.isEnabled?.(level) ?? true) ?? false,
  };
}
