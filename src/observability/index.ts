// observability: what the library did and what it holds, for machines (log records) and for people (tables).
export { consoleLogger, type ConsoleLike, type ConsoleLoggerOptions } from './console-logger.js';
export { pinoLogger, type PinoLike } from './pino-logger.js';
export { settingsTable } from './settings-table.js';
