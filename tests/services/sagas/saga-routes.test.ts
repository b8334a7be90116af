import { describe, expect, it } from '@jest/globals';
import type { CloudEvent } from '../../../src/factories/brokers/index.js';
import { Saga, Step, type SagaRun } from '../../../src/factories/sagas/index.js';
import { localSagas } from '../../../src/factories/sagas/local/index.js';
import {
  defineSagaRoutes,
  SagaRoutingSettings,
  sagaRoutesIdentifier,
} from '../../../src/factories/sagas/routing/index.js';
import { systemClock } from '../../../src/core/index.js';
import { section } from '../../../src/index.js';
import { caught } from '../../sources/caught.js';
import { world } from '../../factories/resources/world.js';

/** Who waits in a step. */
const gate: { open: () => void; passed: Promise<void> } = { open: () => undefined, passed: Promise.resolve() };

class Order {
  @Step()
  public async place(run: SagaRun<{ total: number }>): Promise<string> {
    await gate.passed;
    return `${this.constructor.name} ${String(run.input.total)}`;
  }
}

@Saga('order')
class OldOrder extends Order {}

@Saga('order', { version: 2 })
class NewOrder extends Order {}

@Saga('wholesale')
class Wholesale extends Order {}

const from = section(SagaRoutingSettings, { path: 'routing' });
const expensive = {
  name: 'expensive',
  types: ['order.*'],
  when: { '>': [{ var: 'data.total' }, 100] },
  to: ['wholesale'],
};
const usual = { name: 'usual', types: ['order.*'], to: ['order'] };

async function shop(routing: object) {
  const sagas = localSagas({ name: 'shop', sagas: [OldOrder, NewOrder, Wholesale] });
  const driver = async () => import('@openfeature/flagd-core');
  const definition = defineSagaRoutes({ from, sagas, driver });
  const made = await world({ sections: [from], resources: [definition, sagas], clock: systemClock }, { routing });
  return { ...made, routes: made.container.get(sagaRoutesIdentifier(definition)) };
}

function placed(id: string, total: number): CloudEvent {
  return { specversion: '1.0', id, source: '/shop', type: 'order.placed', data: { total } };
}

describe('routes to sagas', () => {
  it('start the saga and version that the first rule chooses, and say which rule it was', async () => {
    const { routes } = await shop({ rules: [expensive, { ...usual, to: ['order@1'] }] });
    const [large, small] = [await routes.start(placed('1', 500)), await routes.start(placed('2', 5))];
    expect(large).toMatchObject({ saga: 'wholesale@1', rules: ['expensive'] });
    expect(small).toMatchObject({ saga: 'order@1', rules: ['usual'] });
    await expect(large?.outcome()).resolves.toMatchObject({ results: { place: 'Wholesale 500' } });
    await expect(small?.outcome()).resolves.toMatchObject({ results: { place: 'OldOrder 5' } });
    expect(routes.explain(placed('3', 5))).toEqual({
      rules: ['usual'],
      saga: 'order@1',
      verdicts: [
        { name: 'expensive', verdict: 'does-not-apply' },
        { name: 'usual', verdict: 'applies' },
      ],
    });
  });

  it('take the highest version of a saga that is named alone, and none for an event that no rule applies to', async () => {
    const { routes } = await shop({ rules: [usual] });
    await expect(routes.start(placed('1', 5))).resolves.toMatchObject({ saga: 'order@2' });
    const other = { ...placed('2', 5), type: 'invoice.sent' };
    expect(routes.decide(other)).toEqual({ rules: [], saga: undefined });
    await expect(routes.start(other)).resolves.toBeUndefined();
  });

  it('leave a run where it began, whatever the rules have become', async () => {
    const { routes, edit } = await shop({ rules: [usual] });
    gate.passed = new Promise((resolve) => (gate.open = resolve));
    const first = await routes.start(placed('1', 5), { id: 'order 1' });
    await edit({ routing: { rules: [{ ...usual, to: ['wholesale'] }] } });
    const again = await routes.start(placed('2', 5), { id: 'order 1' });
    expect([first?.saga, again?.saga, again?.rules]).toEqual(['order@2', 'order@2', []]);
    await edit({ routing: { rules: [] } });
    await expect(routes.start(placed('3', 5), { id: 'order 1' })).resolves.toMatchObject({ saga: 'order@2' });
    await expect(routes.status('order 1')).resolves.toMatchObject({ id: 'order 1', status: 'running' });
    gate.open();
    await expect(again?.outcome()).resolves.toMatchObject({ results: { place: 'NewOrder 5' } });
    await expect(routes.stop('order 1', 'too late')).resolves.toBe(false);
  });

  it('name the saga that a rule most likely meant', async () => {
    const error = await caught(async () => shop({ rules: [{ ...usual, to: ['ordre'] }] }));
    expect(error.message).toMatch(/sends events to "ordre", which is not there[^]*Did you mean order\?/);
  });

  it.each([
    [{ rules: [{ ...usual, to: ['ordre'] }] }, /route-unknown/],
    [{ rules: [{ ...usual, to: ['order', 'wholesale'] }] }, /a rule names one saga/],
    [{ match: 'all', rules: [usual] }, /the first rule that applies chooses/],
  ])('are refused when they cannot be meant: %j', async (settings, message) => {
    await expect(shop(settings)).rejects.toThrow(message);
  });
});
