import { option, readOptions, type ConfigLogger, type LogLevel, type OptionKinds } from '../core/index.js';

/** The part of a console that is called. */
export interface ConsoleLike {
  debug(line: string): void;
  info(line: string): void;
  warn(line: string): void;
  error(line: string): void;
}

/** What {@link consoleLogger} takes besides the console. */
export interface ConsoleLoggerOptions {
  /** The lowest level that is written; default `info`. */
  readonly level?: LogLevel;
}

const RANKS: Readonly<Record<LogLevel, number>> = { debug: 0, info: 1, warn: 2, error: 3 };

const CONSOLE = option.having('a console with debug(), info(), warn() and error()', 'debug', 'info', 'warn', 'error');
const OPTIONS = {
  level: option.or(option.oneOf('debug', 'info', 'warn', 'error'), 'info'),
} satisfies OptionKinds<ConsoleLoggerOptions>;

/**
 * Writes the library's records to a console, one line each: the sentence, then the event's name. Subpath: `uno-config/observability`.
 *
 * @throws TypeError naming what cannot be used.
 *
 * @example
 * ```ts
 * const config = ConfigModule.fromOptions({
 *   sections: [HttpSettings],
 *   sources: [yamlFile('config/app.yaml')],
 *   logger: consoleLogger(console, { level: 'debug' }),
 * });
 * ```
 */
export function consoleLogger(target: ConsoleLike, options: ConsoleLoggerOptions = {}): ConfigLogger {
  CONSOLE.read(target, 'consoleLogger: the console');
  const { level: lowest } = readOptions('consoleLogger', options, OPTIONS);
  const isEnabled = (level: LogLevel): boolean => RANKS[level] >= RANKS[lowest];
  return Object.freeze({
    log: ({ level, event, message }) => {
      if (isEnabled(level)) target[level](`[config] ${message} (${event})`);
    },
    isEnabled,
  } satisfies ConfigLogger);
}
