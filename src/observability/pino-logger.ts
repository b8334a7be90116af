import { option, type ConfigLogger, type LogLevel } from '../core/index.js';

/** The part of a pino logger that is called. */
export interface PinoLike {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
  isLevelEnabled?(level: string): boolean;
}

const LOGGER = option.having('a logger with debug(), info(), warn() and error()', 'debug', 'info', 'warn', 'error');

/**
 * Writes the library's records to a pino logger: the fields with `event` as pino's object, the sentence as its message.
 * Subpath: `uno-config/observability`.
 *
 * @throws TypeError when it is no such logger.
 *
 * @example
 * ```ts
 * import { pino } from 'pino';
 *
 * const config = ConfigModule.fromOptions({
 *   sections: [HttpSettings],
 *   sources: [yamlFile('config/app.yaml')],
 *   logger: pinoLogger(pino()),
 * });
 * ```
 */
export function pinoLogger(logger: PinoLike): ConfigLogger {
  LOGGER.read(logger, 'pinoLogger: the logger');
  return Object.freeze({
    log: ({ level, event, message, fields }) => {
      logger[level]({ event, ...fields }, message);
    },
    isEnabled: (level: LogLevel) => logger.isLevelEnabled?.(level) ?? true,
  } satisfies ConfigLogger);
}
