import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, jest } from '@jest/globals';
import type { ConfigSource } from '../../../src/core/index.js';
import { createLayer, mergeTrees } from '../../../src/core/index.js';
import { lastKnownGood, SourceRecovery, withRecovery } from '../../../src/runtime/index.js';
import { leftOutValues } from '../../../src/runtime/recovery/index.js';
import { loadContext, temporaryFolder } from '../../sources/file-fixtures.js';
import { FakeClock } from '../fake-clock.js';
import { RecordingLogger } from '../loading.js';
import { answer, garbage, outage, Recovering, restarted } from './recovering.js';

const start = new FakeClock().now();

describe('a source that answers', () => {
  it('is ok, and nobody is told', async () => {
    const service = new Recovering({});
    const layers = answer({ a: 1 });
    expect(await service.read(layers)).toBe(layers);
    expect(service.health).toEqual({ index: 0, source: 'service', status: 'ok', since: start, age: 0, attempts: 0 });
    expect(service.onStatus).not.toHaveBeenCalled();
  });

  it('is not in the health before it was asked', () => {
    expect(new Recovering({}).recovery.sourceHealth()).toEqual([]);
  });
});

describe('a start without a source', () => {
  it('fails with its error when nothing is declared', async () => {
    const service = new Recovering(undefined);
    const error = outage();
    await expect(service.read(error)).rejects.toBe(error);
    expect(service.health).toMatchObject({ status: 'failed', code: 'source-unreachable', attempts: 1 });
  });

  it('fails, and asks for nothing, when only retries are declared', async () => {
    const service = new Recovering({});
    await expect(service.read(outage())).rejects.toThrow('service cannot be reached.');
    expect(service.clock.waiting).toBe(0);
  });

  it('goes on with defaults when they are declared', async () => {
    const service = new Recovering({ defaults: true });
    expect(await service.read(outage())).toMatchObject([{ name: 'service', tree: {} }]);
    expect(service.health).toEqual({
      index: 0,
      source: 'service',
      status: 'defaults',
      since: start,
      code: 'source-unreachable',
      message: 'service cannot be reached.',
      attempts: 1,
      nextAttempt: start + 1500,
    });
    expect(service.logger.of('config.source.defaults')).toMatchObject([
      { level: 'warn', message: 'service is taken to say nothing. service cannot be reached.' },
    ]);
  });

  it('stays without its values when it is asked again in vain', async () => {
    const service = new Recovering({ defaults: true });
    const previous = await service.read(outage());
    expect(await service.read(outage(), previous)).toBe(previous);
    expect(service.health).toMatchObject({ status: 'defaults', attempts: 2 });
    expect(service.health).not.toHaveProperty('age');
  });

  it.each([{ defaults: true }, { lastKnownGood: true, defaults: true }])(
    'fails when the source is there and broken: %j',
    async (policy) => {
      const cache = lastKnownGood({ folder: await temporaryFolder() });
      await restarted(cache).save(answer({ a: 1 }));
      const error = garbage();
      await expect(restarted(cache, policy).read(error)).rejects.toBe(error);
    },
  );

  it('uses what it said last, with its origins, its age in the health and in the log', async () => {
    const cache = lastKnownGood({ folder: await temporaryFolder() });
    const origin = { kind: 'custom', source: 'service', key: 'A', line: 2, column: 3 } as const;
    const before = restarted(cache);
    await before.save(await before.read([createLayer({ name: 'service', tree: { a: 1 }, locate: () => origin })]));
    const service = restarted(cache, { lastKnownGood: true, defaults: true });
    service.clock.advance(7_200_000);
    const [layer] = await service.read(outage());
    expect(layer).toMatchObject({ name: 'service', kind: 'custom', tree: { a: 1 }, references: true });
    expect(layer?.locate(['a'])).toEqual(origin);
    expect(layer?.locate(['b'])).toEqual({ kind: 'custom', source: 'service', key: 'b' });
    expect(service.health).toMatchObject({ status: 'stale', age: 7_200_000, code: 'source-unreachable' });
    expect(service.logger.of('config.source.stale')).toMatchObject([
      {
        message: 'service is stale: what it said 2h ago is in use. service cannot be reached.',
        fields: { age: 7_200_000 },
      },
    ]);
  });

  it('does not make old values young by saving them again', async () => {
    const cache = lastKnownGood({ folder: await temporaryFolder() });
    const before = restarted(cache);
    await before.save(await before.read(answer({ a: 1 })));
    const between = restarted(cache);
    between.clock.advance(1000);
    await between.save(await between.read(outage()));
    const after = restarted(cache);
    after.clock.advance(5000);
    expect(await after.read(outage())).toMatchObject([{ tree: { a: 1 } }]);
    expect(after.health?.age).toBe(5000);
  });

  it('never takes defaults for what the source said', async () => {
    const cache = lastKnownGood({ folder: await temporaryFolder() });
    const before = restarted(cache, { lastKnownGood: true, defaults: true });
    await before.save(await before.read(outage()));
    await expect(restarted(cache).read(outage())).rejects.toThrow('service cannot be reached.');
  });

  it('uses nothing that was kept for another environment', async () => {
    const cache = lastKnownGood({ folder: await temporaryFolder() });
    await restarted(cache).save(answer({ a: 1 }));
    const service = restarted(cache);
    await expect(service.read(outage(), undefined, { environment: 'production' })).rejects.toThrow('service');
    expect(service.logger.of('config.last-known-good.skipped').map(({ message }) => message)).toEqual([
      expect.stringMatching(/1\.json is damaged, or for another environment; there is none that can be used\.$/),
    ]);
  });

  it('says which files it passed over, and reports the source and not a folder that cannot be read', async () => {
    const folder = await temporaryFolder();
    const cache = lastKnownGood({ folder });
    await restarted(cache).save(answer({ a: 1 }));
    await writeFile(join(folder, 'last-known-good.2.json'), '{');
    const service = restarted(cache);
    await service.read(outage());
    expect(service.logger.of('config.last-known-good.skipped')).toHaveLength(1);
    const blocked = restarted(lastKnownGood({ folder: join(folder, 'last-known-good.2.json') }));
    await expect(blocked.read(outage())).rejects.toThrow('service cannot be reached.');
    expect(blocked.logger.of('config.last-known-good.unreadable')).toHaveLength(1);
  });

  it('must name a folder for it', () => {
    expect(() => new Recovering({ lastKnownGood: true })).toThrow(
      new TypeError('lastKnownGood: sources[0] wants it; name a folder with lastKnownGood({ folder }).'),
    );
  });
});

