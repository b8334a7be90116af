import { getEventListeners } from 'node:events';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it, jest } from '@jest/globals';
import type { LogRecord } from '../../../src/core/index.js';
import { ConfigEvents, type ConfigEvent, type ConfigEventType } from '../../../src/runtime/events/index.js';
import { section } from '../../../src/runtime/index.js';
import { caught } from '../../sources/caught.js';
import {
  between,
  DatabaseSettings,
  HttpSettings,
  httpChanged,
  leaf,
  others,
  publishChange,
  settled,
  SlowCalls,
  someGenerations,
} from './given.js';

describe('ConfigEvents.publish', () => {
  it('numbers events from 1 on', () => {
    const events = new ConfigEvents();
    const numbers = [others.unchanged, others.stale].map((event) => events.publish(event).sequence);
    expect(numbers).toEqual([1, 2]);
  });

  it('freezes an event down to its values, but not the class it is about', () => {
    const after = { list: [{ deep: 1 }] };
    const change = leaf('http.port', { after });
    const sections = [{ section: 'http', target: HttpSettings, changes: [change] }];
    const event = new ConfigEvents().publish(httpChanged({ sections }), someGenerations);
    const parts = [event, sections, sections[0], sections[0]?.changes, change, after, after.list, after.list[0]];
    expect(parts.map((part) => Object.isFrozen(part))).toEqual(parts.map(() => true));
    expect(Object.isFrozen(HttpSettings)).toBe(false);
  });

  it('freezes the paths of RestartRequired', () => {
    const paths = ['http.port'];
    new ConfigEvents().publish({ ...others.restart, paths });
    expect(Object.isFrozen(paths)).toBe(true);
  });

  it('returns before any listener runs', async () => {
    const events = new ConfigEvents();
    const listener = jest.fn();
    events.on(listener);
    events.publish(others.unchanged);
    expect(listener).not.toHaveBeenCalled();
    await events.drain();
    expect(listener).toHaveBeenCalledTimes(1);
  });
});

