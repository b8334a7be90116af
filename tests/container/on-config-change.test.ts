import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from '@jest/globals';
import { Container, inject, injectable, injectFromBase, postConstruct } from 'inversify';
import { OnConfigChange } from '../../src/container/on-config-change.js';
import type { LogRecord } from '../../src/core/index.js';
import { ConfigEvents, type ConfigChanged } from '../../src/runtime/events/index.js';
import { section } from '../../src/runtime/index.js';
import { between, DatabaseSettings, HttpSettings, httpChanged, leaf } from '../runtime/events/given.js';
import { caught } from '../sources/caught.js';

function containerWith(events: ConfigEvents): Container {
  const container = new Container();
  container.bind(ConfigEvents).toConstantValue(events);
  return container;
}

/** Publishes that http.port went from 80 to 8080, and waits until everybody knows. */
async function changeHttp(events: ConfigEvents): Promise<void> {
  events.publish(httpChanged(), await between({ http: { port: 80 } }, { http: { port: 8080 } }));
  await events.drain();
}

async function changeReplica(events: ConfigEvents): Promise<void> {
  const sections = [{ section: 'replica', target: DatabaseSettings, name: 'replica', changes: [leaf('replica.host')] }];
  events.publish(httpChanged({ sections }), await between({}, { replica: { host: 'r2' } }));
  await events.drain();
}

@injectable()
class Limiter {
  readonly heard: string[] = [];

  @OnConfigChange(HttpSettings)
  adjust(current: HttpSettings, previous: HttpSettings, event: ConfigChanged): void {
    this.heard.push(`${String(previous.port)} -> ${String(current.port)}: ${event.reason}`);
  }
}

describe('@OnConfigChange', () => {
  it('calls the method of a singleton with the new instance, the one before, and the event', async () => {
    const events = new ConfigEvents();
    const container = containerWith(events);
    container.bind(Limiter).toSelf().inSingletonScope();
    const limiter = container.get(Limiter);
    container.get(Limiter);
    await changeHttp(events);
    expect(limiter.heard).toEqual(['80 -> 8080: app.yaml changed']);
  });

  it('calls the method of every transient instance', async () => {
    const events = new ConfigEvents();
    const container = containerWith(events);
    container.bind(Limiter).toSelf();
    const limiters = [container.get(Limiter), container.get(Limiter)];
    await changeHttp(events);
    expect(limiters.map(({ heard }) => heard.length)).toEqual([1, 1]);
  });

  it('does not call it for other sections', async () => {
    const events = new ConfigEvents();
    const container = containerWith(events);
    container.bind(Limiter).toSelf();
    const limiter = container.get(Limiter);
    await changeReplica(events);
    expect(limiter.heard).toEqual([]);
  });

  it('works for a service of a child container, asynchronously made', async () => {
    const events = new ConfigEvents();
    const child = new Container({ parent: containerWith(events) });
    child.bind('name').toDynamicValue(() => Promise.resolve('n'));
    @injectable()
    class Named {
      heard = 0;
      constructor(@inject('name') readonly name: string) {}

      @OnConfigChange(HttpSettings)
      count(): void {
        this.heard += 1;
      }
    }
    child.bind(Named).toSelf();
    const named = await child.getAsync(Named);
    await changeHttp(events);
    expect(named.heard).toBe(1);
  });

  it('leaves injected properties and @postConstruct of the class alone', async () => {
    const events = new ConfigEvents();
    const container = containerWith(events);
    container.bind('name').toConstantValue('limits');
    @injectable()
    class Both {
      @inject('name') readonly name!: string;
      started = '';

      @postConstruct()
      start(): void {
        this.started = this.name;
      }

      @OnConfigChange(HttpSettings)
      adjust(): void {
        this.started = 'changed';
      }
    }
    container.bind(Both).toSelf();
    const both = container.get(Both);
    expect(both.started).toBe('limits');
    await changeHttp(events);
    expect(both.started).toBe('changed');
  });

  it('stands on several methods, and twice on one', async () => {
    const events = new ConfigEvents();
    const container = containerWith(events);
    @injectable()
    class Several {
      readonly heard: string[] = [];

      @OnConfigChange(HttpSettings)
      @OnConfigChange({ target: DatabaseSettings, name: 'replica' })
      either(current: object): void {
        this.heard.push(`either ${current.constructor.name}`);
      }

      @OnConfigChange(section(DatabaseSettings, { path: 'replica', name: 'replica' }))
      replica({ host }: DatabaseSettings): void {
        this.heard.push(`replica ${host}`);
      }
    }
    container.bind(Several).toSelf();
    const several = container.get(Several);
    await changeHttp(events);
    await changeReplica(events);
    expect(several.heard).toEqual(['either HttpSettings', 'either DatabaseSettings', 'replica r2']);
  });

  it('logs what an async method rejects with, and tells the others', async () => {
    const records: LogRecord[] = [];
    const events = new ConfigEvents({ logger: { log: (record) => records.push(record) } });
    const container = containerWith(events);
    @injectable()
    class Failing {
      @OnConfigChange(HttpSettings)
      async adjust(): Promise<void> {
        await Promise.reject(new RangeError('no'));
      }
    }
    container.bind(Failing).toSelf();
    container.bind(Limiter).toSelf();
    const [failing, limiter] = [container.get(Failing), container.get(Limiter)];
    await changeHttp(events);
    expect(failing).toBeDefined();
    expect(records.map(({ event }) => event)).toEqual(['config.listener.failed']);
    expect(limiter.heard).toHaveLength(1);
  });

  it('checks the parameters of the method when it is compiled', () => {
    class Careless {
      // @ts-expect-error -- the method wants another section than it is told of
      @OnConfigChange(HttpSettings)
      adjust(current: DatabaseSettings): string {
        return current.host;
      }
    }
    expect(Careless.name).toBe('Careless');
  });
});