describe('the secrets of the last known good', () => {
  const schema = loadContext().schema;
  const kept = async () => {
    const cache = lastKnownGood({ folder: await temporaryFolder() });
    await restarted(cache).save(answer({ db: { host: 'h', password: 'hunter2' } }));
    const service = restarted(cache);
    const [layer] = await service.read(outage());
    return layer?.tree ?? {};
  };

  it('are missed by name when no other source sets them', async () => {
    const tree = await kept();
    const merged = mergeTrees([{ db: { password: 'lower' } }, tree], schema);
    expect(leftOutValues([{ segment: { path: [] }, merged }])).toEqual([
      {
        code: 'left-out',
        path: ['db', 'password'],
        message:
          'its source is out of reach, and the last known good does not have it, for it keeps no secret in plain text',
        hint: 'Make the source reachable, or set the value in a source that comes later in the list. With a keyring, what is declared @Secure() is kept encrypted.',
      },
    ]);
  });

  it('are not missed when a later source sets them', async () => {
    const tree = await kept();
    const merged = mergeTrees([tree, { db: { password: 'later' } }], schema);
    expect(leftOutValues([{ segment: { path: [] }, merged }])).toEqual([]);
    expect(merged).toEqual({ db: { host: 'h', password: 'later' } });
  });
});

