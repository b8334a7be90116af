import { getEventListeners } from 'node:events';
import { describe, expect, it } from '@jest/globals';
import { ConfigEvents, type StreamedEvent } from '../../../src/runtime/events/index.js';
import { httpChanged, leaf, others, publishChange, settled, someGenerations, DatabaseSettings } from './given.js';

/** Everything an iteration gives until it ends. */
async function all(stream: AsyncIterable<StreamedEvent>): Promise<readonly StreamedEvent[]> {
  const seen: StreamedEvent[] = [];
  for await (const event of stream) seen.push(event);
  return seen;
}

function shortly(event: StreamedEvent): string {
  if (event.type === 'EventsDropped') {
    return `dropped ${String(event.count)}: ${String(event.from)}-${String(event.to)}`;
  }
  return String(event.sequence);
}

describe('Iterating over events', () => {
  it('gives what was published before it was asked for, and what comes while it waits', async () => {
    const events = new ConfigEvents();
    const seen: string[] = [];
    const stream = events.stream();
    publishChange(events, 1);
    const reading = (async () => {
      for await (const event of stream) seen.push(shortly(event));
    })();
    await settled();
    publishChange(events, 2);
    publishChange(events, 3);
    await settled();
    expect(seen).toEqual(['1', '2', '3']);
    events.close();
    await reading;
  });

  it('works on the events themselves', async () => {
    const events = new ConfigEvents();
    const reading = all(events);
    publishChange(events, 1);
    events.close();
    expect((await reading).map(shortly)).toEqual(['1']);
  });

  it('serves several who ask at once in their order', async () => {
    const events = new ConfigEvents();
    const stream = events.stream();
    const asked = [stream.next(), stream.next(), stream.next()];
    publishChange(events, 1);
    publishChange(events, 2);
    events.close();
    const steps = await Promise.all(asked);
    expect(steps.map(({ done, value }) => (done === true ? 'done' : shortly(value)))).toEqual(['1', '2', 'done']);
  });

  it('drops the oldest of too many, and says in their place how many', async () => {
    const events = new ConfigEvents({ buffer: 2 });
    const stream = events.stream();
    for (const generation of [1, 2, 3, 4, 5]) publishChange(events, generation);
    events.close();
    expect((await all(stream)).map(shortly)).toEqual(['dropped 3: 1-3', '4', '5']);
  });

  it('counts anew after it has said so', async () => {
    const events = new ConfigEvents();
    const stream = events.stream({ buffer: 1 });
    publishChange(events, 1);
    publishChange(events, 2);
    const first = [await stream.next(), await stream.next()];
    publishChange(events, 3);
    publishChange(events, 4);
    events.close();
    expect([...first.map(({ value }) => value && shortly(value)), ...(await all(stream)).map(shortly)]).toEqual([
      'dropped 1: 1-1',
      '2',
      'dropped 1: 3-3',
      '4',
    ]);
  });

  it('keeps 1,000 when nothing else is said', async () => {
    const events = new ConfigEvents();
    const stream = events.stream();
    for (let generation = 1; generation <= 1_001; generation++) publishChange(events, generation);
    events.close();
    const seen = await all(stream);
    expect(seen.slice(0, 2).map(shortly)).toEqual(['dropped 1: 1-1', '2']);
    expect(seen).toHaveLength(1_001);
  });

  it('gives only the types asked for', async () => {
    const events = new ConfigEvents();
    const stream = events.stream({ types: ['SourceStale', 'SourceRecovered'] });
    for (const event of Object.values(others)) events.publish(event);
    events.close();
    expect((await all(stream)).map(({ type }) => type)).toEqual(['SourceStale', 'SourceRecovered']);
  });

  it('gives only changes at the path asked for', async () => {
    const events = new ConfigEvents();
    const stream = events.stream({ path: 'database.**' });
    const sections = [{ section: 'database', target: DatabaseSettings, changes: [leaf('database.host')] }];
    publishChange(events, 1);
    events.publish(others.stale);
    events.publish(httpChanged({ sections }), someGenerations);
    events.close();
    expect((await all(stream)).map(shortly)).toEqual(['3']);
  });

  it('gives other events beside those at a path when they are named', async () => {
    const events = new ConfigEvents();
    const stream = events.stream({ path: 'database.**', types: ['ConfigChanged', 'SourceStale'] });
    publishChange(events, 1);
    events.publish(others.stale);
    events.publish(others.recovered);
    events.close();
    expect((await all(stream)).map(shortly)).toEqual(['2']);
  });

  it('ends at once when its signal aborts, and lets go of what waits', async () => {
    const events = new ConfigEvents({ buffer: 1 });
    const controller = new AbortController();
    const stream = events.stream({ signal: controller.signal });
    publishChange(events, 1);
    publishChange(events, 2);
    controller.abort();
    expect(await all(stream)).toEqual([]);
    expect(events.listenerCount).toBe(0);
  });

  it('ends for who waits when its signal aborts', async () => {
    const controller = new AbortController();
    const waiting = new ConfigEvents().stream({ signal: controller.signal }).next();
    controller.abort();
    expect(await waiting).toEqual({ done: true, value: undefined });
  });

  it('does not begin when its signal has aborted before, or the events are closed', async () => {
    const events = new ConfigEvents();
    expect(await all(events.stream({ signal: AbortSignal.abort() }))).toEqual([]);
    events.close();
    expect(await all(events)).toEqual([]);
  });

  it('leaves nothing behind when the loop is left', async () => {
    const events = new ConfigEvents();
    const { signal } = new AbortController();
    const stream = events.stream({ signal });
    publishChange(events, 1);
    publishChange(events, 2);
    for await (const event of stream) if (event.type === 'ConfigChanged') break;
    expect(events.listenerCount).toBe(0);
    expect(getEventListeners(signal, 'abort')).toHaveLength(0);
    expect(await stream.next()).toEqual({ done: true, value: undefined });
  });

  it('refuses a buffer of no size, types that are none, and a pattern that is none', () => {
    const events = new ConfigEvents();
    expect(() => events.stream({ buffer: 0 })).toThrow(
      new TypeError('stream: buffer must be a whole number from 1 on; got 0.'),
    );
    // A caller without types.
    expect(() => events.stream({ types: ['Changed' as 'ConfigChanged'] })).toThrow('type: there is no event "Changed"');
    expect(() => events.stream({ path: 'a..b' })).toThrow('pattern: "a..b" cannot be used');
    expect(events.listenerCount).toBe(0);
  });
});
