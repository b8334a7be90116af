import { describe, expect, it } from '@jest/globals';
import type { ConfigLayer, LoadAnswer, LogRecord, Revision, WatchContext } from '../../../src/core/index.js';
import { Duration, formatOrigin, isLoadAnswer } from '../../../src/core/index.js';
import {
  remoteSource,
  revisionConflict,
  type RemoteReadContext,
  type RemoteSourceOptions,
} from '../../../src/sources/remote/index.js';
import { keepWatching } from '../../../src/sources/remote/remote-watch.js';
import { failureOf, loadContext } from '../file-fixtures.js';
import { SteppedClock } from '../stepped-clock.js';

const usable: RemoteSourceOptions = { name: 'settings service', read: async () => Promise.resolve({ value: {} }) };

async function answerOf(
  source: ReturnType<typeof remoteSource>,
  more: Parameters<typeof loadContext>[0] = {},
): Promise<LoadAnswer> {
  const answer: unknown = await source.load(loadContext(more));
  if (isLoadAnswer(answer)) return answer;
  throw new Error('it did not answer with a revision');
}

// The answers of these tests are one layer each.
const layerIn = ({ value }: LoadAnswer): ConfigLayer => value as ConfigLayer;

describe('remoteSource', () => {
  it('says what it holds, in which revision, and where it stands', async () => {
    const value = { database: { port: 5432 } };
    const answer = await answerOf(
      remoteSource({ ...usable, read: async () => Promise.resolve({ value, revision: 41, at: 7, next: 30_000 }) }),
    );
    expect(answer).toMatchObject({ revision: 41, at: 7, next: 30_000 });
    const layer = layerIn(answer);
    const { kind, tree } = layer;
    expect([kind, tree]).toEqual(['remote', value]);
    expect(formatOrigin(layer.locate(['database', 'port']))).toBe('database.port (settings service, revision 41)');
    value.database.port = 1;
    expect(tree).toEqual({ database: { port: 5432 } });
  });

  it('is polled every minute and given ten seconds, unless it says otherwise', () => {
    expect(remoteSource(usable)).toMatchObject({
      name: 'settings service',
      poll: Duration.of('1m'),
      timeout: Duration.of('10s'),
    });
    expect(remoteSource({ ...usable, poll: '5s', timeout: '1s' })).toMatchObject({
      poll: Duration.of('5s'),
      timeout: Duration.of('1s'),
    });
  });

  it('tells the read what is known, and need not be sent the same again', async () => {
    const asked: RemoteReadContext[] = [];
    const source = remoteSource({
      ...usable,
      read: async (context) => {
        asked.push(context);
        return Promise.resolve(context.known === undefined ? { value: { a: 1 }, revision: 'x' } : 'unchanged');
      },
    });
    const first = await answerOf(source);
    const second = await answerOf(source, { previous: [layerIn(first)], floor: 'x', ids: ['one'] });
    expect(second.value).toBe(first.value);
    expect(second.revision).toBe('x');
    expect(asked.map(({ floor, known, ids }) => [floor, known, ids])).toEqual([
      [undefined, undefined, undefined],
      ['x', 'x', ['one']],
    ]);
  });

  it('keeps its layer where it is sent the same revision again', async () => {
    const source = remoteSource({ ...usable, read: async () => Promise.resolve({ value: { a: 1 }, revision: 3 }) });
    const first = await answerOf(source);
    expect((await answerOf(source, { previous: [layerIn(first)] })).value).toEqual([layerIn(first)]);
    expect((await answerOf(source)).value).not.toBe(first.value);
  });

  it('takes "unchanged" as a first word for no answer', async () => {
    const error = await failureOf(
      answerOf(remoteSource({ ...usable, read: async () => Promise.resolve('unchanged') })),
    );
    expect([error.code, error.message.split('\n')[0]]).toEqual([
      'source-unreachable',
      'settings service cannot be reached: it answers that nothing has changed, but has not answered before.',
    ]);
  });

  it('answers several documents, of which a bad one is told for itself', async () => {
    const documents = new Map<string, unknown>([
      ['acme', { a: 1 }],
      ['zeta', 'hunter2'],
    ]);
    const { value } = await answerOf(
      remoteSource({ ...usable, read: async () => Promise.resolve({ value: documents }) }),
    );
    // As it was given.
    const [acme, zeta] = [...(value as ReadonlyMap<string, unknown>).values()];
    expect(acme).toMatchObject({ kind: 'remote', tree: { a: 1 } });
    expect(zeta).toMatchObject({ code: 'not-a-map', category: 'parse' });
    expect(String(zeta)).not.toContain('hunter2');
  });

  it.each([[undefined], [null], ['text'], [[1]]])('takes %j for a bad answer, not for an empty one', async (value) => {
    const source = remoteSource({ ...usable, read: async () => Promise.resolve({ value: value as never }) });
    const error = await failureOf(answerOf(source));
    expect([error.code, error.category, error.message]).toEqual([
      'not-a-map',
      'parse',
      'settings service answered something else than an object of settings.',
    ]);
  });

  it.each([[undefined], [null], ['text'], [{ http: { port: 1 } }]])(
    'says what a read has to return instead of %j',
    async (answer) => {
      const source = remoteSource({ ...usable, read: async () => Promise.resolve(answer as never) });
      const error = await failureOf(answerOf(source));
      expect([error.code, error.category, error.message]).toEqual([
        'not-a-map',
        'parse',
        'The read of settings service returned no answer: it has no "value".\nReturn { value: settings }, or \'unchanged\'.',
      ]);
    },
  );

  it('writes, and tells at once those who watch', async () => {
    const notices: (Revision | undefined)[] = [];
    const source = remoteSource({
      ...usable,
      watch: async ({ signal }) =>
        new Promise((resolve) => {
          signal.addEventListener('abort', () => {
            resolve();
          });
        }),
      write: async (document, { expected, author }) => {
        if (expected !== 41) throw revisionConflict({ source: 'settings service', expected, found: 41 });
        return Promise.resolve(JSON.stringify([document, author]) === '[{"a":2},"ada"]' ? 42 : 0);
      },
    });
    const stop = new AbortController();
    await source.watch?.(watchContext({ signal: stop.signal, changed: (revision) => notices.push(revision) }));
    expect(await source.write({ a: 2 }, { expected: 41, author: 'ada' })).toBe(42);
    expect(notices).toEqual([42]);
    const error = await failureOf(source.write({ a: 2 }, { expected: 40 }));
    expect([error.code, error.category]).toEqual(['revision-conflict', 'source']);
    expect(error.message).toBe(
      'settings service does not take this change: it starts from revision 40, and revision 41 is there.\n' +
        'Read it again, apply the change to the current content, and write that.',
    );
    stop.abort();
    await source.write({ a: 2 }, { expected: 41, author: 'ada' });
    expect(notices).toEqual([42]);
  });

  it('does not write where nobody says what they started from', async () => {
    const source = remoteSource({ ...usable, write: async () => Promise.resolve(1) });
    await expect(source.write({}, {} as never)).rejects.toThrow(
      new TypeError('settings service: expected must be the revision that the change starts from; undefined for none.'),
    );
    await expect(source.write([], { expected: undefined })).rejects.toThrow(
      new TypeError('settings service: write takes a plain object of settings.'),
    );
  });

  it.each<[string, Partial<Record<keyof RemoteSourceOptions | 'write' | 'polls', unknown>>, string]>([
    ['no name', { name: ' ' }, 'name must be a string that is not empty; got a string.'],
    ['no read', { read: {} }, 'read must be a function; got an object.'],
    ['a read that is left out', { read: undefined }, 'read must be a function; got nothing.'],
    ['a watch that is none', { watch: true }, 'watch must be a function; got true.'],
    ['a number as pace', { poll: 30 }, 'poll must be a duration with a unit, such as 500ms, 10s or 1h30m; got 30.'],
    ['no time at all', { timeout: '0s' }, 'timeout must be more than nothing; got "0s".'],
    ['an option that is misspelled', { polls: '1m' }, 'polls is not an option; did you mean poll?'],
  ])('refuses %s', (_, options, message) => {
    // A caller without types may hand in anything.
    const given = { ...usable, ...options } as RemoteSourceOptions;
    expect(() => remoteSource(given)).toThrow(new TypeError(`remoteSource: ${message}`));
  });
});