describe('ConfigEvents.on', () => {
  it('tells a listener without a type everything, in the order of publication', async () => {
    const events = new ConfigEvents();
    const seen: ConfigEventType[] = [];
    events.on(({ type }) => seen.push(type));
    events.publish(httpChanged(), someGenerations);
    for (const event of Object.values(others)) events.publish(event);
    await events.drain();
    expect(seen).toEqual([
      'ConfigChanged',
      'ConfigReloadRejected',
      'ConfigUnchanged',
      'RestartRequired',
      'SourceStale',
      'SourceRecovered',
    ]);
  });

  it('tells a listener to a type nothing else', async () => {
    const events = new ConfigEvents();
    const attempts: number[] = [];
    events.on('ConfigReloadRejected', ({ attempt }) => attempts.push(attempt));
    events.publish(others.stale);
    events.publish(others.rejected);
    await events.drain();
    expect(attempts).toEqual([3]);
  });

  it('refuses a type that no event has, and names those there are', () => {
    // A caller without types.
    const type = 'ConfigChange' as ConfigEventType;
    expect(() => new ConfigEvents().on(type, () => undefined)).toThrow(
      new TypeError(
        'type: there is no event "ConfigChange"; one of ConfigChanged, ConfigReloadRejected, ConfigUnchanged, RestartRequired, SourceStale, SourceRecovered.',
      ),
    );
  });

  it('refuses a listener that is no function', () => {
    // A caller without types.
    const listener = {} as () => void;
    expect(() => new ConfigEvents().on('ConfigChanged', listener)).toThrow(
      new TypeError('listener: must be a function.'),
    );
  });

  it('gives a busy listener the next event when it is done with the one before', async () => {
    const events = new ConfigEvents();
    const calls = new SlowCalls();
    const begun: number[] = [];
    events.on('ConfigChanged', async ({ generation }) => {
      begun.push(generation);
      await calls.begin();
    });
    publishChange(events, 1);
    publishChange(events, 2);
    await settled();
    expect(begun).toEqual([1]);
    calls.endFirst();
    await settled();
    expect(begun).toEqual([1, 2]);
  });

  it('does not let a slow listener delay another one', async () => {
    const events = new ConfigEvents();
    const calls = new SlowCalls();
    const quick: number[] = [];
    events.on(() => calls.begin());
    events.on(({ generation }) => quick.push(generation));
    publishChange(events, 1);
    publishChange(events, 2);
    await settled();
    expect(quick).toEqual([1, 2]);
  });

  it.each([
    [
      'throws',
      () => {
        throw new RangeError('port 4711');
      },
    ],
    ['rejects', () => Promise.reject(new RangeError('port 4711'))],
  ])('goes on when a listener %s, and logs its kind but not its words', async (_, failing) => {
    const records: LogRecord[] = [];
    const events = new ConfigEvents({ logger: { log: (record) => records.push(record) } });
    const seen: number[] = [];
    events.on(({ generation }) => {
      seen.push(generation);
      return failing();
    });
    events.on(({ generation }) => seen.push(generation));
    publishChange(events, 1);
    publishChange(events, 2);
    await events.drain();
    expect(seen.sort()).toEqual([1, 1, 2, 2]);
    expect(records[0]).toEqual({
      level: 'error',
      event: 'config.listener.failed',
      message: 'A listener to ConfigChanged failed with RangeError; the other listeners are called all the same.',
      fields: { type: 'ConfigChanged', generation: 1, sequence: 1, error: 'RangeError' },
    });
    expect(JSON.stringify(records)).not.toContain('4711');
  });

  it('hands what was thrown to onListenerError, whose own failure stops nobody', async () => {
    const records: LogRecord[] = [];
    const failure = new Error('no');
    const told: [unknown, ConfigEvent][] = [];
    const events = new ConfigEvents({
      logger: { log: (record) => records.push(record) },
      onListenerError: (error, event) => {
        told.push([error, event]);
        throw new Error('me too');
      },
    });
    events.on(() => Promise.reject(failure));
    const event = events.publish(others.unchanged);
    await events.drain();
    expect(told).toEqual([[failure, event]]);
    expect(records[1]?.message).toBe(
      'onListenerError itself failed when it was called for a listener to ConfigUnchanged.',
    );
  });

  it('survives what is thrown without a name, and what is no error', async () => {
    const records: LogRecord[] = [];
    const events = new ConfigEvents({ logger: { log: (record) => records.push(record) } });
    const nameless = Object.defineProperty(new Error('x'), 'name', {
      get: () => {
        throw new Error('no name');
      },
    });
    const thrown: unknown[] = ['a text', nameless];
    events.on(() => {
      throw thrown.shift();
    });
    events.publish(others.unchanged);
    events.publish(others.unchanged);
    await events.drain();
    expect(records.map(({ fields }) => fields['error'])).toEqual(['something that is not an error', 'an error']);
  });
});

