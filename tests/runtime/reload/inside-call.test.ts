import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { IsInt } from 'class-validator';
import type { ConfigSource } from '../../../src/core/index.js';
import {
  ConfigStore,
  loadGeneration,
  ReloadService,
  type ReloadOptions,
  type ReloadOutcome,
} from '../../../src/runtime/index.js';
import { InsideCall } from '../../../src/runtime/reload/inside-call.js';
import { ConfigSection } from '../../../src/sections/index.js';
import { FakeClock } from '../fake-clock.js';
import { RecordingLogger } from '../loading.js';

@ConfigSection('http')
class HttpSettings {
  @IsInt() public port: number = 1;
}

interface World {
  readonly store: ConfigStore;
  readonly reloads: ReloadService;
  readonly clock: FakeClock;
  readonly logger: RecordingLogger;
  readonly closed: () => boolean;
  readonly reload: (port: number) => Promise<ReloadOutcome>;
}

async function world(reload: ReloadOptions = {}): Promise<World> {
  const [clock, logger] = [new FakeClock(), new RecordingLogger()];
  let port = 1;
  let isClosed = false;
  const source: ConfigSource = {
    load: () => ({ http: { port } }),
    close: () => {
      isClosed = true;
    },
  };
  const options = { sections: [HttpSettings], sources: [source], environment: 'test', env: {}, clock, logger } as const;
  const store = new ConfigStore(await loadGeneration(options));
  const reloads = new ReloadService(store, options, reload);
  await reloads.start();
  return {
    store,
    reloads,
    clock,
    logger,
    closed: () => isClosed,
    reload: async (next) => {
      port = next;
      return reloads.reload('asked');
    },
  };
}

describe('who would wait for itself', () => {
  it('is refused at once, and named: a dependant that awaits reload() while it prepares', async () => {
    const given: unknown[] = [];
    const { reloads, store, reload } = await world();
    reloads.register({
      name: 'pool',
      prepare: async () => {
        given.push(await reloads.reload('once more'), await reloads.rollback(1));
        await reloads.trust().catch((error: unknown) => given.push(error));
        return undefined;
      },
    });
    expect((await reload(2)).status).toBe('committed');
    expect(given).toMatchObject([
      {
        status: 'rejected',
        error: {
          code: 'reload-inside',
          message:
            'reload() was called while prepare of dependant pool runs, and would wait for it.\nCall it when that has returned, for example from setImmediate(…).',
        },
      },
      { status: 'rejected', error: { code: 'reload-inside' } },
      { code: 'reload-inside', message: expect.stringContaining('trust() was called while prepare of dependant pool') },
    ]);
    expect([store.get(HttpSettings).port, reloads.status().rejections]).toEqual([2, 0]);
    await reloads.close();
  });

  it('is refused at once: a listener that awaits reload(); what it leaves behind is not', async () => {
    const { reloads, reload } = await world();
    const given: ReloadOutcome[] = [];
    let later: Promise<void> | undefined;
    reloads.events.on('ConfigChanged', async function follow() {
      later = turn().then(async () => void given.push(await reloads.reload('later')));
      given.push(await reloads.reload('now'));
    });
    await reload(2);
    await reloads.events.drain();
    await later;
    expect(given).toMatchObject([
      {
        status: 'rejected',
        error: { message: expect.stringContaining('reload() was called while listener follow to ConfigChanged runs') },
      },
      { status: 'unchanged' },
    ]);
    await reloads.close();
  });

  it('does not hold up the end: a listener, and a dependant, that await close()', async () => {
    for (const who of ['listener', 'dependant']) {
      const { reloads, reload, clock, closed, logger } = await world();
      const close = async (): Promise<undefined> => {
        await reloads.close();
        return undefined;
      };
      if (who === 'listener') reloads.events.on('ConfigChanged', close);
      else reloads.register({ name: 'pool', prepare: close });
      await reload(2);
      await reloads.close();
      expect([who, closed(), clock.waiting, logger.of('config.close.abandoned')]).toEqual([who, true, 0, []]);
    }
  });

  it('does not hold up the end: a listener that hangs and has unsubscribed', async () => {
    const { reloads, reload, closed, clock } = await world();
    const stop = reloads.events.on('ConfigChanged', () => new Promise<never>(() => undefined));
    await reload(2);
    await turn();
    stop();
    await reloads.close();
    expect([closed(), clock.waiting]).toEqual([true, 0]);
  });
});

describe('closing', () => {
  it('lets go of what was prepared too late, and nothing becomes current any more', async () => {
    const { reloads, reload, store } = await world();
    const seen: string[] = [];
    let ready: () => void = () => undefined;
    const wasAsked = new Promise<void>((asked) => {
      reloads.register({
        name: 'pool',
        prepare: async () => {
          asked();
          await new Promise<void>((resolve) => (ready = resolve));
          return { commit: () => seen.push('commit'), abandon: () => void seen.push('abandon') };
        },
      });
    });
    const outcome = reload(2);
    await wasAsked;
    await reloads.close();
    ready();
    await turn();
    expect([(await outcome).status, store.current.number, seen]).toEqual(['rejected', 1, ['abandon']]);
  });

  it('during a bake gives no verdict, and drains what was kept open for the way back', async () => {
    const seen: string[] = [];
    const { reloads, reload, store } = await world({
      bake: '1h',
      verify: [{ name: 'probe', check: () => true }],
      dependants: [
        {
          name: 'pool',
          prepare: ({ number }) => ({
            commit: () => undefined,
            drain: async () => Promise.resolve(void seen.push(`drain by ${String(number)}`)),
            abandon: () => void seen.push(`abandon ${String(number)}`),
          }),
        },
      ],
    });
    await reload(2);
    await reloads.close();
    expect([seen, store.current.number]).toEqual([['drain by 2'], 2]);
  });
});

describe('a mark of calls', () => {
  it('knows only calls of its own, and only while they run', async () => {
    const [one, other] = [new InsideCall(), new InsideCall()];
    const seen = one.within('outer', () =>
      other.within('inner', () => [one.caller, other.caller, new InsideCall().caller]),
    );
    let after: Promise<string | undefined> | undefined;
    one.within('call', () => {
      after = turn().then(() => one.caller);
    });
    expect([seen, await after, one.caller]).toEqual([['outer', 'inner', undefined], undefined, undefined]);
    expect(() => one.within('call', () => other.within('thrower', () => JSON.parse('{') as unknown))).toThrow(
      SyntaxError,
    );
  });
});
