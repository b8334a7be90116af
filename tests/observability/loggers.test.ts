import { describe, expect, it } from '@jest/globals';
import { pino } from 'pino';
import type { LogLevel, LogRecord } from '../../src/core/index.js';
import { consoleLogger, pinoLogger, settingsTable } from '../../src/observability/index.js';
import type { Description } from '../../src/runtime/index.js';

const LEVELS: readonly LogLevel[] = ['debug', 'info', 'warn', 'error'];
const record = (level: LogLevel): LogRecord => ({ level, event: 'config.x', message: 'Said.', fields: { port: 1 } });

/** A console that keeps its lines. */
function recording() {
  const lines: string[] = [];
  const write = (level: LogLevel) => (line: string) => {
    lines.push(`${level} ${line}`);
  };
  return { lines, debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error') };
}

describe('consoleLogger', () => {
  it('writes one line each, on the level’s own method', () => {
    const target = recording();
    const logger = consoleLogger(target, { level: 'debug' });
    for (const level of LEVELS) logger.log(record(level));
    expect(target.lines).toEqual(LEVELS.map((level) => `${level} [config] Said. (config.x)`));
  });

  it.each<[LogLevel | undefined, readonly LogLevel[]]>([
    [undefined, ['info', 'warn', 'error']],
    ['warn', ['warn', 'error']],
    ['error', ['error']],
  ])('leaves out what lies below the level %s', (level, written) => {
    const target = recording();
    const logger = consoleLogger(target, level === undefined ? {} : { level });
    for (const each of LEVELS) logger.log(record(each));
    expect(target.lines.map((line) => line.split(' ')[0])).toEqual(written);
    expect(LEVELS.filter((each) => logger.isEnabled?.(each))).toEqual(written);
  });
});

describe('pinoLogger', () => {
  it('writes the fields with the event, and the sentence as the message', () => {
    const lines: string[] = [];
    const logger = pinoLogger(
      pino({ level: 'debug', base: null, timestamp: false }, { write: (line) => lines.push(line) }),
    );
    for (const level of LEVELS) logger.log(record(level));
    expect(lines.map((line): unknown => JSON.parse(line))).toEqual(
      [20, 30, 40, 50].map((level) => ({ level, event: 'config.x', port: 1, msg: 'Said.' })),
    );
  });

  it('asks pino which levels are on', () => {
    const logger = pinoLogger(pino({ level: 'warn' }, { write: () => undefined }));
    expect(LEVELS.filter((level) => logger.isEnabled?.(level))).toEqual(['warn', 'error']);
  });

  it('takes all levels for on where it cannot ask', () => {
    const write = (): void => undefined;
    const logger = pinoLogger({ debug: write, info: write, warn: write, error: write });
    expect(logger.isEnabled?.('debug')).toBe(true);
  });
});

describe('settingsTable', () => {
  const setting = (path: string, value: unknown, key?: string): Description => ({
    path,
    value,
    type: 'text',
    examples: [],
    ...(key !== undefined && { origin: { kind: 'file', source: 'app.yaml', key, line: 2, column: 3 } }),
  });

  it('lines up path, value and origin', () => {
    const settings = [setting('app.host', 'db', 'app.host'), setting('app.port', 80), setting('app.key', '[secure]')];
    expect(settingsTable(settings)).toBe(
      `setting   value     from
-------   -----     ----
app.host  "db"      app.host (app.yaml:2:3)
app.port  80        -
app.key   [secure]  -
`,
    );
  });

  it('shortens long values', () => {
    const [line] = settingsTable([setting('a', 'x'.repeat(100))])
      .split('\n')
      .slice(2);
    expect(line).toBe(`a        "${'x'.repeat(58)}…  -`);
  });

  it('has a heading when there is nothing to show', () => {
    expect(settingsTable([])).toBe('setting  value  from\n-------  -----  ----\n');
  });
});
