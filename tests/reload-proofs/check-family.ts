import { setImmediate as turn } from 'node:timers/promises';
import { expect } from '@jest/globals';
import { sectionIdentifier } from '../../src/container/index.js';
import { ConfigError, createLayer } from '../../src/core/index.js';
import { loadGeneration, Overlay, type Generation } from '../../src/runtime/index.js';
import { object } from '../../src/sources/index.js';
import { compare } from './compare.js';
import { TENANT, type FamilyModel, type FamilyWorld } from './family.js';
import type { Answer } from './model-state.js';
import { First, RULES, Second, SECTIONS, type ReloadWorld } from './model-world.js';
import { treeOf, type Seen } from './overlay-model.js';
import { settle } from './settle.js';

/** Waits until all have done what their models did, and compares; each is as if the others were not there. */
export async function compareFamily(model: FamilyModel, world: FamilyWorld): Promise<void> {
  const { base, scope } = world;
  await compare(model.base, base);
  expect(scope === undefined).toBe(model.scope === undefined);
  if (model.scope !== undefined && scope !== undefined) {
    await compare(model.scope, scope);
    expect(scope.container.get(First)).toBe(scope.generation.instances[0]);
    expect(scope.container.get(Second)).toBe(base.container.get(Second));
  }
  expect(base.container.get(First)).toBe(base.generation.instances[0]);
  model.follow();
  await checkOverlay(model, world);
}

/** Lets one after the other come to rest, and looks at all meanwhile; at rest all is what a load from nothing gives. */
export async function settleFamily(model: FamilyModel, world: FamilyWorld): Promise<void> {
  const look = async (): Promise<void> => compareFamily(model, world);
  const say = (source: number, said: Answer): void => {
    model.say(source, said);
    world.say(source, said);
  };
  await settle(model.base, world.base, { say, look });
  if (model.scope !== undefined && world.scope !== undefined) {
    const sayOwn = (source: number, said: Answer): void => {
      // What both read is left as it is.
      if (source === 1) say(2, said);
    };
    await settle(model.scope, world.scope, { say: sayOwn, look });
  }
  await checkFresh(model, world);
}

/** Opens a scope; one that cannot be opened leaves nothing. */
export async function openScope(world: FamilyWorld, verifies: boolean, vetoed: boolean): Promise<void> {
  const refused = await world.openScope(verifies, vetoed);
  if (refused !== undefined) checkGone(world, refused, true);
}

/** Closes the scope, whatever is under way. */
export async function closeScope(world: FamilyWorld, isBaseOpen = true): Promise<void> {
  const { scope } = world;
  if (scope === undefined) return;
  world.scope = undefined;
  await scope.container.unbindAllAsync();
  await checkSilent(scope);
  checkGone(world, scope, isBaseOpen);
  expect(world.sources[2]?.closed).toBe(1);
}

/** Closes the service, whatever is under way; a scope goes on until it is closed itself. */
export async function closeFamily(model: FamilyModel, world: FamilyWorld): Promise<void> {
  const { base, scope, documents, plans } = world;
  await base.container.unbindAllAsync();
  await checkSilent(base);
  expect(base.answers.size).toBe(model.base.requests);
  const [own, shared] = world.sources;
  expect([own?.closed, own?.watchers, documents.closed, plans.closed]).toEqual([1, [], 1, 1]);
  expect([shared?.closed, shared?.watchers]).toEqual(scope === undefined ? [1, []] : [0, ['scope']]);
  if (model.scope !== undefined && scope !== undefined) await settle(model.scope, scope);
  await closeScope(world, false);
}

/** Nothing happens any more in a service that has been closed, and nothing of it is left. */
async function checkSilent(world: ReloadWorld): Promise<void> {
  const { current, events, reloads, clients, clock } = world;
  const told = events.length;
  for (const { answer } of world.pending.splice(0)) answer();
  world.judge(false);
  clock.advance(1_000);
  for (let turns = 0; turns < 5; turns++) await turn();
  expect([world.current, events.length, clients.size, clock.waiting]).toEqual([current, told, 0, 0]);
  expect([reloads.status().state, reloads.status().participants]).toEqual(['closed', []]);
}

