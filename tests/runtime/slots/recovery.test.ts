import { chmod, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { createLayer, formatOrigin, mergeTrees } from '../../../src/core/index.js';
import { lastKnownGood, withRecovery } from '../../../src/runtime/index.js';
import { leftOutValues } from '../../../src/runtime/recovery/index.js';
import { loadContext, temporaryFolder } from '../../sources/file-fixtures.js';
import { barrier } from '../barrier.js';
import { FakeClock } from '../fake-clock.js';
import { answer, garbage, outage, Recovering, restarted, SlotWorld, ToldSource } from './slot-world.js';

const start = new FakeClock().now();

describe('a source that answers', () => {
  it('is ok, and nobody is told', async () => {
    const service = new Recovering({});
    const layers = answer({ a: 1 });
    expect(await service.read(layers)).toBe(layers);
    expect(service.health).toEqual({ index: 0, source: 'service', status: 'ok', since: start, age: 0, attempts: 0 });
    expect(service.statuses).toEqual([]);
  });

  it('is not in the health before it was asked', () => {
    expect(new Recovering({}).slots.health()).toEqual([]);
  });
});

describe('a start without a source', () => {
  it('fails with its error when nothing is declared', async () => {
    const service = new Recovering(undefined);
    const error = outage();
    await expect(service.read(error)).rejects.toBe(error);
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
      { level: 'warn', message: 'service is treated as empty. service cannot be reached.' },
    ]);
  });

  it('stays without its values when it is asked again in vain', async () => {
    const service = new Recovering({ defaults: true });
    const first = await service.read(outage());
    expect(await service.read(outage())).toBe(first);
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

  it('uses what it said last, naming it a copy wherever it is named, with its age in the health and in the log', async () => {
    const cache = lastKnownGood({ folder: await temporaryFolder() });
    const origin = { kind: 'remote', source: 'service', key: 'A', version: '41' } as const;
    const before = restarted(cache);
    await before.save(await before.read([createLayer({ name: 'service', tree: { a: 1 }, locate: () => origin })]));
    const service = restarted(cache, { lastKnownGood: true, defaults: true });
    service.clock.advance(7_200_000);
    const [layer] = await service.read(outage());
    expect(layer).toMatchObject({
      name: 'last known good of service',
      kind: 'custom',
      tree: { a: 1 },
      references: true,
    });
    expect([['a'], ['b']].map((path) => layer && formatOrigin(layer.locate(path)))).toEqual([
      'A (last known good of service, revision 41)',
      'b (last known good of service)',
    ]);
    expect(service.health).toMatchObject({ status: 'stale', age: 7_200_000, code: 'source-unreachable' });
    expect(service.logger.of('config.source.stale')).toMatchObject([
      {
        message: 'service is stale: its last answer (2h ago) is in use. service cannot be reached.',
        fields: { age: 7_200_000 },
      },
    ]);
  });

  it('does not make old values young by saving them again, or copies of copies', async () => {
    const cache = lastKnownGood({ folder: await temporaryFolder() });
    const before = restarted(cache);
    await before.save(await before.read(answer({ a: 1 })));
    const between = restarted(cache);
    between.clock.advance(1000);
    await between.save(await between.read(outage()));
    const after = restarted(cache);
    after.clock.advance(5000);
    expect(await after.read(outage())).toMatchObject([{ name: 'last known good of service', tree: { a: 1 } }]);
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
    const service = restarted(cache, undefined, { selectors: { environment: 'production' } });
    await expect(service.read(outage())).rejects.toThrow('service');
    expect(service.logger.of('config.last-known-good.skipped').map(({ message }) => message)).toEqual([
      expect.stringMatching(
        /1\.json is for another environment, region, zone, deployment or cohort; there is no usable one\.$/,
      ),
    ]);
  });

  it('says which files it passed over, and reports the source and not a folder that cannot be read', async () => {
    const folder = await temporaryFolder();
    const cache = lastKnownGood({ folder });
    await restarted(cache).save(answer({ a: 1 }));
    await writeFile(join(folder, 'last-known-good.2.json'), '{', { mode: 0o600 });
    const service = restarted(cache);
    await service.read(outage());
    expect(service.logger.of('config.last-known-good.skipped')).toMatchObject([
      { message: expect.stringMatching(/2\.json is damaged; one before it is used\.$/) as unknown },
    ]);
    const blocked = restarted(lastKnownGood({ folder: join(folder, 'last-known-good.2.json') }));
    await expect(blocked.read(outage())).rejects.toThrow(
      /^service cannot be reached\. Its last known good is not used: the folder .* cannot be read: .* ENOTDIR\.\nWait\. Check/,
    );
    expect(blocked.logger.of('config.last-known-good.unreadable')).toHaveLength(1);
  });

  it('uses no copy that other users may have written', async () => {
    const folder = await temporaryFolder();
    const cache = lastKnownGood({ folder });
    await restarted(cache).save(answer({ a: 1 }));
    await chmod(join(folder, 'last-known-good.1.json'), 0o666);
    const service = restarted(cache);
    await expect(service.read(outage())).rejects.toThrow('service cannot be reached.');
    expect(service.logger.of('config.last-known-good.skipped')).toMatchObject([
      { fields: { why: 'is open to other users (mode 666)' } },
    ]);
  });

  it('names the copy in the error, why it is not used, and what to do', async () => {
    const folder = await temporaryFolder();
    await restarted(lastKnownGood({ folder })).save(answer({ a: 1 }));
    const file = join(folder, 'last-known-good.1.json');
    await chmod(file, 0o644);
    await expect(restarted(lastKnownGood({ folder })).read(outage())).rejects.toMatchObject({
      code: 'source-unreachable',
      message:
        `service cannot be reached. Its last known good is not used: ${file} is open to other users (mode 644).\n` +
        'Wait. If no other program has written it, set its mode to 0600.',
    });
    const declared = restarted(lastKnownGood({ folder }), {});
    await expect(declared.read(outage())).rejects.toMatchObject({ message: 'service cannot be reached.\nWait.' });
  });

  it('must name a folder for it', () => {
    expect(() => new Recovering({ lastKnownGood: true })).toThrow(
      new TypeError('lastKnownGood: sources[0] needs it; name a folder with lastKnownGood({ folder }).'),
    );
  });
});

describe('the secrets of the last known good', () => {
  const schema = loadContext().schema;
  const kept = async () => {
    const cache = lastKnownGood({ folder: await temporaryFolder() });
    await restarted(cache).save(answer({ db: { host: 'h', password: 'hunter2' } }));
    const [layer] = await restarted(cache).read(outage());
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
    const first = await service.read(answer({ a: 1 }));
    service.clock.advance(1000);
    expect(await service.read(outage())).toBe(first);
    service.clock.advance(500);
    expect(service.health).toMatchObject({ status: 'stale', since: start + 1000, age: 1500, attempts: 1 });
    expect(service.statuses).toEqual([['stale', 'ok']]);
  });

  it('keeps saying it without a policy, too: no answer is none to reject', async () => {
    const service = new Recovering(undefined);
    const first = await service.read(answer({}));
    expect(await service.read(outage())).toBe(first);
    expect(service.health?.status).toBe('stale');
  });

  it('is read again until it answers', async () => {
    const service = new Recovering({});
    await service.read(answer({ a: 1 }));
    await service.read(outage());
    await service.pass(1500, 100);
    expect(service.health).toMatchObject({ status: 'stale', attempts: 2, nextAttempt: service.clock.now() + 2500 });
    service.source.says = answer({ a: 2 });
    await service.pass(2500, 100);
    expect(service.clock.waiting).toBe(0);
    expect(service.health).toMatchObject({ status: 'ok', since: service.clock.now(), attempts: 0 });
    expect(service.statuses).toEqual([
      ['stale', 'ok'],
      ['ok', 'stale'],
    ]);
    expect(service.moved).toEqual([{ reasons: ['retry of service'], indexes: new Set([0]) }]);
    expect(service.logger.of('config.source.recovered')).toMatchObject([{ message: 'service answers again.' }]);
  });

  it('is read after 5 minutes when it refuses us', async () => {
    const service = new Recovering({});
    await service.read(answer({}));
    await service.read(outage('source-refused'));
    expect(service.health?.nextAttempt).toBe(start + 300_000);
  });

  it('is not read when retries are switched off, or when nobody watches it', async () => {
    for (const policy of [{ retry: false } as const, undefined]) {
      const service = new Recovering(policy);
      await service.read(answer({}));
      await service.read(outage());
      expect(service.clock.waiting).toBe(0);
    }
  });

  it('blocks what would be built while it is broken, and is read again', async () => {
    const service = new Recovering({ defaults: true });
    await service.read(answer({}));
    service.clock.advance(10);
    await expect(service.read(garbage())).rejects.toThrow('service answers nonsense.');
    expect(service.health).toMatchObject({
      status: 'bad',
      age: 10,
      code: 'invalid-json',
      nextAttempt: start + 1510,
    });
  });

  it('is not blamed for a load that was given up', async () => {
    const service = new Recovering({ defaults: true });
    service.source.says = outage();
    await expect(service.slots.start(AbortSignal.abort())).rejects.toMatchObject({ code: 'load-aborted' });
    expect(service.health).toBeUndefined();
  });
});

