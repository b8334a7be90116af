import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { IsInt, IsString } from 'class-validator';
import { createLayer, type ConfigSource } from '../../../src/core/index.js';
import {
  ConfigStore,
  loadGeneration,
  ReloadService,
  type ConfigEvent,
  type Generation,
  type LoadOptions,
  type ReloadOptions,
} from '../../../src/runtime/index.js';
import { ConfigSection } from '../../../src/sections/index.js';
import { accessPolicy, runAs } from '../../../src/security/index.js';
import { FakeClock } from '../fake-clock.js';

@ConfigSection('database')
class DatabaseSettings {
  @IsString() public host: string = 'localhost';
  @IsInt() public port: number = 5432;
  @IsString() public password: string = 'none';
}

@ConfigSection('http')
class HttpSettings {
  @IsInt() public port: number = 3000;
}

interface World {
  readonly store: ConfigStore;
  readonly reloads: ReloadService;
  readonly clock: FakeClock;
  /** What the source answers from now on. */
  readonly say: (values: Record<string, unknown>) => void;
  /** What the source's watcher reports a change to. */
  readonly changed: () => void;
  readonly events: ConfigEvent[];
}

async function world(reload: ReloadOptions = {}, more: Partial<LoadOptions> = {}): Promise<World> {
  const clock = new FakeClock();
  let values: Record<string, unknown> = { database: { host: 'a' } };
  let changed: () => void = () => undefined;
  const source: ConfigSource = {
    name: 'file',
    load: () => createLayer({ name: 'file', tree: values }),
    watch: (context) => {
      changed = context.changed;
    },
  };
  const options: LoadOptions = {
    sections: [DatabaseSettings, HttpSettings],
    sources: [source],
    environment: 'test',
    clock,
    ...more,
  };
  const store = new ConfigStore(await loadGeneration(options));
  const reloads = new ReloadService(store, options, { watch: true, ...reload });
  await reloads.start();
  const events: ConfigEvent[] = [];
  reloads.events.on((event) => {
    events.push(event);
  });
  return {
    store,
    reloads,
    clock,
    events,
    say: (next) => {
      values = next;
    },
    changed: () => {
      changed();
    },
  };
}

const types = (events: readonly ConfigEvent[]): readonly string[] => events.map(({ type }) => type);