describe('ConfigEvents.onSection', () => {
  it('calls with the new instance, the one before, and the event', async () => {
    const events = new ConfigEvents();
    const generations = await between({ http: { port: 80 } }, { http: { port: 8080 } });
    const listener = jest.fn((current: HttpSettings, previous: HttpSettings) => [previous.port, current.port]);
    events.onSection(HttpSettings, listener);
    const event = events.publish(httpChanged(), generations);
    await events.drain();
    expect(listener).toHaveReturnedWith([80, 8080]);
    expect(listener.mock.lastCall).toHaveLength(3);
    expect(listener.mock.lastCall?.at(2)).toBe(event);
  });

  it('tells the uses of one class apart by their name', async () => {
    const events = new ConfigEvents();
    const generations = await between({}, { replica: { host: 'r2' } });
    const hosts: string[] = [];
    events.onSection({ target: DatabaseSettings, name: 'replica' }, ({ host }) => hosts.push(host));
    events.onSection(DatabaseSettings, ({ host }) => hosts.push(`unnamed ${host}`));
    const sections = [
      { section: 'replica', target: DatabaseSettings, name: 'replica', changes: [leaf('replica.host')] },
    ];
    events.publish(httpChanged({ sections }), generations);
    await events.drain();
    expect(hosts).toEqual(['r2']);
  });

  it('says nothing of other events and of changes elsewhere', async () => {
    const events = new ConfigEvents();
    const listener = jest.fn();
    events.onSection(DatabaseSettings, listener);
    events.publish(httpChanged(), someGenerations);
    events.publish(others.unchanged);
    await events.drain();
    expect(listener).not.toHaveBeenCalled();
  });

  it('gives a late listener the instances of each commit, not the newest ones', async () => {
    const events = new ConfigEvents();
    const calls = new SlowCalls();
    const seen: [number, number][] = [];
    events.onSection(HttpSettings, async (current, previous) => {
      seen.push([previous.port, current.port]);
      await calls.begin();
    });
    events.publish(httpChanged(), await between({ http: { port: 1 } }, { http: { port: 2 } }));
    events.publish(httpChanged(), await between({ http: { port: 2 } }, { http: { port: 3 } }));
    await settled();
    calls.endFirst();
    await settled();
    expect(seen).toEqual([
      [1, 2],
      [2, 3],
    ]);
  });

  it('refuses a section that is not loaded, where it knows which are', async () => {
    const loaded = [section(HttpSettings), section(DatabaseSettings, { path: 'replica', name: 'replica' })];
    const events = new ConfigEvents({ sections: loaded });
    const error = await caught(() => events.onSection(DatabaseSettings, () => undefined));
    expect(error.code).toBe('section-not-loaded');
    expect(error.message).toBe(
      'DatabaseSettings is not among the loaded sections: HttpSettings, DatabaseSettings ("replica").\nAdd DatabaseSettings to the sections of the ConfigModule.',
    );
  });

  it('refuses a class that is not there', () => {
    // What a circular import brings.
    const target = undefined as unknown as typeof HttpSettings;
    expect(() => new ConfigEvents().onSection({ target }, () => undefined)).toThrow(
      new TypeError('section: name a settings class.'),
    );
  });
});

describe('ConfigEvents.onPath', () => {
  it('calls with those changes whose path the pattern names', async () => {
    const events = new ConfigEvents();
    const seen: string[][] = [];
    events.onPath('database.*', (changes) => seen.push(changes.map(({ path }) => path)));
    const sections = [
      { section: 'http', target: HttpSettings, changes: [leaf('http.port')] },
      { section: 'database', target: DatabaseSettings, changes: [leaf('database.host'), leaf('database.pool.max')] },
    ];
    events.publish(httpChanged({ sections }), someGenerations);
    events.publish(httpChanged(), someGenerations);
    events.publish(others.restart);
    await events.drain();
    expect(seen).toEqual([['database.host']]);
  });
});

describe('A subscription', () => {
  it('ends with the returned function, and what waits is not delivered', async () => {
    const events = new ConfigEvents();
    const calls = new SlowCalls();
    const begun: number[] = [];
    const stop = events.on(async ({ generation }) => {
      begun.push(generation);
      await calls.begin();
    });
    publishChange(events, 1);
    publishChange(events, 2);
    await settled();
    stop();
    publishChange(events, 3);
    calls.endFirst();
    await events.drain();
    expect(begun).toEqual([1]);
  });

  it('ends when its signal aborts, and leaves nothing at the signal when it ended before', () => {
    const events = new ConfigEvents();
    const controller = new AbortController();
    const { signal } = controller;
    events.on('ConfigChanged', () => undefined, { signal })();
    expect(getEventListeners(signal, 'abort')).toHaveLength(0);
    events.on(() => undefined, { signal });
    events.onPath('**', () => undefined, { signal });
    expect(events.listenerCount).toBe(2);
    controller.abort();
    expect(events.listenerCount).toBe(0);
  });

  it('shares one listener to a signal with all others, so that Node takes eleven for no leak', () => {
    const events = new ConfigEvents();
    const controller = new AbortController();
    const { signal } = controller;
    for (let count = 0; count < 11; count++) events.on(() => undefined, { signal });
    expect(getEventListeners(signal, 'abort')).toHaveLength(1);
    controller.abort();
    expect(getEventListeners(signal, 'abort')).toHaveLength(0);
  });

  it('does not begin when its signal has aborted before', () => {
    const events = new ConfigEvents();
    events.on(() => undefined, { signal: AbortSignal.abort() });
    expect(events.listenerCount).toBe(0);
  });

  it('leaves nothing behind, 100,000 times', () => {
    const events = new ConfigEvents();
    const { signal } = new AbortController();
    for (let round = 0; round < 100_000; round++) events.on('ConfigChanged', () => undefined, { signal })();
    expect(events.listenerCount).toBe(0);
    expect(getEventListeners(signal, 'abort')).toHaveLength(0);
  });
});