function watchContext(overrides: Partial<WatchContext>): WatchContext {
  return {
    environment: 'development',
    signal: new AbortController().signal,
    changed: () => undefined,
    pollInterval: 500,
    clock: new SteppedClock(),
    logger: { log: () => undefined },
    ...overrides,
  };
}

describe('the watching of a remote source', () => {
  it('is begun again when it ends, later each time, and finds out what was missed', async () => {
    const clock = new SteppedClock();
    const records: LogRecord[] = [];
    const [begun, notices]: [number[], (Revision | undefined)[]] = [[], []];
    const stop = new AbortController();
    const context = watchContext({
      clock,
      signal: stop.signal,
      changed: (revision) => notices.push(revision),
      logger: { log: (record) => records.push(record) },
    });
    let over: () => void = () => undefined;
    const last = new Promise<void>((resolve) => (over = resolve));
    const watch = async ({ changed }: { changed: (revision?: Revision) => void }): Promise<void> => {
      begun.push(clock.monotonic());
      changed(begun.length);
      if (begun.length === 4) over();
      else if (begun.length === 2) throw new Error('hunter2');
      await Promise.resolve();
    };
    keepWatching('settings service', watch, context, { random: () => 1 });
    await clock.through(last, 1_000);
    stop.abort();
    expect(begun).toEqual([0, 2_000, 6_000, 14_000]);
    expect(notices).toEqual([1, undefined, 2, undefined, 3, undefined, 4]);
    expect(clock.waiting).toBe(0);
    expect(records[1]).toEqual({
      level: 'warn',
      event: 'config.watch.lost',
      message:
        'settings service gets no notices of changes at the moment: it threw Error. It listens again in 4000 ms; until then it is polled.',
      fields: { source: 'settings service', wait: 4_000 },
    });
    expect(JSON.stringify(records)).not.toContain('hunter2');
  });

  it('gives each attempt a signal of its own, so that nothing of one is left for the next', async () => {
    const clock = new SteppedClock();
    const signals: AbortSignal[] = [];
    const stop = new AbortController();
    const late: (() => void)[] = [];
    let notices = 0;
    const watch = async ({ signal, changed }: { signal: AbortSignal; changed: () => void }): Promise<void> => {
      signals.push(signal);
      late.push(changed);
      await Promise.resolve();
    };
    keepWatching('settings service', watch, watchContext({ clock, signal: stop.signal, changed: () => notices++ }), {
      random: () => 0,
    });
    await clock.whenAsked();
    expect(signals.map(({ aborted }) => aborted)).toEqual([true]);
    late[0]?.();
    expect(notices).toBe(0);
    stop.abort();
    expect(clock.waiting).toBe(0);
  });
});