describe('ReloadService', () => {
  it('moves every section to a new generation at once and says what changed', async () => {
    const { store, reloads, say, events } = await world();
    say({ database: { host: 'b' }, http: { port: 81 } });
    const outcome = await reloads.reload('asked');
    expect(outcome.status).toBe('committed');
    expect(store.get(DatabaseSettings).host).toBe('b');
    expect(store.get(HttpSettings).port).toBe(81);
    await reloads.events.drain();
    expect(events).toEqual([
      expect.objectContaining({
        type: 'ConfigChanged',
        generation: 2,
        previous: 1,
        reason: 'asked',
        sections: [
          expect.objectContaining({
            section: 'database',
            changes: [expect.objectContaining({ path: 'database.host', kind: 'changed', before: 'a', after: 'b' })],
          }),
          expect.objectContaining({
            section: 'http',
            changes: [expect.objectContaining({ path: 'http.port', kind: 'changed', before: 3000, after: 81 })],
          }),
        ],
      }),
    ]);
  });

  it('never shows a secret in an event', async () => {
    const { reloads, say, events } = await world();
    say({ database: { host: 'a', password: 'hunter2' } });
    await reloads.reload('asked');
    await reloads.events.drain();
    expect(JSON.stringify(events)).not.toContain('hunter2');
    expect(JSON.stringify(events)).toContain('[secure]');
  });

  it('keeps the last good generation when the new one is wrong, and heals with the next good one', async () => {
    const { store, reloads, say, events } = await world();
    const good = store.current;
    say({ database: { port: 'many' } });
    expect((await reloads.reload('asked')).status).toBe('rejected');
    expect(store.current).toBe(good);
    expect(reloads.status()).toMatchObject({ rejections: 1, lastRejection: { reason: 'asked' } });
    say({ database: { host: 'c' } });
    expect((await reloads.reload('again')).status).toBe('committed');
    expect(reloads.status().lastRejection).toBeUndefined();
    await reloads.events.drain();
    expect(types(events)).toEqual(['ConfigReloadRejected', 'ConfigChanged']);
  });

  it('says that nothing changed, and changes nothing then', async () => {
    const { store, reloads, events } = await world();
    const { number, instances } = store.current;
    expect((await reloads.reload('asked')).status).toBe('unchanged');
    expect(store.current.number).toBe(number);
    expect(store.current.instances).toBe(instances);
    await reloads.events.drain();
    expect(types(events)).toEqual(['ConfigUnchanged']);
  });

  it('makes one generation of the changes within the debounce window', async () => {
    const { store, clock, reloads, say, changed, events } = await world();
    changed();
    say({ database: { host: 'x' } });
    changed();
    clock.advance(100);
    await reloads.reload('wait for it');
    await reloads.events.drain();
    expect(store.current.number).toBe(2);
    expect(types(events)).toEqual(['ConfigChanged', 'ConfigUnchanged']);
    expect(events[0]).toMatchObject({ reason: 'file changed' });
  });

  it('rejects a generation that a dependant vetoes, and lets the others clean up', async () => {
    const { store, reloads, say } = await world();
    const seen: string[] = [];
    reloads.register({
      name: 'pool',
      prepare: () => ({ commit: () => seen.push('commit'), abandon: () => void seen.push('abandon') }),
    });
    const leave = reloads.register({
      name: 'broker',
      prepare: () => {
        throw Object.assign(new Error('connect postgres://app:hunter2@db failed'), { code: 'ECONNREFUSED' });
      },
    });
    say({ database: { host: 'b' } });
    const outcome = await reloads.reload('asked');
    expect(outcome).toMatchObject({ status: 'rejected', error: { code: 'reload-vetoed' } });
    expect(outcome.status === 'rejected' && outcome.error.message).toContain('broker (Error ECONNREFUSED)');
    expect(JSON.stringify(outcome)).not.toContain('hunter2');
    expect([seen, store.current.number]).toEqual([['abandon'], 1]);
    leave();
    await reloads.reload('again');
    expect([seen, store.current.number]).toEqual([['abandon', 'commit'], 2]);
  });

  it('rejects a generation that a dependant is not ready for in time, goes on, and lets go of what comes too late', async () => {
    const { store, reloads, say, clock } = await world({ prepareTimeout: '5s' });
    const seen: string[] = [];
    let ready: () => void = () => undefined;
    let asked: () => void = () => undefined;
    const wasAsked = new Promise<void>((resolve) => (asked = resolve));
    const leave = reloads.register({
      name: 'pool',
      prepare: async (_next, _previous, { signal }) => {
        signal.addEventListener('abort', () => seen.push('told to stop'));
        asked();
        await new Promise<void>((resolve) => (ready = resolve));
        return { commit: () => seen.push('commit'), abandon: () => void seen.push('abandon') };
      },
    });
    say({ database: { host: 'b' } });
    const reload = reloads.reload('asked');
    await wasAsked;
    clock.advance(5_000);
    const outcome = await reload;
    expect(outcome).toMatchObject({ status: 'rejected', error: { code: 'reload-vetoed' } });
    expect(outcome.status === 'rejected' && outcome.error.message).toContain('pool (it was not ready within 5s)');
    leave();
    await reloads.reload('again');
    expect([store.current.number, clock.waiting]).toEqual([2, 0]);
    ready();
    await turn();
    expect(seen).toEqual(['told to stop', 'abandon']);
  });

  it('prepares before, commits with, and drains after the generation becomes current', async () => {
    const { store, reloads, say } = await world();
    const seen: string[] = [];
    const note = (what: string): void => {
      seen.push(`${what} at ${store.get(DatabaseSettings).host}`);
    };
    reloads.register({
      name: 'pool',
      prepare: (next) => {
        note(`prepare ${String(next.number)}`);
        return {
          commit: () => {
            note('commit');
          },
          drain: async () => {
            note('drain');
            return Promise.resolve();
          },
        };
      },
    });
    say({ database: { host: 'b' } });
    await reloads.reload('asked');
    await reloads.close();
    expect(seen).toEqual(['prepare 2 at a', 'commit at b', 'drain at b']);
  });

  it("leaves out of a comparison what whoever asks may not see masked, and reloads the same on anybody's behalf", async () => {
    const access = accessPolicy([
      { effect: 'deny', paths: ['**.password'], rights: ['read-masked'], principals: ['guest'] },
    ]);
    const { store, reloads, say, events } = await world({}, { secrets: { access } });
    say({ database: { host: 'b', password: 'hunter2' } });
    await runAs('guest', async () => reloads.reload('asked'));
    const compared = (): readonly string[] =>
      reloads.diff(1, 2).flatMap(({ changes }) => changes.map(({ path }) => path));
    expect(runAs('guest', compared)).toEqual(['database.host']);
    expect(runAs('operator', compared)).toEqual(['database.host', 'database.password']);
    say({ database: { host: 'b', password: 'hunter3' } });
    await runAs('guest', async () => reloads.reload('asked'));
    expect([store.current.number, runAs('guest', () => reloads.diff(2, 3))]).toEqual([3, []]);
    const told = events.flatMap((event) => (event.type === 'ConfigChanged' ? event.sections : []));
    expect(told.flatMap(({ changes }) => changes.map(({ path }) => path))).toContain('database.password');
  });

  it('rolls back to a kept generation under a new number', async () => {
    const { store, reloads, say } = await world();
    say({ database: { host: 'b' } });
    await reloads.reload('asked');
    await reloads.rollback(1);
    expect([store.current.number, store.get(DatabaseSettings).host]).toEqual([3, 'a']);
    expect(reloads.history().map(({ reason }) => reason)).toEqual(['first load', 'asked', 'rollback to 1']);
    expect(reloads.diff(2, 3).flatMap(({ changes }) => changes.map(({ path }) => path))).toEqual(['database.host']);
    await reloads.reload('read again');
    expect(store.get(DatabaseSettings).host).toBe('b');
    await expect(reloads.rollback(99)).rejects.toMatchObject({ code: 'unknown-generation' });
  });

  it('rolls a fresh generation back when a verify hook does not answer in time, and tells the hook so', async () => {
    let toldToStop: AbortSignal | undefined;
    const { reloads, say, clock } = await world({
      verifyTimeout: '5s',
      verify: [
        {
          name: 'probe',
          check: (current, _previous, { signal }) => {
            if (current.number !== 2) return true;
            toldToStop = signal;
            return new Promise<never>(() => undefined);
          },
        },
      ],
    });
    const rejected = new Promise((resolve) => reloads.events.on('ConfigReloadRejected', resolve));
    say({ database: { host: 'bad' } });
    await reloads.reload('asked');
    expect(toldToStop?.aborted).toBe(false);
    clock.advance(5_000);
    expect(await rejected).toMatchObject({
      error: {
        code: 'verification-failed',
        message: expect.stringContaining('Generation 2 was rolled back: "probe" did not answer within 5s.'),
      },
    });
    await reloads.close();
    expect([toldToStop?.aborted, reloads.status().generation, clock.waiting]).toEqual([true, 3, 0]);
  });

  it('moves back once, and not to and fro, for a verify hook that is never content', async () => {
    let looks = 0;
    const check = ({ number }: Generation): boolean => {
      if (number === 1) return true;
      looks++;
      // Content in the end, so that a to and fro would come to an end as well.
      return looks > 5;
    };
    const { reloads, say } = await world({ verify: [{ name: 'probe', check }] });
    const rejected = new Promise((resolve) => reloads.events.on('ConfigReloadRejected', resolve));
    say({ database: { host: 'b' } });
    await reloads.reload('asked');
    await rejected;
    await turn();
    await reloads.close();
    expect([looks, reloads.history().map(({ reason }) => reason)]).toEqual([
      1,
      ['first load', 'asked', 'rolled back by probe'],
    ]);
  });

  it('does not try again what was rolled back when something else changes, until it differs or somebody asks', async () => {
    const { store, reloads, say, changed, clock, events } = await world({
      verify: [{ name: 'probe', check: (current) => current.get(DatabaseSettings).host !== 'bad' }],
    });
    const told = async (type: ConfigEvent['type'], act: () => void): Promise<ConfigEvent> => {
      const next = reloads.events.stream({ types: [type] }).next();
      act();
      const { value } = await next;
      // The rollback has told of it, and ends.
      await turn();
      return value as ConfigEvent;
    };
    const change = (values: Record<string, unknown>) => (): void => {
      say(values);
      changed();
      clock.advance(100);
    };
    const shown = (): unknown => [store.current.number, store.get(DatabaseSettings).host, store.get(HttpSettings).port];
    await told('ConfigReloadRejected', change({ database: { host: 'bad' } }));
    expect(shown()).toEqual([3, 'a', 3000]);
    const again = await told('ConfigReloadRejected', change({ database: { host: 'bad' }, http: { port: 81 } }));
    expect(again).toMatchObject({
      error: {
        code: 'verification-failed',
        message: expect.stringContaining(
          'database: the same settings were rolled back as generation 2, because "probe" was not content with it.',
        ),
      },
    });
    // Asked, it tries them, and rolls back again.
    await told('ConfigReloadRejected', () => void reloads.reload('by an operator'));
    expect(shown()).toEqual([5, 'a', 3000]);
    await told('ConfigChanged', change({ database: { host: 'good' }, http: { port: 81 } }));
    expect(shown()).toEqual([6, 'good', 81]);
    // What differed meanwhile is not remembered.
    await told('ConfigReloadRejected', change({ database: { host: 'bad' }, http: { port: 81 } }));
    expect(shown()).toEqual([8, 'good', 81]);
    expect(events.filter(({ type }) => type === 'ConfigReloadRejected')).toHaveLength(4);
    await reloads.close();
  });

  it('rolls a fresh generation back when a verify hook is not content', async () => {
    const { store, reloads, say, events } = await world({
      verify: [{ name: 'probe', check: (current) => current.number !== 2 }],
    });
    const rejected = new Promise((resolve) => reloads.events.on('ConfigReloadRejected', resolve));
    say({ database: { host: 'b' } });
    await reloads.reload('asked');
    expect(await rejected).toMatchObject({ error: { code: 'verification-failed' } });
    expect(store.get(DatabaseSettings).host).toBe('a');
    expect(types(events)).toEqual(['ConfigChanged', 'ConfigChanged', 'ConfigReloadRejected']);
  });

  it('does not take in a bad source through the back door of another one', async () => {
    const { store, reloads, say, changed, clock } = await world();
    say({ database: { port: 'many' } });
    changed();
    clock.advance(100);
    await reloads.reload('settle');
    expect([store.current.number, reloads.status().rejections]).toEqual([1, 2]);
  });

  it('keeps requests while it is paused', async () => {
    const { store, reloads, say } = await world();
    reloads.pause();
    say({ database: { host: 'b' } });
    const outcome = reloads.reload('asked');
    expect([reloads.status().state, store.current.number]).toEqual(['paused', 1]);
    reloads.resume();
    expect((await outcome).status).toBe('committed');
  });

  it('answers as closed after it was closed', async () => {
    const { reloads } = await world();
    await reloads.close();
    expect(await reloads.reload('late')).toMatchObject({ status: 'rejected', error: { code: 'reload-closed' } });
    expect(reloads.status().state).toBe('closed');
  });
});