describe('A listener that has unsubscribed', () => {
  it('is let go after it has been told something', async () => {
    setFlagsFromString('--expose-gc');
    // The flag adds a global function to contexts that are made from now on.
    const collect = runInNewContext('gc') as () => void;
    const events = new ConfigEvents();
    const listen = async (): Promise<WeakRef<object>> => {
      const listener = (): object => ({ listener });
      const stop = events.on(listener);
      publishChange(events, 1);
      await events.drain();
      stop();
      return new WeakRef(listener);
    };
    const gone = await listen();
    for (let round = 0; round < 50 && gone.deref() !== undefined; round++) {
      await settled();
      collect();
    }
    expect(gone.deref()).toBeUndefined();
  });
});

describe('ConfigEvents.drain', () => {
  it('waits for a call under way, even of a listener that unsubscribed', async () => {
    const events = new ConfigEvents();
    const calls = new SlowCalls();
    const stop = events.on(() => calls.begin());
    publishChange(events, 1);
    await settled();
    stop();
    const order: string[] = [];
    const drained = events.drain().then(() => order.push('drained'));
    await settled();
    order.push('ended');
    calls.endFirst();
    await drained;
    expect(order).toEqual(['ended', 'drained']);
  });

  it('does not wait for what is published later', async () => {
    const events = new ConfigEvents();
    const calls = new SlowCalls();
    events.on(() => calls.begin());
    publishChange(events, 1);
    const drained = events.drain();
    publishChange(events, 2);
    await settled();
    calls.endFirst();
    await drained;
    await settled();
    expect(calls.open).toBe(1);
  });

  it('does not wait for what was dropped with its listener before it began', async () => {
    const events = new ConfigEvents();
    const listener = jest.fn();
    const stop = events.on(listener);
    publishChange(events, 1);
    const drained = events.drain();
    stop();
    await drained;
    expect(listener).not.toHaveBeenCalled();
  });

  it('waits for nothing when nothing is under way', async () => {
    await expect(new ConfigEvents().drain()).resolves.toBeUndefined();
  });
});

describe('ConfigEvents.close', () => {
  it('removes all listeners, and their marks at signals', async () => {
    const events = new ConfigEvents();
    const { signal } = new AbortController();
    const listener = jest.fn();
    events.on(listener, { signal });
    events.close();
    publishChange(events, 1);
    await events.drain();
    expect(listener).not.toHaveBeenCalled();
    expect(events.listenerCount).toBe(0);
    expect(getEventListeners(signal, 'abort')).toHaveLength(0);
  });

  it('lets nobody subscribe afterwards', async () => {
    const events = new ConfigEvents();
    events.close();
    const listener = jest.fn();
    events.on(listener);
    publishChange(events, 1);
    await events.drain();
    expect(events.listenerCount).toBe(0);
    expect(listener).not.toHaveBeenCalled();
  });
});

describe('The options of ConfigEvents', () => {
  it.each([0, -1, 1.5, Number.NaN])('refuse a buffer of %d', (buffer) => {
    expect(() => new ConfigEvents({ buffer })).toThrow(
      new TypeError(`ConfigEvents: buffer must be a whole number from 1 on; got ${String(buffer)}.`),
    );
  });
});
