import { describe, expect, it } from '@jest/globals';
import { IsString } from 'class-validator';
import { Container, ContainerModule, inject, injectable, named } from 'inversify';
// Deep, because nothing but the library itself binds scopes.
import { bindScope } from '../../src/container/bind-scope.js';
import { ConfigScope } from '../../src/container/config-scope.js';
import {
  ConfigPlugin,
  InjectMonitor,
  InjectSecret,
  OnConfigChange,
  type SecretHandle,
} from '../../src/container/index.js';
import type { SecureValue } from '../../src/core/index.js';
import {
  ConfigStore,
  planLoad,
  ReloadService,
  section,
  startReloads,
  type LoadOptions,
  type SectionMonitor,
} from '../../src/runtime/index.js';
import { ConfigSection, Secure } from '../../src/sections/index.js';
import { object } from '../../src/sources/index.js';
import { RecordingLogger } from '../runtime/loading.js';

@ConfigSection('database')
class DatabaseSettings {
  @IsString() readonly host: string = 'localhost';
  @Secure({ optional: true }) readonly password?: SecureValue<string>;
}

const replica = section(DatabaseSettings, { path: 'replica', name: 'replica' });

@injectable()
class Repository {
  heard = '';

  constructor(
    readonly primary: DatabaseSettings,
    @inject(DatabaseSettings) @named('replica') readonly replica: DatabaseSettings,
    @InjectMonitor(DatabaseSettings) readonly live: SectionMonitor<DatabaseSettings>,
    @InjectSecret(DatabaseSettings, 'password') readonly password: SecretHandle<string>,
    readonly store: ConfigStore,
    readonly reloads: ReloadService,
  ) {}

  @OnConfigChange(DatabaseSettings)
  follow({ host }: DatabaseSettings): void {
    this.heard = host;
  }
}

/** What `Repository` gets, in words. */
function look({ primary, replica: second, live, password, store, reloads }: Repository): readonly string[] {
  const inStore = store.get(DatabaseSettings).host;
  const inService = reloads.history().length === 1 ? 'service' : 'other';
  return [primary.host, second.host, live.current.host, password.use((text) => text), inStore, inService];
}

interface Given extends Partial<LoadOptions> {
  readonly values: { database: object; replica: object };
}

async function scopeOf({ values, ...more }: Given): Promise<ConfigScope> {
  const options = {
    sections: [DatabaseSettings, replica],
    sources: [object(values)],
    environment: 'test',
    env: {},
    ...more,
  } as const;
  const plan = planLoad(options, false);
  return new ConfigScope({ ...(await startReloads(options, plan)), plan, logger: options.logger });
}

const base = { database: { host: 'a', password: 'p-a' }, replica: { host: 'r-a' } };
const other = { database: { host: 'b', password: 'p-b' }, replica: { host: 'r-b' } };
const A = ['a', 'r-a', 'a', 'p-a', 'a', 'service'];
const B = ['b', 'r-b', 'b', 'p-b', 'b', 'service'];

async function family(): Promise<{ parent: Container; child: Container; below: Container; view: ConfigScope }> {
  const scope = await scopeOf({ values: base });
  const view = await scopeOf({ values: other });
  const parent = new Container();
  parent.load(
    new ContainerModule((module) => {
      bindScope(module, scope);
    }),
  );
  parent.bind(Repository).toSelf();
  const child = new Container({ parent });
  child.bind(scope.id).toConstantValue(view);
  return { parent, child, below: new Container({ parent: child }), view };
}

describe('A scope that a container binds in place of another', () => {
  it('is what all is injected from in that container, and below it, by one binding', async () => {
    const { parent, child, below } = await family();
    const beside = new Container({ parent });
    for (let round = 0; round < 2; round++) {
      expect(look(parent.get(Repository))).toEqual(A);
      expect(look(child.get(Repository))).toEqual(B);
      expect(look(below.get(Repository))).toEqual(B);
      expect(look(beside.get(Repository))).toEqual(A);
    }
    expect([child.get(DatabaseSettings).host, parent.get(DatabaseSettings).host]).toEqual(['b', 'a']);
  });

  it('has its own changes told to what is made there', async () => {
    const { parent, child, view } = await family();
    child.bind('own').to(Repository);
    const [made, inherited, above] = [child.get<Repository>('own'), child.get(Repository), parent.get(Repository)];
    const next = await scopeOf({ values: { ...other, database: { host: 'c', password: 'p-c' } } });
    const [before, after] = [view.store.current, next.store.current];
    const time = 0;
    const changed = { section: 'database', target: DatabaseSettings, changes: [] };
    view.reloads.events.publish(
      { type: 'ConfigChanged', time, generation: 2, previous: 1, reason: 'a test', sections: [changed] },
      { current: after, previous: before },
    );
    await view.reloads.events.drain();
    expect([made.heard, inherited.heard, above.heard]).toEqual(['c', 'c', '']);
  });

  it('stays injected after the bindings were restored', async () => {
    const { child } = await family();
    child.snapshot();
    expect(look(child.get(Repository))).toEqual(B);
    child.restore();
    expect(look(child.get(Repository))).toEqual(B);
  });

  it('is not injected once its container is gone', async () => {
    const { child } = await family();
    expect(look(child.get(Repository))).toEqual(B);
    await child.unbindAllAsync();
    const again = new Container({ parent: child });
    expect(look(again.get(Repository))).toEqual(A);
  });
});

describe('A scope', () => {
  it('closes without rejecting, and logs what kept its service from closing', async () => {
    const logger = new RecordingLogger();
    const scope = await scopeOf({ values: base, logger });
    await scope.reloads.close();
    // Its own close never rejects; what an application derives from it may.
    scope.reloads.close = async () => Promise.reject(new RangeError('password=hunter2'));
    const container = new Container();
    container.register(ConfigPlugin);
    container.load(
      new ContainerModule((module) => {
        bindScope(module, scope);
      }),
    );
    await scope.close();
    expect(logger.of('config.close.failed').map(({ message, fields }) => [message, fields])).toEqual([
      [
        'Closing the ConfigModule of DatabaseSettings, DatabaseSettings ("replica") failed: it threw RangeError.',
        { kind: 'RangeError' },
      ],
    ]);
    expect(scope.isClosed).toBe(true);
    container.unbindAll();
  });
});
