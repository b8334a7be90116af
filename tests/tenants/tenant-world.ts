import { Container } from 'inversify';
import { ConfigModule, ConfigPlugin, type ConfigModuleOptions } from '../../src/container/index.js';
import type { LoadedDocuments } from '../../src/core/index.js';
import { ConfigEvents, ReloadService, type ConfigEvent } from '../../src/runtime/index.js';
import { defineTenants, TenantContainers, type TenantsOptions } from '../../src/tenants/index.js';
import { WatchedValues } from '../container/watched-values.js';
import { RecordingLogger } from '../runtime/loading.js';

/** Documents by id. */
export function documents(said: Readonly<Record<string, object>>): LoadedDocuments {
  return new Map(Object.entries(said));
}

/** An application with tenants, and the hands to play with it. */
export class TenantWorld implements AsyncDisposable {
  readonly container = new Container();
  readonly base: WatchedValues;
  readonly source: WatchedValues;
  readonly logger = new RecordingLogger();
  readonly events: ConfigEvent[] = [];
  #said: Readonly<Record<string, object>>;

  private constructor(base: object, said: Readonly<Record<string, object>>) {
    this.base = new WatchedValues(base, 'base');
    this.#said = said;
    this.source = new WatchedValues(documents(said), 'tenants');
  }

  static async of(
    sections: ConfigModuleOptions['sections'],
    base: object,
    said: Readonly<Record<string, object>>,
    options: Partial<TenantsOptions> & { readonly load?: Partial<ConfigModuleOptions> } = {},
  ): Promise<TenantWorld> {
    const { load, ...tenants } = options;
    const world = new TenantWorld(base, said);
    world.container.register(ConfigPlugin);
    await world.container.loadAsync(
      ConfigModule.fromOptions({
        sections,
        sources: [world.base],
        environment: 'test',
        env: {},
        logger: world.logger,
        ...load,
        tenants: defineTenants({ layers: world.source, ...tenants }),
      }),
    );
    world.container.get(ConfigEvents).on((event) => void world.events.push(event));
    return world;
  }

  get tenants(): TenantContainers {
    return this.container.get(TenantContainers);
  }

  get reloads(): ReloadService {
    return this.container.get(ReloadService);
  }

  /** One tenant's document is another one, or gone. */
  async say(id: string, document: object | undefined): Promise<void> {
    const others = Object.entries(this.#said).filter(([other]) => other !== id);
    this.#said = Object.fromEntries(document === undefined ? others : [...others, [id, document]]);
    this.source.set(documents(this.#said));
    await this.tenants.refresh();
  }

  /** The base is another one, and all tenants have followed. */
  async sayBase(settings: object): Promise<void> {
    this.base.set(settings);
    await this.reloads.reload('test');
    await this.tenants.refresh();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.container.unbindAllAsync();
  }
}
