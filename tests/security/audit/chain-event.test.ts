import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { chainEvent, EMPTY_LOG, eventHash } from '../../../src/security/audit/chain-event.js';

const TIME = Date.UTC(2026, 10, 25, 8, 30);

describe('chainEvent', () => {
  it('numbers an event and chains it to the one before', () => {
    const first = chainEvent(
      EMPTY_LOG,
      { action: 'use', path: 'database.password', decision: 'allow' },
      TIME,
      'node-1',
    );
    const facts =
      '{"action":"use","decision":"allow","instance":"node-1","path":"database.password","seq":1,"time":"2026-11-25T08:30:00.000Z"}';
    expect(first).toEqual({
      seq: 1,
      time: '2026-11-25T08:30:00.000Z',
      action: 'use',
      decision: 'allow',
      path: 'database.password',
      instance: 'node-1',
      prevHash: '0'.repeat(64),
      hash: createHash('sha256')
        .update('0'.repeat(64) + facts)
        .digest('hex'),
    });
    expect(chainEvent(first, { action: 'use' }, TIME, 'node-1')).toMatchObject({ seq: 2, prevHash: first.hash });
  });

  it('takes nothing along but what an event has', () => {
    const entry = { action: 'use', value: 'hunter2', path: undefined };
    expect(JSON.stringify(chainEvent(EMPTY_LOG, entry, TIME, 'node-1'))).not.toContain('hunter2');
  });

  it('shortens what would fill the disk, and mends what JSON cannot say', () => {
    const entry = { action: '\ud83d', path: 'x'.repeat(2000), count: NaN };
    const event = chainEvent(EMPTY_LOG, entry, TIME, 'node-1');
    expect(event.action).toBe('\ufffd');
    expect(event.path).toBe(`${'x'.repeat(1023)}…`);
    expect(event).not.toHaveProperty('count');
  });

  it('gives another hash to every other fact', () => {
    const event = chainEvent(EMPTY_LOG, { action: 'use', path: 'a', decision: 'deny' }, TIME, 'node-1');
    expect(eventHash(event)).toBe(event.hash);
    for (const change of [{ seq: 2 }, { path: 'b' }, { decision: 'allow' as const }, { prevHash: 'f'.repeat(64) }]) {
      expect(eventHash({ ...event, ...change })).not.toBe(event.hash);
    }
  });
});
