import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { IsInt, IsString } from 'class-validator';
import { injectable } from 'inversify';
import { ConfigError, ConfigSection, Secure, SecureValue, type ReloadOutcome } from '../../../src/index.js';
import {
  defineResource,
  InjectResource,
  resourceIdentifier,
  type ManagedResource,
  type ResourceNeeds,
  type ResourceOptions,
  type SecretProvider,
} from '../../../src/factories/resources/index.js';
import { configHealth } from '../../../src/observability.js';
import { caught } from '../../sources/caught.js';
import { aliveOf } from '../../collected.js';
import { PretendClient } from './pretend-client.js';
import { world } from './world.js';

@ConfigSection('search')
class SearchSettings {
  @IsString() readonly url: string = 'one.test';
  @IsInt() readonly timeout: number = 1;
  @Secure() readonly apiKey: SecureValue<string> = SecureValue.of('first');
}

type SearchOptions = Partial<ResourceOptions<PretendClient, SearchSettings, ResourceNeeds>>;

/** A resource, and all clients that it has made. */
function searchResource(options: SearchOptions = {}) {
  const made: PretendClient[] = [];
  const search = defineResource<PretendClient, SearchSettings>({
    name: 'search',
    from: SearchSettings,
    create: ({ settings }) => {
      const client = new PretendClient(settings.url, settings.timeout);
      made.push(client);
      return client;
    },
    close: async (client) => client.close(),
    ...options,
  });
  return { search, made };
}

function codeOf(outcome: ReloadOutcome): string | undefined {
  return outcome.status === 'rejected' ? outcome.error.code : undefined;
}

/** A promise and what settles it. */
function gate() {
  let open: () => void = () => undefined;
  const passed = new Promise<void>((resolve) => (open = resolve));
  return { passed, open };
}