describe('a source that fails while the service runs', () => {
  it('keeps saying what it said before, and tells since when', async () => {
    const service = new Recovering({});
    const previous = await service.read(answer({ a: 1 }));
    service.clock.advance(1000);
    expect(await service.read(outage(), previous)).toBe(previous);
    service.clock.advance(500);
    expect(service.health).toMatchObject({ status: 'stale', since: start + 1000, age: 1500, attempts: 1 });
    expect(service.onStatus.mock.calls.map(([{ status }, before]) => [status, before])).toEqual([['stale', 'ok']]);
  });

  it('is asked again until it answers', async () => {
    const service = new Recovering({});
    const previous = await service.read(answer({ a: 1 }));
    await service.read(outage(), previous);
    service.clock.advance(1500);
    expect(service.requested).toEqual(['0: retry of service']);
    await service.read(outage(), previous);
    service.clock.advance(2500);
    expect(service.requested).toHaveLength(2);
    await service.read(answer({ a: 2 }), previous);
    expect(service.clock.waiting).toBe(0);
    expect(service.health).toEqual({
      index: 0,
      source: 'service',
      status: 'ok',
      since: start + 4000,
      age: 0,
      attempts: 0,
    });
    expect(service.onStatus.mock.calls.map(([{ status }, before]) => [status, before])).toEqual([
      ['stale', 'ok'],
      ['ok', 'stale'],
    ]);
    expect(service.logger.of('config.source.recovered')).toMatchObject([{ message: 'service answers again.' }]);
  });

  it('is asked after 5 minutes when it refuses us', async () => {
    const service = new Recovering({});
    await service.read(outage('source-refused'), await service.read(answer({})));
    expect(service.health?.nextAttempt).toBe(start + 300_000);
  });

  it('is not asked when retries are switched off', async () => {
    const service = new Recovering({ retry: false });
    await service.read(outage(), await service.read(answer({})));
    expect(service.clock.waiting).toBe(0);
  });

  it('rejects the load when it is broken, and is asked again', async () => {
    const service = new Recovering({ defaults: true });
    const previous = await service.read(answer({}));
    service.clock.advance(10);
    await expect(service.read(garbage(), previous)).rejects.toThrow('service answers nonsense.');
    expect(service.health).toMatchObject({
      status: 'failed',
      age: 10,
      code: 'invalid-json',
      nextAttempt: start + 1510,
    });
  });

  it('rejects the load when nothing is declared', async () => {
    const service = new Recovering(undefined);
    const previous = await service.read(answer({}));
    await expect(service.read(outage(), previous)).rejects.toThrow('service cannot be reached.');
    expect(service.health?.status).toBe('failed');
  });

  it('is not blamed for a load that was given up', async () => {
    const service = new Recovering({ defaults: true });
    const signal = AbortSignal.abort();
    const error = outage();
    await expect(service.read(error, undefined, { signal })).rejects.toBe(error);
    expect(service.health).toBeUndefined();
  });

  it('goes by the values in use when a load that read it was rejected later', async () => {
    const service = new Recovering({ defaults: true });
    const inUse = await service.read(outage());
    await service.read(answer({ a: 1 }), inUse);
    expect(await service.read(outage(), inUse)).toBe(inUse);
    expect(service.health?.status).toBe('defaults');
  });
});

describe('a source that comes back', () => {
  it.each([true, false])('is not asked whether what stood in for it still holds (from disk: %s)', async (fromDisk) => {
    const cache = lastKnownGood({ folder: await temporaryFolder() });
    if (fromDisk) await restarted(cache).save(answer({ a: 1 }));
    const standIn = await restarted(cache, { lastKnownGood: true, defaults: true }).read(outage());
    const load = jest.fn<ConfigSource['load']>(() => ({}));
    await withRecovery({ load }, {}).load(loadContext({ previous: standIn }));
    expect(load.mock.calls[0]?.[0]).not.toHaveProperty('previous');
  });
});