describe('@OnConfigChange on a class that is inherited', () => {
  it('works below with @injectFromBase, once for an overridden method', async () => {
    const events = new ConfigEvents();
    const container = containerWith(events);
    @injectable()
    @injectFromBase()
    class Below extends Limiter {
      readonly below: string[] = [];

      @OnConfigChange(HttpSettings)
      override adjust(current: HttpSettings): void {
        this.below.push(String(current.port));
      }
    }
    container.bind(Below).toSelf();
    const service = container.get(Below);
    await changeHttp(events);
    expect(service.below).toEqual(['8080']);
    expect(service.heard).toEqual([]);
  });

  it('works below with a decorated method of its own, too', async () => {
    const events = new ConfigEvents();
    const container = containerWith(events);
    @injectable()
    class Below extends Limiter {
      own = 0;

      @OnConfigChange(HttpSettings)
      count(): void {
        this.own += 1;
      }
    }
    container.bind(Below).toSelf();
    const service = container.get(Below);
    await changeHttp(events);
    expect([service.own, service.heard.length]).toEqual([1, 1]);
  });

  it('does not add the methods of a class below to those above', async () => {
    const events = new ConfigEvents();
    const container = containerWith(events);
    @injectable()
    class Below extends Limiter {
      @OnConfigChange({ target: DatabaseSettings, name: 'replica' })
      other(): void {
        this.heard.push('other');
      }
    }
    container.bind(Limiter).toSelf();
    const limiter = container.get(Limiter);
    await changeReplica(events);
    expect(limiter.heard).toEqual([]);
    expect(Below.name).toBe('Below');
  });
});

describe('A service with @OnConfigChange', () => {
  it('is refused where nothing tells of changes, and made once there is something', async () => {
    const container = new Container();
    container.bind(Limiter).toSelf();
    const error = await caught(() => container.get(Limiter));
    expect(error.code).toBe('events-not-bound');
    expect(error.message).toBe(
      'Limiter has methods with @OnConfigChange, but this container has no ConfigEvents to call them.\nLoad a ConfigModule with "await container.loadAsync(…)" before the first get of Limiter.',
    );
    const events = new ConfigEvents();
    container.bind(ConfigEvents).toConstantValue(events);
    const limiter = container.get(Limiter);
    await changeHttp(events);
    expect(limiter.heard).toHaveLength(1);
  });

  it('is refused when the section is not loaded, and leaves no listener behind', async () => {
    const events = new ConfigEvents({ sections: [section(HttpSettings)] });
    const container = containerWith(events);
    @injectable()
    class Mistaken {
      @OnConfigChange(HttpSettings)
      first(): void {
        throw new Error('must not be called');
      }

      @OnConfigChange(DatabaseSettings)
      second(): void {
        throw new Error('must not be called');
      }
    }
    container.bind(Mistaken).toSelf();
    const error = await caught(() => container.get(Mistaken));
    expect(error.code).toBe('section-not-loaded');
    expect(events.listenerCount).toBe(0);
  });

  it('hears nothing more when it is unbound', async () => {
    const events = new ConfigEvents();
    const container = containerWith(events);
    container.bind(Limiter).toSelf().inSingletonScope();
    const limiter = container.get(Limiter);
    await container.unbindAsync(Limiter);
    await changeHttp(events);
    expect(limiter.heard).toEqual([]);
    expect(events.listenerCount).toBe(0);
  });

  it('is not kept alive by listening, and its subscription goes with it', async () => {
    setFlagsFromString('--expose-gc');
    // The flag adds a global function to contexts that are made from now on.
    const collect = runInNewContext('gc') as () => void;
    const events = new ConfigEvents();
    const container = containerWith(events);
    container.bind(Limiter).toSelf();
    for (let round = 0; round < 1_000; round++) container.get(Limiter);
    const before = events.listenerCount;
    for (let round = 0; round < 50 && events.listenerCount > 0; round++) {
      collect();
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect([before, events.listenerCount]).toEqual([1_000, 0]);
  });
});

describe('@OnConfigChange refuses', () => {
  const missing =
    'OnConfigChange(section): name a settings class. If it is declared later in the file or imported in a circle, it is not there yet.';

  it.each([
    ['a class that is not there yet', undefined],
    ['a placement without a class', { target: undefined, name: 'replica' }],
  ])('%s', (_, target) => {
    // What a circular import brings.
    expect(() => OnConfigChange(target as unknown as typeof HttpSettings)).toThrow(new TypeError(missing));
  });

  it('a static method', () => {
    const descriptor = { value: (): void => undefined };
    expect(() => {
      OnConfigChange(HttpSettings)(Limiter, 'start', descriptor);
    }).toThrow(new TypeError('OnConfigChange(HttpSettings): belongs on a method of the instance; start is none.'));
  });

  it('what is no method', () => {
    // What a compiler without types hands to the decorator of a field.
    const descriptor = undefined as unknown as TypedPropertyDescriptor<() => void>;
    expect(() => {
      OnConfigChange(HttpSettings)({}, 'port', descriptor);
    }).toThrow(new TypeError('OnConfigChange(HttpSettings): belongs on a method of the instance; port is none.'));
  });
});