describe('a managed resource', () => {
  it('is made as part of the load, and injected with its type', async () => {
    const { search, made } = searchResource();

    @injectable()
    class Shop {
      public constructor(@InjectResource(search) public readonly search: ManagedResource<PretendClient>) {}
    }

    const { container } = await world({ sections: [SearchSettings], resources: [search] });
    expect(made).toHaveLength(1);
    const shop = container.get(Shop, { autobind: true });
    await expect(shop.search.use(async (client) => client.query('lamps'))).resolves.toBe('lamps at one.test');
    expect(shop.search.current).toBe(made[0]);
    await container.unbindAllAsync();
  });

  it('says so when it is used without a function', async () => {
    const { search } = searchResource();
    const { container } = await world({ sections: [SearchSettings], resources: [search] });
    // As plain JavaScript may call it.
    const use = container.get(resourceIdentifier(search)).use(undefined as never);
    await expect(use).rejects.toThrow(new TypeError('use(fn): fn must be a function of the client.'));
    await container.unbindAllAsync();
  });

  it('fails the load when it cannot be made, and leaves nothing open or bound', async () => {
    const { search, made } = searchResource({
      probe: () => {
        throw Object.assign(new Error('at https://me:hunter2@one.test'), { code: 'ECONNREFUSED' });
      },
    });
    const error = await caught(async () => world({ sections: [SearchSettings], resources: [search] }));
    expect(error.code).toBe('reload-vetoed');
    expect(error.message).toContain('The settings cannot be used by search (Error ECONNREFUSED).');
    expect(error.message).not.toContain('hunter2');
    expect(made.map(({ closings }) => closings)).toEqual([1]);
  });

  it('is replaced by one that was probed, and the old one closed when its users are done', async () => {
    const seen: string[] = [];
    const { search, made } = searchResource({
      probe: (client) => {
        seen.push(`probe ${client.url}`);
      },
    });
    const { container, edit, reloads } = await world({ sections: [SearchSettings], resources: [search] });
    const resource = container.get(resourceIdentifier(search));
    resource.onReplaced((current, previous) => seen.push(`${previous.url} -> ${current.url}`));
    const held = gate();
    const slow = resource.use(async (client) => {
      await held.passed;
      return client.query('slow');
    });
    await edit({ search: { url: 'two.test' } });
    expect(seen).toEqual(['probe one.test', 'probe two.test', 'one.test -> two.test']);
    await expect(resource.use(async (client) => client.query('new'))).resolves.toBe('new at two.test');
    expect(made.map(({ isOpen }) => isOpen)).toEqual([true, true]);
    held.open();
    await expect(slow).resolves.toBe('slow at one.test');
    await reloads.close();
    expect(made.map(({ closings }) => closings)).toEqual([1, 1]);
  });

  it('keeps the old client when the new one cannot be made', async () => {
    const { search, made } = searchResource({
      probe: (client) => {
        if (client.url === 'bad.test') throw new Error('no');
      },
    });
    const { container, edit } = await world({ sections: [SearchSettings], resources: [search] });
    const resource = container.get(resourceIdentifier(search));
    expect(codeOf(await edit({ search: { url: 'bad.test' } }))).toBe('reload-vetoed');
    await expect(resource.use(async (client) => client.query('still'))).resolves.toBe('still at one.test');
    expect(made.map(({ isOpen }) => isOpen)).toEqual([true, false]);
    await container.unbindAllAsync();
    expect(made.map(({ closings }) => closings)).toEqual([1, 1]);
  });

  it('vetoes when the probe does not answer in time', async () => {
    const asked = gate();
    const { search } = searchResource({
      probe: async (client, { signal }) => {
        if (client.url === 'one.test') return;
        asked.open();
        await new Promise((_, reject) => {
          signal.addEventListener('abort', () => {
            reject(new Error('aborted'));
          });
        });
      },
      probeTimeout: '2s',
    });
    const { edit, clock, container } = await world({ sections: [SearchSettings], resources: [search] });
    const editing = edit({ search: { url: 'two.test' } });
    await asked.passed;
    await turn();
    clock.advance(2_000);
    const outcome = await editing;
    expect(codeOf(outcome)).toBe('reload-vetoed');
    expect(outcome.status === 'rejected' && outcome.error.message).toContain('search (it was not ready within 2s)');
    await container.unbindAllAsync();
  });

  it('sets a hot field on the client in use, and back when the settings are rolled back', async () => {
    const { search, made } = searchResource({
      hot: {
        timeout: (client, value) => {
          client.timeout = value;
        },
      },
    });
    let isContent = true;
    const verify = [{ name: 'health', check: () => isContent }];
    const { container, edit, reloads } = await world({
      sections: [SearchSettings],
      resources: [search],
      reload: { verify },
    });
    const resource = container.get(resourceIdentifier(search));
    await edit({ search: { timeout: 2 } });
    expect([made.length, resource.current.timeout]).toEqual([1, 2]);
    isContent = false;
    await edit({ search: { timeout: 3 } });
    await reloads.trust();
    expect([made.length, resource.current.timeout]).toEqual([1, 2]);
    isContent = true;
    await edit({ search: { timeout: 4, url: 'two.test' } });
    expect([made.length, resource.current.timeout]).toEqual([2, 4]);
    await container.unbindAllAsync();
    expect(made.map(({ closings }) => closings)).toEqual([1, 1]);
  });

  it('goes back to the client that is still open when a hook objects, and closes the new one', async () => {
    const { search, made } = searchResource();
    const verify = [{ name: 'health', check: (next: { number: number }) => next.number !== 2 }];
    const { container, edit, reloads } = await world({
      sections: [SearchSettings],
      resources: [search],
      reload: { verify },
    });
    const resource = container.get(resourceIdentifier(search));
    await edit({ search: { url: 'two.test' } });
    await reloads.trust();
    expect(resource.current).toBe(made[0]);
    await expect(resource.use(async (client) => client.query('back'))).resolves.toBe('back at one.test');
    await reloads.close();
    expect(made.map(({ closings }) => closings)).toEqual([1, 1]);
  });

  it('follows a rotated secret without a new client', async () => {
    let password: SecretProvider | undefined;
    const { search, made } = searchResource({
      create: ({ settings, secrets }) => {
        password = secrets.provider('apiKey');
        return new PretendClient(settings.url);
      },
    });
    const { container, edit } = await world({ sections: [SearchSettings], resources: [search] });
    const { current } = container.get(resourceIdentifier(search));
    await expect(password?.()).resolves.toBe('first');
    await edit({ search: { apiKey: 'second' } });
    await expect(password?.()).resolves.toBe('second');
    expect(container.get(resourceIdentifier(search)).current).toBe(current);
    expect(made).toHaveLength(0);
    await container.unbindAllAsync();
  });

  it('is made anew when a secret changes that its driver took as a string', async () => {
    const keys: string[] = [];
    const { search } = searchResource({
      create: ({ settings, secrets }) => {
        secrets.use('apiKey', (key) => keys.push(key));
        return new PretendClient(settings.url);
      },
    });
    const { container, edit } = await world({ sections: [SearchSettings], resources: [search] });
    await edit({ search: { apiKey: 'second' } });
    expect(keys).toEqual(['first', 'second']);
    await container.unbindAllAsync();
  });

  it('lets a drain wait up to its deadline, and names who held the client', async () => {
    const { search, made } = searchResource({ drainTimeout: '10s' });
    const { container, edit, clock, logger, reloads, metrics } = await world({
      sections: [SearchSettings],
      resources: [search],
    });
    const resource = container.get(resourceIdentifier(search));
    const held = gate();
    const importing = resource.use(async function importOrders() {
      await held.passed;
    });
    const reporting = resource.use(async () => held.passed, { as: 'the nightly report' });
    clock.advance(3_000);
    await edit({ search: { url: 'two.test' } });
    await expect(resource.health()).resolves.toMatchObject({ status: 'healthy', draining: 1 });
    expect(metrics.snapshot()).toBeDefined();
    await turn();
    clock.advance(10_000);
    await turn();
    expect(logger.of('config.resource.held').map(({ message }) => message)).toEqual([
      'The old client of search is closed after 10s, though it is in use by importOrders for 13s, the nightly report for 13s.',
    ]);
    expect(made[0]?.closings).toBe(1);
    held.open();
    await Promise.all([importing, reporting]);
    await reloads.close();
    expect(made.map(({ closings }) => closings)).toEqual([1, 1]);
  });

  it('says who held it when closing goes on without it', async () => {
    const { search } = searchResource();
    const { container, clock, logger, reloads } = await world({ sections: [SearchSettings], resources: [search] });
    const held = gate();
    const importing = container.get(resourceIdentifier(search)).use(async function importOrders() {
      await held.passed;
    });
    const closing = reloads.close();
    for (let turns = 0; turns < 5; turns++) await turn();
    clock.advance(10_000);
    await closing;
    expect(logger.of('config.close.abandoned')[0]?.message).toBe(
      'Closing went on after 10s without resource search (held by importOrders for 10s).',
    );
    held.open();
    await importing;
  });

  it('is closed once by whatever closes its module, and refuses to be used then', async () => {
    const { search, made } = searchResource();
    const { container, reloads } = await world({ sections: [SearchSettings], resources: [search] });
    const resource = container.get(resourceIdentifier(search));
    await Promise.all([reloads.close(), reloads.close(), container.unbindAllAsync()]);
    expect(made.map(({ closings }) => closings)).toEqual([1]);
    const error = await caught(async () => resource.use((client) => client.url));
    expect(error.code).toBe('resource-closed');
    expect(error.message).toContain('The resource "search" has been closed');
    await expect(resource.health()).resolves.toMatchObject({ status: 'closed' });
  });

  it('is closed when it was never used nor injected', async () => {
    const { search, made } = searchResource();
    const { container } = await world({ sections: [SearchSettings], resources: [search] });
    await container.unbindAllAsync();
    expect(made[0]?.closings).toBe(1);
  });

  it.each(['full', 'shrink'] as const)('does not keep the client it replaced, overlapping %s', async (overlap) => {
    const made: WeakRef<PretendClient>[] = [];
    const replaced: boolean[] = [];
    const search = defineResource<PretendClient, SearchSettings>({
      name: 'search',
      from: SearchSettings,
      overlap,
      create: ({ settings, replaces }) => {
        replaced.push(replaces instanceof PretendClient);
        const client = new PretendClient(settings.url);
        made.push(new WeakRef(client));
        return client;
      },
    });
    const { container, edit } = await world({ sections: [SearchSettings], resources: [search] });
    for (let swap = 0; swap < 4; swap++) await edit({ search: { url: `${String(swap)}.test` } });
    expect(replaced).toEqual([false, ...Array<boolean>(4).fill(overlap === 'shrink')]);
    // The one in use, and the one that a rollback would have gone back to.
    expect(await aliveOf(made, 2)).toBeLessThanOrEqual(2);
    await container.unbindAllAsync();
  });

  it('is known to health by its name', async () => {
    const { search } = searchResource();
    const { reloads, container } = await world({ sections: [SearchSettings], resources: [search] });
    expect(configHealth(reloads).participants).toEqual([
      { name: 'search', kind: 'resource', generation: 1, lags: false },
    ]);
    await container.unbindAllAsync();
  });

  it('tells health what its probe found, and nothing that the client said', async () => {
    let isDown = false;
    const { search } = searchResource({
      probe: () => {
        if (isDown) throw Object.assign(new Error('hunter2'), { code: 'ECONNRESET' });
      },
    });
    const { container } = await world({ sections: [SearchSettings], resources: [search] });
    isDown = true;
    await expect(container.get(resourceIdentifier(search)).health()).resolves.toEqual({
      name: 'search',
      status: 'unhealthy',
      problem: 'The probe threw Error ECONNRESET.',
      users: 0,
      draining: 0,
    });
    await container.unbindAllAsync();
  });
});

