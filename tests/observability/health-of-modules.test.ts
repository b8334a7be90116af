import { describe, expect, it } from '@jest/globals';
import { IsInt } from 'class-validator';
import { Container } from 'inversify';
import { ConfigModule } from '../../src/container/index.js';
import { configHealth } from '../../src/observability/index.js';
import { ReloadService } from '../../src/runtime/index.js';
import { ConfigSection, RestartRequired } from '../../src/sections/index.js';
import { WatchedValues } from '../container/watched-values.js';
import { FakeClock } from '../runtime/fake-clock.js';

@ConfigSection('http')
class HttpSettings {
  @IsInt() readonly port: number = 80;
}

@ConfigSection('limits')
class LimitSettings {
  @RestartRequired() @IsInt() readonly workers: number = 1;
}

describe('The health of several modules', () => {
  async function world(): Promise<{ container: Container; http: WatchedValues; limits: WatchedValues }> {
    const container = new Container();
    const [http, limits] = [new WatchedValues({}, 'http values'), new WatchedValues({}, 'limit values')];
    // Ages are told to the millisecond.
    const common = { environment: 'test', env: {}, clock: new FakeClock() } as const;
    await container.loadAsync(
      ConfigModule.fromOptions({ ...common, name: 'web', sections: [HttpSettings], sources: [http] }),
      ConfigModule.fromOptions({ ...common, name: 'limits', sections: [LimitSettings], sources: [limits] }),
    );
    return { container, http, limits };
  }

  it('is one report of all, with the worst status', async () => {
    const { container, http, limits } = await world();
    const services = container.getAll(ReloadService);
    const healthy = configHealth(services);
    expect([healthy.status, healthy.problems, healthy.generation]).toEqual(['healthy', [], undefined]);
    expect(healthy.sources.map(({ source }) => source)).toEqual(['http values', 'limit values']);
    expect(healthy.sections.map(({ section }) => section)).toEqual(['http', 'limits']);

    http.set({ http: { port: 'x' } });
    limits.set({ limits: { workers: 5 } });
    for (const reloads of services) await reloads.reload('a test');
    const degraded = configHealth(services);
    expect(degraded.status).toBe('degraded');
    expect(degraded.problems).toEqual([
      expect.stringContaining('The last reload was rejected: 1 setting is not valid (test): http.port'),
      'limits.workers waits for a restart.',
    ]);
    expect([degraded.lastRejection?.paths, degraded.restartRequired.map(({ path }) => path)]).toEqual([
      ['http.port'],
      ['limits.workers'],
    ]);

    await container.get(ReloadService, { name: 'limits' }).close();
    expect(configHealth(services).status).toBe('unhealthy');
    await container.unbindAllAsync();
  });

  it('is that of the one module, or of none', async () => {
    const { container } = await world();
    const web = container.get(ReloadService, { name: 'web' });
    const [listed, alone] = [configHealth([web]), configHealth(web)];
    expect([listed.sections, listed.sources, listed.generation?.number]).toEqual([alone.sections, alone.sources, 1]);
    expect(configHealth([])).toEqual(configHealth(undefined));
    await container.unbindAllAsync();
  });
});
