import { EventEmitter, once } from 'node:events';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Worker } from 'node:worker_threads';
import { describe, expect, it } from '@jest/globals';
import { IsString } from 'class-validator';
import { ContainerModule, inject, injectable, named } from 'inversify';
import { InjectMonitor, monitorIdentifier } from '../../src/container/index.js';
import { section, type SectionMonitor } from '../../src/runtime/index.js';
import { ConfigSection } from '../../src/sections/index.js';
import { InjectTenant, type Tenant } from '../../src/tenants/index.js';
import { TenantWorld } from './tenant-world.js';

@ConfigSection('canary')
class Canary {
  @IsString() song: string = 'of the base';
}

const replica = section(Canary, { path: 'replica', name: 'replica' });
const songOf = (id: string): object => ({ canary: { song: `of ${id}` } });
const DOCUMENTS = { acme: songOf('acme'), beta: songOf('beta') };

describe('what Inversify does to whoever overrides bindings in children does not happen to tenants', () => {
  it('2: a singleton that is made before a change has its monitor follow it', async () => {
    @injectable()
    class Singer {
      constructor(@InjectMonitor(Canary) readonly canary: SectionMonitor<Canary>) {}
    }
    const modules = (): readonly ContainerModule[] => [
      new ContainerModule(({ bind }) => void bind(Singer).toSelf().inSingletonScope()),
    ];
    await using world = await TenantWorld.of([Canary], {}, DOCUMENTS, { modules });
    await using lease = await world.tenants.for('acme');
    const singer = lease.container.get(Singer);
    const heard: string[] = [];
    singer.canary.onChange((now, before) => void heard.push(`${before.song} -> ${now.song}`));
    await world.say('acme', songOf('acme, later'));
    expect([singer.canary.current.song, heard]).toEqual(['of acme, later', ['of acme -> of acme, later']]);
  });

  it('3 and 13: a plan that was warm before something was bound is none of a tenant’s sections', async () => {
    await using world = await TenantWorld.of([Canary, replica], {}, DOCUMENTS);
    await using lease = await world.tenants.for('acme');
    const all = (): readonly string[] => lease.container.getAll(Canary).map(({ song }) => song);
    expect([all(), lease.container.get(Canary, { optional: true })?.song]).toEqual([['of acme'], 'of acme']);
    world.container.bind('late').toConstantValue(1);
    world.container.bind(Canary).toConstantValue(new Canary()).whenNamed('late');
    expect([all()[0], lease.container.get(Canary, { optional: true })?.song]).toEqual(['of acme', 'of acme']);
  });

  it('4: a tenant hides no named use of a section', async () => {
    @injectable()
    class Both {
      constructor(
        @inject(Canary) readonly one: Canary,
        @inject(Canary) @named('replica') readonly other: Canary,
      ) {}
    }
    const said = { acme: { ...songOf('acme'), replica: { song: 'replica of acme' } } };
    await using world = await TenantWorld.of([Canary, replica], {}, said);
    world.container.bind(Both).toSelf();
    await using lease = await world.tenants.for('acme');
    const both = lease.container.get(Both);
    expect([both.one.song, both.other.song]).toEqual(['of acme', 'replica of acme']);
  });

  it('5: a tenant that overrides no more has the base’s, also where a plan is warm', async () => {
    await using world = await TenantWorld.of([Canary], {}, DOCUMENTS);
    await using lease = await world.tenants.for('acme');
    const optional = (): string | undefined => lease.container.get(Canary, { optional: true })?.song;
    expect(optional()).toBe('of acme');
    await world.say('acme', {});
    expect(optional()).toBe('of the base');
  });

  it('6: closing a tenant deactivates nothing of the base', async () => {
    const ended: string[] = [];
    await using world = await TenantWorld.of([Canary], {}, DOCUMENTS);
    world.container
      .bind('shared')
      .toConstantValue('shared')
      .onDeactivation(() => void ended.push('shared'));
    const lease = await world.tenants.for('acme');
    lease.container.get('shared');
    await lease.dispose();
    await world.tenants.evict('acme');
    expect([ended, world.container.get('shared'), world.container.get(Canary).song]).toEqual([
      [],
      'shared',
      'of the base',
    ]);
  });
});

describe('no song of one tenant is heard by another', () => {
  const IDS = Array.from({ length: 12 }, (_, at) => `t${String(at)}`);

  it('through awaits, timers, streams, iterations and emitters that are interleaved', async () => {
    const said = Object.fromEntries(IDS.map((id) => [id, songOf(id)]));
    await using world = await TenantWorld.of([Canary], {}, said);
    @injectable()
    class Choir {
      constructor(
        @InjectMonitor(Canary) readonly canary: SectionMonitor<Canary>,
        @InjectTenant() readonly tenant: Tenant,
      ) {}
    }
    world.container.bind(Choir).toSelf().inSingletonScope();
    const { tenants } = world;
    const choir = world.container.get(Choir);
    const heard: string[] = [];
    const listen = (id: string): void => {
      if (choir.canary.current.song !== `of ${id}` || choir.tenant.id !== id) {
        heard.push(`${id} heard ${choir.canary.current.song} as ${choir.tenant.id}`);
      }
    };
    const shared = new EventEmitter();
    shared.setMaxListeners(100);
    const sing = async (id: string): Promise<void> => {
      shared.on(
        'song',
        tenants.bind(() => {
          listen(id);
        }),
      );
      for (let round = 0; round < 5; round++) {
        await new Promise((resolve) => setImmediate(resolve));
        listen(id);
        await new Promise((resolve) => setTimeout(resolve, 0));
        listen(id);
        const read = async function* (source: AsyncIterable<string>): AsyncGenerator<string> {
          for await (const word of source) {
            listen(id);
            yield word;
          }
        };
        await pipeline(Readable.from(['a', 'b']), read, async (source: AsyncIterable<string>) => {
          for await (const word of source) if (word !== '') listen(id);
        });
        shared.emit('song');
        await Promise.all([
          Promise.resolve(),
          once(shared, 'end', { signal: AbortSignal.abort() }).catch(() => undefined),
        ]);
        listen(id);
      }
    };
    await tenants.each(({ id }) => sing(id), { concurrency: IDS.length });
    shared.emit('song');
    expect(heard).toEqual([]);
    expect(tenants.isSet).toBe(false);
  });

  it('in a worker thread, which has no tenant until it is told', async () => {
    await using world = await TenantWorld.of([Canary], {}, DOCUMENTS);
    await Promise.all([world.tenants.ready('acme'), world.tenants.ready('beta')]);
    const live = world.container.get(monitorIdentifier(Canary));
    const code = `require('node:worker_threads').parentPort.on('message', (id) => require('node:worker_threads').parentPort.postMessage(id));`;
    const worker = new Worker(code, { eval: true });
    try {
      const answers = world.tenants.run('acme', async () => {
        worker.postMessage('beta');
        const [id] = (await once(worker, 'message')) as [string];
        // Whoever waits is of its own tenant; the id came as data.
        return [live.current.song, world.tenants.run(id, () => live.current.song)];
      });
      expect(await answers).toEqual(['of acme', 'of beta']);
    } finally {
      await worker.terminate();
    }
  });
});