describe('a lazy resource', () => {
  it('is made when it is used first, once for all that ask, and tried again when that fails', async () => {
    let isDown = true;
    const { search, made } = searchResource({
      lazy: true,
      probe: () => {
        if (isDown) throw new Error('down');
      },
    });
    const { container } = await world({ sections: [SearchSettings], resources: [search] });
    const resource = container.get(resourceIdentifier(search));
    expect(made).toHaveLength(0);
    await expect(resource.health()).resolves.toMatchObject({ status: 'unmade' });
    expect(() => resource.current).toThrow(ConfigError);
    await expect(resource.use((client) => client.url)).rejects.toThrow('down');
    isDown = false;
    const urls = await Promise.all([1, 2, 3].map(async () => resource.use((client) => client.url)));
    expect(urls).toEqual(['one.test', 'one.test', 'one.test']);
    expect(made.map(({ isOpen }) => isOpen)).toEqual([false, true]);
    await container.unbindAllAsync();
    expect(made.map(({ closings }) => closings)).toEqual([1, 1]);
  });

  it('is made from the settings in use when it is used first, and replaced like any other afterwards', async () => {
    const { search, made } = searchResource({ lazy: true });
    const { container, edit } = await world({ sections: [SearchSettings], resources: [search] });
    const resource = container.get(resourceIdentifier(search));
    await edit({ search: { url: 'two.test' } });
    expect(made).toHaveLength(0);
    await expect(resource.use((client) => client.url)).resolves.toBe('two.test');
    await edit({ search: { url: 'three.test' } });
    expect(made.map(({ url }) => url)).toEqual(['two.test', 'three.test']);
    await container.unbindAllAsync();
    expect(made.map(({ closings }) => closings)).toEqual([1, 1]);
  });
});
