import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { IsInt } from 'class-validator';
import type { Clock, ConfigSource } from '../../../src/core/index.js';
import {
  ConfigStore,
  loadGeneration,
  ReloadService,
  type ConfigEvent,
  type LoadOptions,
  type ReloadOptions,
} from '../../../src/runtime/index.js';
import { ConfigSection } from '../../../src/sections/index.js';
import type { Keyset } from '../../../src/security/index.js';
import { wasWarnedOf } from '../../core/listener-warning.js';
import { FakeClock } from '../fake-clock.js';
import { RecordingLogger } from '../loading.js';
import { MemoryKeyring } from '../secrets/keys.js';

@ConfigSection('http')
class HttpSettings {
  @IsInt() public port: number = 3000;
}

interface World {
  readonly store: ConfigStore;
  readonly reloads: ReloadService;
  readonly events: ConfigEvent[];
  readonly logger: RecordingLogger;
}

async function world(
  sources: readonly ConfigSource[],
  more: Partial<LoadOptions> = {},
  reload: ReloadOptions = {},
): Promise<World> {
  const logger = new RecordingLogger();
  const options: LoadOptions = { sections: [HttpSettings], sources, environment: 'test', env: {}, logger, ...more };
  const store = new ConfigStore(await loadGeneration(options));
  const reloads = new ReloadService(store, options, { watch: true, ...reload });
  const events: ConfigEvent[] = [];
  reloads.events.on((event) => {
    events.push(event);
  });
  await reloads.start();
  return { store, reloads, events, logger };
}

describe('the end of a ReloadService', () => {
  it('gives up the load that is under way, and tells nobody of a rejection', async () => {
    let isHanging = false;
    let asked: () => void = () => undefined;
    const source: ConfigSource = {
      load: async ({ signal }) => {
        if (!isHanging) return {};
        asked();
        return new Promise((_, reject) => {
          signal.addEventListener('abort', () => {
            reject(new Error('given up'));
          });
        });
      },
    };
    const { reloads, events, logger } = await world([source]);
    isHanging = true;
    const wasAsked = new Promise<void>((resolve) => (asked = resolve));
    const outcome = reloads.reload('asked');
    await wasAsked;
    await reloads.close();
    expect(await outcome).toMatchObject({ status: 'rejected', error: { code: 'reload-closed' } });
    expect([events, logger.of('config.reload.rejected'), reloads.status().rejections]).toEqual([[], [], 0]);
  });

  it('waits for no dependant and no hook that never answers, and tells nobody of a rejection', async () => {
    const never = new Promise<never>(() => undefined);
    let values = {};
    const source: ConfigSource = { load: () => values };
    const { reloads, events, logger } = await world(
      [source],
      {},
      {
        verify: [{ name: 'probe', check: ({ number }) => number === 1 || never }],
      },
    );
    values = { http: { port: 1 } };
    await reloads.reload('looked at for ever');
    let asked: () => void = () => undefined;
    const wasAsked = new Promise<void>((resolve) => (asked = resolve));
    reloads.register({
      name: 'pool',
      prepare: () => {
        asked();
        return never;
      },
    });
    values = { http: { port: 2 } };
    const outcome = reloads.reload('prepared for ever');
    await wasAsked;
    await reloads.close();
    expect(await outcome).toMatchObject({ status: 'rejected', error: { code: 'reload-closed' } });
    expect([events.length, logger.of('config.reload.rejected'), reloads.status().rejections]).toEqual([1, [], 0]);
  });

  it('does not wait for ever for what hangs: names it, and closes the sources all the same', async () => {
    const never = new Promise<never>(() => undefined);
    const clock = new FakeClock();
    let values = {};
    let isClosed = false;
    const sources: readonly ConfigSource[] = [
      { name: 'vault', load: () => values, close: () => never },
      {
        load: () => ({}),
        close: () => {
          isClosed = true;
        },
      },
    ];
    const { reloads, logger } = await world(sources, { clock }, { closeTimeout: '3s' });
    reloads.register({ name: 'orders pool', prepare: () => ({ commit: () => undefined, drain: () => never }) });
    reloads.events.on('ConfigChanged', function report() {
      return never;
    });
    reloads.events.onSection(HttpSettings, () => never);
    values = { http: { port: 1 } };
    await reloads.reload('asked');
    const closing = reloads.close();
    await turn();
    clock.advance(3_000);
    await turn();
    expect([isClosed, clock.waiting]).toEqual([true, 1]);
    clock.advance(3_000);
    await closing;
    expect(logger.of('config.close.abandoned')).toEqual([
      expect.objectContaining({
        level: 'warn',
        message:
          'Closing went on after 3s without dependant orders pool, listener report to ConfigChanged, a listener to ConfigChanged.',
        fields: {
          timeout: 3_000,
          hanging: ['dependant orders pool', 'listener report to ConfigChanged', 'a listener to ConfigChanged'],
        },
      }),
      expect.objectContaining({ message: 'Closing went on after 3s without source vault.' }),
    ]);
  });

  it('lets reloads go on while a dependant does not let go of what it prepared, and names it in the end', async () => {
    const clock = new FakeClock();
    let values = {};
    const { reloads, logger } = await world([{ load: () => values }], { clock });
    const leave = [
      reloads.register({
        name: 'pool',
        prepare: () => ({ commit: () => undefined, abandon: () => new Promise<never>(() => undefined) }),
      }),
      reloads.register({
        name: 'broker',
        prepare: () => {
          throw new Error('no');
        },
      }),
    ];
    values = { http: { port: 1 } };
    const { status } = await reloads.reload('asked');
    for (const end of leave) end();
    expect([status, (await reloads.reload('again')).status]).toEqual(['rejected', 'committed']);
    const closing = reloads.close();
    await turn();
    clock.advance(10_000);
    await closing;
    expect(logger.of('config.close.abandoned').map(({ message }) => message)).toEqual([
      'Closing went on after 10s without dependant pool.',
    ]);
  });

  it('does not wait for ever for a reload whose keyring never answers', async () => {
    const clock = new FakeClock();
    let asked: (() => void) | undefined;
    class HangingKeyring extends MemoryKeyring {
      public override async load(): Promise<Keyset> {
        if (asked === undefined) return super.load();
        asked();
        return new Promise<never>(() => undefined);
      }
    }
    const keyring = new HangingKeyring();
    const { reloads, logger } = await world([{ load: () => ({}) }], { clock, secrets: { keyring, app: 'orders' } });
    const wasAsked = new Promise<void>((resolve) => (asked = resolve));
    void reloads.reload('asked');
    await wasAsked;
    // The sources have answered, and only the keys are waited for.
    await turn();
    const closing = reloads.close();
    await turn();
    clock.advance(10_000);
    await closing;
    expect(logger.of('config.close.abandoned').map(({ message }) => message)).toEqual([
      'Closing went on after 10s without a reload.',
    ]);
  });

  it('says nothing, and leaves no timer, when all ends in time', async () => {
    const clock = new FakeClock();
    const source: ConfigSource = { load: () => ({}), close: async () => Promise.reject(new Error('gone already')) };
    const { reloads, logger } = await world([source], { clock });
    await reloads.close();
    expect([logger.of('config.close.abandoned'), clock.waiting]).toEqual([[], 0]);
  });

  it('is told to more than ten watched sources, and ends more than ten dependants, without Node taking that for a leak', async () => {
    const told: string[] = [];
    const signals = new Set<AbortSignal>();
    const listen = (who: string, signal: AbortSignal): void => {
      signals.add(signal);
      signal.addEventListener('abort', () => told.push(who), { once: true });
    };
    let port = 1;
    const sources = Array.from({ length: 12 }, (_, index): ConfigSource => ({
      load: () => ({ http: { port } }),
      watch: ({ signal }) => {
        listen(`source ${String(index)}`, signal);
      },
    }));
    const dependants = Array.from({ length: 12 }, (_, index) => ({
      name: `dependant ${String(index)}`,
      prepare: (_next: unknown, _previous: unknown, { signal }: { readonly signal: AbortSignal }) => {
        listen(`dependant ${String(index)}`, signal);
        return undefined;
      },
    }));
    const { reloads } = await world(sources, {}, { dependants });
    port = 2;
    await reloads.reload('asked');
    const before = told.length;
    await reloads.close();
    // Dependants are told only while they prepare.
    expect([before, told.length, new Set([...signals].map(wasWarnedOf))]).toEqual([0, 12, new Set([false])]);
  });
});