describe('a source that comes back', () => {
  it.each([true, false])('is not asked whether what stood in for it still holds (from disk: %s)', async (fromDisk) => {
    const cache = lastKnownGood({ folder: await temporaryFolder() });
    if (fromDisk) await restarted(cache).save(answer({ a: 1 }));
    const service = restarted(cache, { lastKnownGood: true, defaults: true });
    await service.read(outage());
    const own = answer({ b: 1 });
    await service.read(own);
    await service.read(own);
    expect(service.source.contexts.map(({ previous }) => previous)).toEqual([undefined, undefined, own]);
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

  it('degrades the health while it fails, logs it, and throws nothing', async () => {
    const folder = join(await temporaryFolder(), 'file');
    await writeFile(folder, '');
    const service = restarted(lastKnownGood({ folder }));
    const layers = await service.read(answer({ a: 1 }));
    await service.save(layers);
    expect(service.logger.of('config.last-known-good.not-saved')).toMatchObject([
      { level: 'warn', fields: { code: 'last-known-good-not-saved', folder } },
    ]);
    expect(service.health?.problems).toEqual([
      `No snapshot can be written to ${folder}: the operating system answers EEXIST.`,
    ]);
  });

  it('answers all sources from one snapshot', async () => {
    const cache = lastKnownGood({ folder: await temporaryFolder() });
    const slow = barrier<undefined>();
    const sources = ['a', 'b'].map((name) => new ToldSource(name));
    const world = (): SlotWorld =>
      new SlotWorld(
        sources.map((source) => withRecovery(source, { lastKnownGood: true })),
        { lastKnownGood: cache },
      );
    const trust = async (a: number): Promise<void> =>
      world().slots.save((index) => {
        const layer = createLayer({ name: index === 0 ? 'a' : 'b', tree: { a } });
        return [{ layer, tree: layer.tree }];
      });
    await trust(1);
    for (const source of sources) source.says = outage();
    const [first, second] = sources;
    if (first === undefined || second === undefined) throw new Error('two sources');
    second.gate = slow.promise;
    const { slots } = world();
    const starting = slots.start();
    // The first has been answered from the copy by now, or will be; the second is later in any case.
    await turn();
    await trust(2);
    slow.open(undefined);
    await starting;
    expect(new Set(slots.answers().map(([layer]) => JSON.stringify(layer?.tree))).size).toBe(1);
  });

  it('is over when its folder can be written again', async () => {
    const folder = await temporaryFolder();
    const service = restarted(lastKnownGood({ folder, maxSize: '1KiB' }));
    await service.save(await service.read(answer({ a: 'x'.repeat(2000) })));
    expect(service.health?.problems).toHaveLength(1);
    await service.save(await service.read(answer({ a: 'x' })));
    expect(service.health).not.toHaveProperty('problems');
    expect(await readFile(join(folder, 'last-known-good.1.json'), 'utf8')).toContain('"a":"x"');
  });
});

describe('the end of reading', () => {
  it('leaves no timer behind, whatever is still asked afterwards', async () => {
    const service = new Recovering({ defaults: true });
    await service.read(outage());
    await service.slots.end();
    await expect(service.slots.refresh()).rejects.toMatchObject({ code: 'load-aborted' });
    expect(service.clock.waiting).toBe(0);
    expect(service.health).not.toHaveProperty('nextAttempt');
  });

  it('waits for what is being written', async () => {
    const cache = lastKnownGood({ folder: await temporaryFolder() });
    const service = restarted(cache);
    const saving = service.save(answer({ a: 1 }));
    await service.slots.end();
    expect(await cache.load()).toBeDefined();
    await saving;
  });
});
