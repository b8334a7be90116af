import { describe, expect, it, jest } from '@jest/globals';
import type { LogRecord } from '../../src/core/index.js';
import { guardLogger, silentLogger } from '../../src/core/index.js';

const RECORD: LogRecord = { level: 'info', event: 'config.loaded', message: 'Loaded.', fields: { sections: 2 } };

describe('silentLogger', () => {
  it('writes nothing and says so', () => {
    expect(() => {
      silentLogger.log(RECORD);
    }).not.toThrow();
    expect(silentLogger.isEnabled('error')).toBe(false);
    expect(Object.isFrozen(silentLogger)).toBe(true);
  });
});

describe('guardLogger', () => {
  it('hands every record on as it is', () => {
    const log = jest.fn();
    guardLogger({ log }).log(RECORD);
    expect(log.mock.calls).toEqual([[RECORD]]);
  });

  it('keeps the logger as the receiver of its methods', () => {
    class Collecting {
      readonly records: LogRecord[] = [];
      log(record: LogRecord): void {
        this.records.push(record);
      }
      isEnabled(): boolean {
        return this.records.length === 0;
      }
    }
    const collecting = new Collecting();
    const guarded = guardLogger(collecting);
    guarded.log(RECORD);
    expect(collecting.records).toEqual([RECORD]);
    expect(guarded.isEnabled('debug')).toBe(false);
  });

  it('lets no failure of the logger out', () => {
    const guarded = guardLogger({
      log: () => {
        throw new Error('disk full');
      },
      isEnabled: () => {
        throw new Error('broken');
      },
    });
    expect(() => {
      guarded.log(RECORD);
    }).not.toThrow();
    expect(guarded.isEnabled('debug')).toBe(false);
  });

  it('writes every level when the logger does not say', () => {
    expect(guardLogger({ log: () => undefined }).isEnabled('debug')).toBe(true);
  });

  it('asks the logger about the level', () => {
    const guarded = guardLogger({ log: () => undefined, isEnabled: (level) => level === 'error' });
    expect([guarded.isEnabled('error'), guarded.isEnabled('debug')]).toEqual([true, false]);
  });
});
