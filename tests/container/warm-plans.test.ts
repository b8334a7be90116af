import { describe, expect, it } from '@jest/globals';
import { IsInt } from 'class-validator';
import { Container, inject, injectable, named, optional } from 'inversify';
import { ConfigModule, InjectMonitor, monitorIdentifier } from '../../src/container/index.js';
import { ConfigEvents, ConfigStore, ReloadService, section, type SectionMonitor } from '../../src/runtime/index.js';
import { ConfigSection } from '../../src/sections/index.js';
import { loaded } from '../runtime/loading.js';

@ConfigSection('http')
class HttpSettings {
  @IsInt() readonly port: number = 80;
}

const eu = section(HttpSettings, { path: 'eu', name: 'eu' });

@injectable()
class Maybe {
  constructor(
    @inject(HttpSettings) @optional() readonly http: HttpSettings | undefined,
    @inject(HttpSettings) @optional() @named('eu') readonly eu: HttpSettings | undefined,
    @inject(HttpSettings) @optional() @named('ue') readonly misspelled: HttpSettings | undefined,
    @InjectMonitor(HttpSettings) @optional() readonly live: SectionMonitor<HttpSettings> | undefined,
  ) {}
}

describe.each<['Transient' | 'Singleton' | 'Request']>([['Transient'], ['Singleton'], ['Request']])(
  'A plan that was made before the module was loaded, in a container whose default scope is %s',
  (defaultScope) => {
    async function world(): Promise<Container> {
      const container = new Container({ defaultScope });
      container.bind(Maybe).toSelf().inTransientScope();
      const child = new Container({ parent: container });
      for (const one of [container, child]) {
        for (const identifier of [
          HttpSettings,
          ConfigStore,
          ConfigEvents,
          ReloadService,
          monitorIdentifier(HttpSettings),
        ]) {
          expect(one.get<unknown>(identifier, { optional: true })).toBeUndefined();
          expect(one.get<unknown>(identifier, { optional: true, name: 'eu' })).toBeUndefined();
          expect(one.getAll<unknown>(identifier, { optional: true })).toEqual([]);
          expect(one.getAll<unknown>(identifier, { optional: true, chained: true })).toEqual([]);
        }
        expect(one.get(Maybe).http).toBeUndefined();
      }
      await container.loadAsync(
        ConfigModule.fromOptions({
          sections: [HttpSettings, eu],
          sources: [{ load: () => ({ http: { port: 1 }, eu: { port: 2 } }) }],
          environment: 'test',
          env: {},
        }),
      );
      return child;
    }

    it('gives each section to who asks for it, and follows commits', async () => {
      const child = await world();
      const look = (): unknown => {
        const { http, eu: second, misspelled, live } = child.get(Maybe);
        return [
          http?.port,
          second?.port,
          misspelled,
          live?.current.port,
          child.get(HttpSettings, { optional: true })?.port,
          child.get(HttpSettings, { optional: true, name: 'eu' })?.port,
          child.getAll(HttpSettings, { optional: true }).map(({ port }) => port),
        ];
      };
      expect(look()).toEqual([1, 2, undefined, 1, 1, 2, [1]]);
      const store = child.get(ConfigStore, { optional: true });
      store?.commit(await loaded([HttpSettings, eu], { http: { port: 3 }, eu: { port: 4 } }));
      expect(look()).toEqual([3, 4, undefined, 3, 3, 4, [3]]);
    });
  },
);
