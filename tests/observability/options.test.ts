import { describe, expect, it } from '@jest/globals';
import { configMetrics, consoleLogger, openTelemetryMetrics, pinoLogger } from '../../src/observability.js';

describe('what observability is given', () => {
  // As a caller without types may call it.
  it.each<[string, (options: never) => unknown, object, string]>([
    [
      'consoleLogger',
      (options) => consoleLogger(console, options),
      { lvl: 'info' },
      'lvl is not an option; did you mean level?',
    ],
    [
      'consoleLogger',
      (options) => consoleLogger(console, options),
      { level: 'wran' },
      'level must be one of "debug", "info", "warn", "error"; got "wran". Did you mean "warn"?',
    ],
    ['configMetrics', configMetrics, { sectionRead: true }, 'sectionRead is not an option; did you mean sectionReads?'],
    [
      'configMetrics',
      configMetrics,
      { forward: {} },
      'forward must be metrics with count() and record(); got an object.',
    ],
    [
      'openTelemetryMetrics',
      openTelemetryMetrics,
      { sectionReads: 'yes' },
      'sectionReads must be true or false; got a string.',
    ],
  ])('is refused by %s where it cannot be meant: %#', async (call, make, options, message) => {
    await expect((async () => Promise.resolve(make(options as never)))()).rejects.toThrow(
      new TypeError(`${call}: ${message}`),
    );
  });

  it('is refused where it is no logger', () => {
    const words = 'with debug(), info(), warn() and error(); got';
    expect(() => consoleLogger({ log: console.log } as never)).toThrow(
      new TypeError(`consoleLogger: the console must be a console ${words} an object.`),
    );
    expect(() => pinoLogger(undefined as never)).toThrow(
      new TypeError(`pinoLogger: the logger must be a logger ${words} nothing.`),
    );
  });
});