/** No watcher, timer or client of a scope is left, and its container has what the one above has. */
function checkGone({ sources, base }: FamilyWorld, scope: ReloadWorld, isBaseOpen: boolean): void {
  const [, shared, own] = sources;
  expect([shared?.watchers, own?.watchers, shared?.closed]).toEqual(isBaseOpen ? [['base'], [], 0] : [[], [], 1]);
  expect([scope.clients.size, scope.clock.waiting]).toEqual([0, 0]);
  expect(scope.container.isBound(First)).toBe(isBaseOpen);
  if (isBaseOpen) expect(scope.container.get(First)).toBe(base.container.get(First));
}

async function checkOverlay({ overlay }: FamilyModel, world: FamilyWorld): Promise<void> {
  const { tenants, call, lease, base } = world;
  const read = call?.within(() => world.live()) ?? [];
  for (const [at, instance] of read.entries()) expect(instance).toBe(call?.seen[at]);
  const ready: unknown = await tenants.ready(TENANT).catch((error: unknown) => error);
  const isDegraded = overlay.said !== undefined && !overlay.isCurrent;
  expect([ConfigError.is(ready) ? ready.code : undefined, tenants.health().quarantined.has(TENANT)]).toEqual([
    overlay.refusal,
    isDegraded,
  ]);
  if (overlay.seen === undefined) return;
  const made = madeOf(world);
  const has = ({ values }: Seen): boolean => JSON.stringify(made) === JSON.stringify(shown(values));
  overlay.seen = overlay.passed.find(has) ?? overlay.seen;
  expect(made).toMatchObject(shown(overlay.seen.values));
  const { instances } = base.generation;
  const isCopy = (instance: object, at: number): boolean =>
    instance !== instances[at] && JSON.stringify(instance) === JSON.stringify(instances[at]);
  // What no layer says, and is equal, is not made once more.
  const copies = made.filter((instance, at) => (at > 1 || !overlay.says(at)) && isCopy(instance, at));
  expect(overlay.isCurrent ? copies : []).toEqual([]);
  const begun = tenants.run(TENANT, () => world.live());
  for (const [at, instance] of begun.entries()) expect(instance).toBe(made[at]);
  if (lease === undefined || world.isLeaseOld) return;
  const { container } = lease;
  for (const [at, section] of [First, Second].entries()) expect(container.get<object>(section)).toBe(made[at]);
  const billing = [First, Second].map((section) =>
    container.get<object>(sectionIdentifier<object>(section, 'billing')),
  );
  expect(billing).toMatchObject(shown(overlay.seen.billing).slice(0, 2));
}

async function checkFresh({ overlay }: FamilyModel, world: FamilyWorld): Promise<void> {
  const { base, scope } = world;
  const below = await freshOf(base, { sections: SECTIONS, rules: RULES });
  expect(base.generation.instances).toEqual(below.instances);
  if (scope !== undefined) {
    const alone = await freshOf(scope, { sections: [First], partial: true });
    expect(scope.generation.instances).toEqual(alone.instances);
  }
  if (!overlay.isCurrent) return;
  let over: Generation | Overlay = below;
  for (const tree of overlay.layers) {
    over = new Overlay(over, [createLayer({ name: 'over', tree })], { rules: RULES, above: base.sources.length });
  }
  const { instances } = over instanceof Overlay ? await over.generation() : over;
  expect(madeOf(world)).toEqual(instances);
}

function madeOf({ tenants }: FamilyWorld): readonly object[] {
  return SECTIONS.map((section) => tenants.settings<object>(TENANT, section));
}

/** All sections with these numbers. */
function shown(values: readonly number[]): readonly object[] {
  return [...values.map((n) => ({ n })), ...values.map((n) => ({ text: `is ${String(n)}` }))];
}

async function freshOf(
  { sources }: ReloadWorld,
  options: Pick<Parameters<typeof loadGeneration>[0], 'sections' | 'rules' | 'partial'>,
): Promise<Generation> {
  const said = sources.map(({ truth }) => object(truth === 'down' ? {} : treeOf(truth)));
  return loadGeneration({ ...options, sources: said, environment: 'test', env: {} });
}