describe('the news of a source', () => {
  it('stop nobody when the listener throws', async () => {
    const service = new Recovering(
      { defaults: true },
      {
        onStatus: () => {
          throw new Error('listener');
        },
        requestReload: () => {
          throw new Error('closed');
        },
      },
    );
    expect(await service.read(outage())).toHaveLength(1);
    service.clock.advance(1500);
    expect(service.logger.of('config.source.listener-failed').map(({ message }) => message)).toEqual([
      'A listener of the source recovery failed: listener',
      'A listener of the source recovery failed: closed',
    ]);
    expect(service.clock.waiting).toBe(1);
  });
});

describe('keeping the last known good', () => {
  it('is done only for sources that want it', async () => {
    const cache = lastKnownGood({ folder: await temporaryFolder() });
    await restarted(cache, { defaults: true }).save(answer({ a: 1 }));
    expect(await cache.load()).toBeUndefined();
  });

  it('writes the last of several commits, and none between the first and the last', async () => {
    const folder = await temporaryFolder();
    const cache = lastKnownGood({ folder, keep: 50 });
    const service = restarted(cache);
    await Promise.all(Array.from({ length: 20 }, async (_, a) => service.save(answer({ a }))));
    const loaded = await cache.load();
    expect(loaded?.snapshot.sources[0]?.layers[0]?.tree).toEqual({ a: 19 });
    expect(await readdir(folder)).toHaveLength(2);
  });

  it('logs that it failed, and throws nothing', async () => {
    const folder = join(await temporaryFolder(), 'file');
    await writeFile(folder, '');
    const service = restarted(lastKnownGood({ folder }));
    await service.save(answer({ a: 1 }));
    expect(service.logger.of('config.last-known-good.not-saved')).toMatchObject([
      { level: 'warn', fields: { code: 'last-known-good-not-saved', folder } },
    ]);
  });

  it('answers all sources from one snapshot', async () => {
    const cache = lastKnownGood({ folder: await temporaryFolder() });
    const sources = ['a', 'b'].map((name) => withRecovery({ name, load: () => ({}) }, { lastKnownGood: true }));
    const options = { sources, logger: new RecordingLogger(), clock: new FakeClock(), lastKnownGood: cache };
    const commit = async (a: number): Promise<void> => {
      const layersOf = (index: number) => {
        const layer = createLayer({ name: index === 0 ? 'a' : 'b', tree: { a } });
        return [{ layer, tree: layer.tree }];
      };
      const plan = { schema: loadContext().schema, isSecret: () => false };
      await new SourceRecovery(options).save({ layersOf, plan, selectors: { environment: 'test' } });
    };
    await commit(1);
    const recovery = new SourceRecovery(options);
    const read = async (index: number) =>
      recovery.read(index, loadContext({ environment: 'test' }), () => Promise.reject(outage()));
    const [first] = await read(0);
    await commit(2);
    const [second] = await read(1);
    expect([first?.tree, second?.tree]).toEqual([{ a: 1 }, { a: 1 }]);
  });
});

describe('closing', () => {
  it('leaves no timer behind, whatever is still told afterwards', async () => {
    const service = new Recovering({ defaults: true });
    const previous = await service.read(outage());
    await service.recovery.close();
    await service.read(outage(), previous);
    expect(service.clock.waiting).toBe(0);
    expect(service.health).not.toHaveProperty('nextAttempt');
  });

  it('waits for what is being written', async () => {
    const cache = lastKnownGood({ folder: await temporaryFolder() });
    const service = restarted(cache);
    const saving = service.save(answer({ a: 1 }));
    await service.recovery.close();
    expect(await cache.load()).toBeDefined();
    await saving;
  });
});
