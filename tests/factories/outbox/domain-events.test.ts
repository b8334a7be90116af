import { describe, expect, it } from '@jest/globals';
import { IsInt } from 'class-validator';
import { domainEvents, type DomainEventsOptions } from '../../../src/factories/outbox/index.js';
import { ConfigSection } from '../../../src/index.js';
import { world } from '../resources/world.js';

@ConfigSection('limits', { domain: 'sales' })
class Limits {
  @IsInt()
  public readonly orders: number = 10;
}

@ConfigSection('http')
class Http {
  @IsInt()
  public readonly port: number = 80;
}

class LimitChanged {
  public static readonly type = 'sales.limit-changed';

  public constructor(
    public readonly before: unknown,
    public readonly after: unknown,
  ) {}
}

async function program(options: Pick<DomainEventsOptions<LimitChanged>, 'to' | 'source' | 'key'>) {
  const definition = domainEvents<LimitChanged>({
    domain: 'sales',
    map: (sections) =>
      sections.flatMap(({ changes }) => changes.map(({ before, after }) => new LimitChanged(before, after))),
    ...options,
  });
  return world({ sections: [Limits, Http], resources: [definition] });
}

describe('events of a domain', () => {
  it('are those of the application, of changes of that domain only', async () => {
    const got: LimitChanged[] = [];
    const { edit, reloads } = await program({ to: (event) => got.push(event) });
    await edit({ http: { port: 81 } });
    await edit({ limits: { orders: 20 } });
    await reloads.events.drain();
    expect(got).toEqual([new LimitChanged(10, 20)]);
    expect(got[0]).toBeInstanceOf(LimitChanged);
  });

  it('are published as CloudEvents, in their order, with their keys', async () => {
    const got: unknown[] = [];
    const to = { publish: async (event: object, options: object) => Promise.resolve(got.push([event, options])) };
    const { edit, reloads } = await program({ to, source: '/shop', key: () => 'sales' });
    await edit({ limits: { orders: 20 } });
    await edit({ limits: { orders: 30 } });
    await reloads.events.drain();
    const event = (before: number, after: number): unknown =>
      expect.objectContaining({ type: 'sales.limit-changed', source: '/shop', data: { before, after } });
    expect(got).toEqual([
      [event(10, 20), { key: 'sales' }],
      [event(20, 30), { key: 'sales' }],
    ]);
  });

  it('that cannot be handed on are logged, and stop no other', async () => {
    const got: unknown[] = [];
    const { edit, reloads, logger } = await program({
      to: (event) => {
        if (event.after === 20) throw new Error('no');
        got.push(event);
      },
    });
    await edit({ limits: { orders: 20 } });
    await edit({ limits: { orders: 30 } });
    await reloads.events.drain();
    expect(got).toEqual([new LimitChanged(20, 30)]);
    expect(logger.of('config.listener.failed')).toHaveLength(1);
  });

  it('refuses what publishes nothing, and a publisher without a source', () => {
    const map = (): undefined => undefined;
    expect(() => domainEvents({ domain: 'sales', map, to: {} as never, source: '/' })).toThrow('or have publish(event');
    const to = { publish: async () => Promise.resolve() };
    expect(() => domainEvents({ domain: 'sales', map, to })).toThrow('domainEvents: source must be given');
  });
});
