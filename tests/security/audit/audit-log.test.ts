import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import type { ConfigTracerPort } from '../../../src/core/index.js';
import { eventHash } from '../../../src/security/audit/chain-event.js';
import { AuditLog, type AuditLogOptions } from '../../../src/security/index.js';
import { FakeClock } from '../../runtime/fake-clock.js';
import { failureOf } from '../../sources/file-fixtures.js';
import { listLogger, MemorySink } from './memory-sink.js';

function auditLog(sinks: readonly MemorySink[], options: Partial<AuditLogOptions> = {}) {
  const clock = new FakeClock();
  const logger = listLogger();
  return { clock, logger, audit: new AuditLog({ sinks, clock, logger, instance: 'node-1', ...options }) };
}

const use = (path: string) => ({ action: 'use', decision: 'allow', path }) as const;
const paths = (sink: MemorySink) => sink.events.map(({ path, action, count }) => path ?? `${action} ${String(count)}`);
const full = Object.assign(new Error('no space'), { code: 'ENOSPC' });

describe('AuditLog', () => {
  it('has a required event on record in every sink before it resolves', async () => {
    const sinks = [new MemorySink('a'), new MemorySink('b')];
    const { audit } = auditLog(sinks);
    await audit.record(use('database.password'));
    for (const { events } of sinks) {
      expect(events).toEqual([expect.objectContaining({ seq: 1, path: 'database.password', instance: 'node-1' })]);
    }
  });

  it('keeps the order of calls that do not wait for each other, in few batches and one chain', async () => {
    const sink = new MemorySink();
    const { audit } = auditLog([sink]);
    const wanted = Array.from({ length: 100 }, (_, at) => String(at));
    await Promise.all(wanted.map((path, at) => audit.record(use(path), at % 3 === 0 ? 'best-effort' : 'required')));
    expect(paths(sink)).toEqual(wanted);
    expect(sink.events.map(({ seq }) => seq)).toEqual(wanted.map((_, at) => at + 1));
    expect(sink.events.slice(1).map(({ prevHash }) => prevHash)).toEqual(
      sink.events.slice(0, -1).map(({ hash }) => hash),
    );
    expect(sink.batches.length).toBeLessThan(3);
  });

  it('answers at once while a sink fails, however many events it owes', async () => {
    const sink = new MemorySink();
    const { audit, clock } = auditLog([sink]);
    await audit.record(use('first'));
    sink.error = full;
    for (let count = 0; count < 1_200; count++) {
      const { code } = await failureOf(audit.record(use(String(count))));
      if (code !== 'audit-failed') throw new Error(code);
    }
    // Nobody has waited for the time to be up.
    expect([clock.monotonic(), clock.waiting]).toEqual([0, 1]);
    sink.error = undefined;
    await audit.record(use('last'));
    expect([sink.events.length, sink.events.at(-1)?.path]).toEqual([1_202, 'last']);
  });

  it.each(['open', 'append'])(
    'lets one caller wait for a sink that hangs in %s, and refuses the others at once',
    async (where) => {
      const sink = new MemorySink();
      const { audit, clock, logger } = auditLog([new MemorySink('other'), sink], { timeout: 5_000 });
      if (where === 'append') await audit.record(use('first'));
      const answer = sink.hold();
      const first = failureOf(audit.record(use('a')));
      await nextTurn();
      expect(audit.problem).toBeUndefined();
      clock.advance(5_000);
      expect((await first).message).toContain('could not be recorded: no answer within 5000 ms.');
      for (let count = 0; count < 100; count++) {
        const { code, message } = await failureOf(audit.record(use(String(count))));
        expect([code, message]).toEqual([
          'audit-failed',
          expect.stringContaining('the audit sink memory does not answer.'),
        ]);
      }
      expect(clock.monotonic()).toBe(5_000);
      expect(audit.problem).toBe('The audit sink memory does not answer.');
      expect(logger.lines).toEqual(['error config.audit.hanging']);
      answer();
      await nextTurn();
      expect(audit.problem).toBeUndefined();
      await audit.record(use('last'));
      expect(logger.lines).toEqual(['error config.audit.hanging', 'info config.audit.recovered']);
      expect(sink.events.at(-1)?.path).toBe('last');
      expect(sink.events.some(({ path }) => path === '99')).toBe(false);
    },
  );

  it('holds nobody up who records best effort while a sink hangs, and says how many were dropped', async () => {
    const sink = new MemorySink();
    const { audit, clock } = auditLog([sink], { capacity: 2 });
    await audit.record(use('first'));
    const answer = sink.hold();
    const first = failureOf(audit.record(use('a')));
    await nextTurn();
    clock.advance(5_000);
    await first;
    for (let count = 0; count < 10; count++) await audit.record(use(String(count)), 'best-effort');
    expect(clock.monotonic()).toBe(5_000);
    answer();
    await nextTurn();
    await audit.record(use('last'));
    expect(paths(sink).filter((path) => path.startsWith('audit.dropped'))).toHaveLength(1);
  });

  it('takes no sink for one that hangs that is only slow', async () => {
    const sink = new MemorySink();
    const { audit, clock } = auditLog([sink], { timeout: 5_000 });
    await audit.record(use('first'));
    const answer = sink.hold();
    const slow = audit.record(use('a'));
    await nextTurn();
    clock.advance(4_000);
    answer();
    await slow;
    expect(audit.problem).toBeUndefined();
  });

  it('writes the trace of the caller into each event, however long that waits, and hashes it along', async () => {
    const sink = new MemorySink();
    const release = sink.hold();
    let active: string | undefined = 'a'.repeat(32);
    const tracer: ConfigTracerPort = {
      span: async (_name, _attributes, work) => work({ set: () => undefined, fail: () => undefined }),
      traceId: () => active,
    };
    const { audit } = auditLog([sink], { tracer });
    const first = audit.record(use('first'));
    active = undefined;
    audit.enqueue(use('second'));
    active = 'b'.repeat(32);
    const others = [audit.record(use('third'), 'best-effort'), audit.record({ ...use('fourth'), traceId: 'own' })];
    release();
    await Promise.all([first, ...others]);
    expect(sink.events.map(({ traceId }) => traceId)).toEqual(['a'.repeat(32), undefined, 'b'.repeat(32), 'own']);
    for (const event of sink.events) {
      expect(eventHash(event)).toBe(event.hash);
      expect(eventHash({ ...event, traceId: 'another' })).not.toBe(event.hash);
      expect(eventHash({ ...event, kid: 'another' })).not.toBe(event.hash);
    }
  });

  it('records without a trace where the tracer fails', async () => {
    const sink = new MemorySink();
    const tracer: ConfigTracerPort = {
      span: async (_name, _attributes, work) => work({ set: () => undefined, fail: () => undefined }),
      traceId: () => {
        throw new RangeError('no trace');
      },
    };
    await auditLog([sink], { tracer }).audit.record(use('a'));
    expect(sink.events.map((event) => 'traceId' in event)).toEqual([false]);
  });

  it('goes on from the last event that a sink keeps', async () => {
    const head = { seq: 41, hash: 'ab'.repeat(32) };
    const sink = new MemorySink('kept', head);
    const { audit } = auditLog([new MemorySink(), sink]);
    await audit.record(use('a'));
    expect(sink.events[0]).toMatchObject({ seq: 42, prevHash: head.hash });
  });

  it('opens no sink before there is something to record', async () => {
    const sink = new MemorySink();
    await auditLog([sink]).audit.close();
    expect([sink.opened, sink.closed]).toEqual([0, 0]);
  });

  it('fails a required event when a sink fails, saying which and why', async () => {
    const broken = new MemorySink('archive');
    const { audit, logger } = auditLog([new MemorySink(), broken]);
    await audit.record(use('a'));
    broken.error = full;
    const error = await failureOf(audit.record(use('b')));
    expect([error.code, error.category]).toEqual(['audit-failed', 'security']);
    expect(error.message).toBe(
      'What must be on record could not be recorded: the audit sink archive fails: the operating system answers ENOSPC.\n' +
        'Repair the audit log; the log of the service shows since when it fails. The secret was not given out.',
    );
    expect(error.cause).toBeUndefined();
    expect(logger.lines).toEqual(['error config.audit.failed']);
  });

  it('stops nobody with a best-effort event, and reports a sink that fails once', async () => {
    const sink = new MemorySink();
    const { audit, logger, clock } = auditLog([sink]);
    await audit.record(use('a'));
    sink.error = full;
    await audit.record(use('b'), 'best-effort');
    audit.enqueue(use('c'));
    await nextTurn();
    clock.advance(1000);
    await nextTurn();
    expect(logger.lines).toEqual(['error config.audit.failed']);
  });

  it('hands over what a sink owes as soon as it works again, in order and without a gap', async () => {
    const [good, broken] = [new MemorySink(), new MemorySink()];
    const { audit, logger, clock } = auditLog([good, broken]);
    await audit.record(use('a'));
    broken.error = full;
    await failureOf(audit.record(use('b')));
    audit.enqueue(use('c'));
    await nextTurn();
    expect([paths(good), paths(broken)]).toEqual([['a', 'b', 'c'], ['a']]);
    broken.error = undefined;
    clock.advance(1000);
    await nextTurn();
    expect(broken.events).toEqual(good.events);
    expect(logger.lines).toEqual(['error config.audit.failed', 'info config.audit.recovered']);
  });

  it('tries again at once for a required event', async () => {
    const sink = new MemorySink();
    const { audit } = auditLog([sink]);
    sink.error = full;
    await failureOf(audit.record(use('refused')));
    sink.error = undefined;
    await audit.record(use('allowed'));
    expect(paths(sink)).toEqual(['allowed']);
  });

  it('keeps best-effort events that come before the sinks can be opened', async () => {
    const sink = new MemorySink();
    const { audit, clock } = auditLog([sink]);
    sink.error = full;
    audit.enqueue(use('early'));
    await nextTurn();
    audit.enqueue(use('later'));
    await nextTurn();
    expect(sink.opened).toBe(1);
    sink.error = undefined;
    clock.advance(1000);
    await nextTurn();
    expect(paths(sink)).toEqual(['early', 'later']);
  });

  it('lets who can wait do so while the sinks are busy', async () => {
    const sink = new MemorySink();
    const { audit } = auditLog([sink], { capacity: 2 });
    await audit.record(use('first'));
    const release = sink.hold();
    audit.enqueue(use('a'));
    audit.enqueue(use('b'));
    let waits = true;
    const waiting = audit.record(use('c'), 'best-effort').then(() => (waits = false));
    await nextTurn();
    expect(waits).toBe(true);
    release();
    await waiting;
    await audit.record(use('d'));
    expect(paths(sink)).toEqual(['first', 'a', 'b', 'c', 'd']);
  });

  it('drops what has no room, and records how many', async () => {
    const sink = new MemorySink();
    const { audit, logger } = auditLog([sink], { capacity: 2 });
    await audit.record(use('first'));
    const release = sink.hold();
    for (const path of ['a', 'b', 'c', 'd', 'e']) audit.enqueue(use(path));
    release();
    await nextTurn();
    expect(paths(sink)).toEqual(['first', 'a', 'b', 'audit.dropped 3']);
    expect(logger.lines).toEqual(['error config.audit.dropped']);
  });

  it('drops a best-effort event that waits for a sink that fails', async () => {
    const sink = new MemorySink();
    const { audit } = auditLog([sink], { capacity: 1 });
    await audit.record(use('first'));
    sink.error = full;
    audit.enqueue(use('a'));
    await nextTurn();
    await audit.record(use('b'), 'best-effort');
    const { message } = await failureOf(audit.record(use('c')));
    expect(message).toContain('the audit sink memory fails: the operating system answers ENOSPC.');
    sink.error = undefined;
    await audit.record(use('d'));
    expect(paths(sink)).toEqual(['first', 'a', 'audit.dropped 1', 'd']);
  });

  it('waits for a sink that does not answer no longer than it may', async () => {
    const sink = new MemorySink();
    const { audit, clock } = auditLog([sink], { capacity: 1, timeout: 2000 });
    await audit.record(use('first'));
    sink.hold();
    const required = failureOf(audit.record(use('a')));
    const bestEffort = audit.record(use('b'), 'best-effort');
    await nextTurn();
    clock.advance(2000);
    expect((await required).message).toContain('could not be recorded: no answer within 2000 ms.');
    await bestEffort;
  });

  it('hands over what waits when it is closed, closes the sinks, and takes no more', async () => {
    const sink = new MemorySink();
    const { audit, logger } = auditLog([sink]);
    audit.enqueue(use('a'));
    await Promise.all([audit.close(), audit.close()]);
    expect([paths(sink), sink.closed]).toEqual([['a'], 1]);
    await audit.record(use('b'), 'best-effort');
    expect((await failureOf(audit.record(use('c')))).message).toContain('the audit log is closed.');
    expect(logger.lines).toEqual(['error config.audit.dropped']);
  });

  it('says how many events are lost when it is closed with a broken sink', async () => {
    const sink = new MemorySink();
    const { audit, logger } = auditLog([sink]);
    await audit.record(use('a'));
    sink.error = full;
    audit.enqueue(use('b'));
    await audit.close();
    expect(logger.lines).toEqual(['error config.audit.failed', 'error config.audit.lost']);
  });

  it.each([
    [{ sinks: [] }, 'auditLog: sinks must be at least one, such as auditFile({ folder: "audit" }); got an empty list.'],
    // Callers without types can write this.
    [
      { sinks: [{ name: 'x' } as unknown as MemorySink] },
      'auditLog: sinks[0] must be a sink, with a name and append(events); got an object.',
    ],
    [{ sinks: [new MemorySink()], capacity: 0 }, 'auditLog: capacity must be a whole number from 1 on; got 0.'],
    [
      { sinks: [new MemorySink()], timeout: NaN },
      'auditLog: timeout must be a number of milliseconds above 0; got NaN.',
    ],
  ])('refuses options that cannot be used: %#', (options, message) => {
    expect(() => new AuditLog(options)).toThrow(new TypeError(message));
  });
});