describe('a clock that throws', () => {
  /** One that throws at its nth reading. */
  class FailingClock implements Clock {
    public failAt = Infinity;
    public reads = 0;
    readonly #clock = new FakeClock();

    public now(): number {
      this.#count();
      return this.#clock.now();
    }

    public monotonic(): number {
      this.#count();
      return this.#clock.monotonic();
    }

    public after(milliseconds: number, callback: () => void): () => void {
      this.#count();
      return this.#clock.after(milliseconds, callback);
    }

    #count(): void {
      this.reads++;
      if (this.reads === this.failAt) throw new Error('postgres://app:hunter2@db');
    }
  }

  it('lets no reload reject, whenever it throws, and the settings move', async () => {
    const outcomes: unknown[] = [];
    let isOver = false;
    for (let failAt = 1; !isOver; failAt++) {
      const clock = new FailingClock();
      let port = 1;
      const { store, reloads, events, logger } = await world([{ load: () => ({ http: { port } }) }], { clock });
      port = 2;
      clock.failAt = clock.reads + failAt;
      const { status } = await reloads.reload('asked');
      await reloads.events.drain();
      isOver = clock.reads < clock.failAt;
      const failures = logger.of('config.clock.failed').map(({ message }) => message);
      outcomes.push([status, store.get(HttpSettings).port, reloads.history().length, events.length, failures.length]);
      expect(JSON.stringify(logger.records)).not.toContain('hunter2');
      await reloads.close();
    }
    const last = outcomes.pop();
    expect(last).toEqual(['committed', 2, 2, 1, 0]);
    expect(outcomes.length).toBeGreaterThan(5);
    expect(outcomes).toEqual(outcomes.map(() => ['committed', 2, 2, 1, 1]));
  });

  it('lets a rejection be one', async () => {
    const clock = new FailingClock();
    let port: unknown = 1;
    const { reloads, events } = await world([{ load: () => ({ http: { port } }) }], { clock });
    port = 'many';
    clock.failAt = clock.reads + 1;
    expect(await reloads.reload('asked')).toMatchObject({ status: 'rejected', error: { code: 'invalid-settings' } });
    await reloads.events.drain();
    expect(events.map(({ type }) => type)).toEqual(['ConfigReloadRejected']);
  });
});
