import { describe, expect, it } from '@jest/globals';
import type { ConfigLayer } from '../../src/core/index.js';
import { loadGeneration, Overlay, type Generation, type LoadOptions } from '../../src/runtime/index.js';
import { object, processEnv } from '../../src/sources/index.js';
import fc from '../fast-check.js';
import { layer, rules, SECTIONS, told, trees } from './overlay-fixtures.js';

const env = { APP_MAIL__LIMIT: '20' };
const variables = processEnv({ prefix: 'APP_', env });

function options(...sources: LoadOptions['sources']): LoadOptions {
  return { sections: SECTIONS, sources, environment: 'test', env: {}, rules };
}

describe('an overlay over another one', () => {
  it('goes over what that says, and has its sections where it says nothing itself', async () => {
    const with_ = options(object({ brand: { name: 'base', colours: ['blue'] } }), variables);
    const parent = await loadGeneration(with_);
    const plan = new Overlay(
      parent,
      [layer({ brand: { name: 'plan' }, mail: { from: 'plan' } }, { name: 'plan' })],
      with_,
    );
    const tenant = new Overlay(plan, [layer({ brand: { colours: ['red'] }, mail: { limit: 3 } })], with_);
    const whole = await tenant.generation();
    expect(whole.instances).toMatchObject([
      { name: 'plan', colours: ['blue', 'red'] },
      { from: 'plan', limit: 20 },
      { text: 'yours, plan' },
      {},
      {},
    ]);
    expect(whole.instances.slice(3)).toEqual(parent.instances.slice(3));
    const told = whole.explain('brand.name').toString().split('\n');
    expect(told.slice(0, 3)).toEqual([
      'brand.name = "plan"',
      '  from brand.name (plan)',
      '  over brand.name (object): "base"',
    ]);
    const ceiling = new Overlay(tenant, [layer({ mail: { limit: 15 } }, { name: 'ceiling' })], { ...with_, above: 2 });
    expect((await ceiling.generation()).instances[1]).toMatchObject({ from: 'plan', limit: 15 });
  });

  it('is explained by what that says, even in vain', async () => {
    const with_ = options(object({}, { name: 'base' }));
    const said = layer({ quota: { most: 100 } }, { name: 'plan' });
    const plan = new Overlay(await loadGeneration(with_), [said], with_);
    const whole = await new Overlay(plan, [layer({ server: { port: 7 } })], with_).generation();
    expect(whole.explain('quota.most').winner).toMatchObject({ origin: { source: 'plan' } });
    expect(whole.explain('server.port').winner).toMatchObject({ origin: { source: 'tenant' } });
  });

  it('mends what is wrong below, and tells it where it does not', async () => {
    const with_ = options(object({}));
    const plan = new Overlay(
      await loadGeneration(with_),
      [layer({ mail: { limit: 'many', from: '${gone}' } }, { name: 'plan' })],
      with_,
    );
    const mended = new Overlay(plan, [layer({ mail: { limit: 1, from: 'me' } })], with_);
    expect((await mended.generation()).instances[1]).toMatchObject({ limit: 1, from: 'me' });
    const other = new Overlay(plan, [layer({ brand: { name: 'x' } })], with_);
    await expect(other.generation()).rejects.toThrow(
      /refers to \$\{gone\}[^]*mail\.from \(plan\)[^]*limit: [^]*mail\.limit \(plan\)/,
    );
  });

  it('tells an unknown key of the layer below it', async () => {
    const with_ = options(object({}));
    const tenant = new Overlay(await loadGeneration(with_), [layer({ mial: { limit: 1 } })], with_);
    const ceiling = new Overlay(tenant, [layer({ mail: { limit: 5 } }, { name: 'ceiling' })], with_);
    await expect(ceiling.generation()).rejects.toThrow(/mial: [^]*\(tenant\)/);
  });

  it('is what one load of all layers gives, whatever they say', async () => {
    await fc.assert(
      fc.asyncProperty(trees, trees, trees, trees, async (low, plan, own, high) => {
        const sources = [object(low, { name: 'low' }), object(high, { name: 'high' })] as const;
        const parent = await loadGeneration(options(...sources)).catch(() => undefined);
        if (parent === undefined) return;
        const laid = { ...options(...sources), above: 1 };
        const below = new Overlay(parent, [layer(plan, { name: 'plan' })], laid);
        const chain = new Overlay(below, [layer(own)], laid);
        const all = [sources[0], { load: () => layer(plan, { name: 'plan' }) }, { load: () => layer(own) }, sources[1]];
        expect(await told(chain.generation())).toEqual(await told(loadGeneration(options(...all))));
      }),
    );
  });
});

describe('what a module sees of an overlay', () => {
  const modules = { modules: { billing: { brand: { name: 'billing' }, components: { pdf: { mail: { limit: 4 } } } } } };

  it('is what the module overrides, over what the overlay says', async () => {
    const with_ = options(object(modules));
    const parent = await loadGeneration(with_);
    const tenant = new Overlay(
      parent,
      [layer({ brand: { name: 'acme', colours: ['red'] }, modules: { billing: { letter: { note: 'own' } } } })],
      with_,
    );
    const whole = await tenant.generation();
    const billing = whole.view('billing').instances;
    expect(billing[0]).toMatchObject({ name: 'billing', colours: ['red'] });
    expect(billing[1]).toMatchObject({ from: 'billing@example.org' });
    expect(billing[2]).toMatchObject({ note: 'own' });
    expect(billing[4]).toBe(parent.instances[4]);
    expect(whole.view('billing/pdf').instances[1]).toMatchObject({ limit: 4, from: 'billing@example.org' });
    expect(whole.view('shipping')).toBe(whole);
    const seen = await Promise.all(['billing', 'billing/pdf'].map(async (scope) => tenant.view(scope)));
    expect(seen.map((view) => view.value(['mail', 'from']))).toEqual(['billing@example.org', 'billing@example.org']);
    expect(seen.map((view) => view.value(['mail', 'limit']))).toEqual([10, 4]);
    expect(whole.view('billing').explain('letter.note').winner?.origin).toMatchObject({
      source: 'tenant',
      key: 'modules.billing.letter.note',
    });
  });

  it('is refused where it is wrong, and says in which scope', async () => {
    const with_ = options(object(modules));
    const parent = await loadGeneration(with_);
    const tenant = new Overlay(parent, [layer({ modules: { billing: { mail: { limit: 'many' } } } })], with_);
    await expect(tenant.generation()).rejects.toThrow(/mail\.limit: .*\(in the scope billing\)/);
  });
});

describe('an overlay that follows another one', () => {
  it('keeps what says the same, over a generation that has moved elsewhere, and moves the rest', async () => {
    const with_ = options(object({ quota: { most: 50 } }));
    const [first, second] = [
      await loadGeneration(with_),
      await loadGeneration(options(object({ quota: { most: 60 } }))),
    ];
    const said = [layer({ brand: { name: 'acme' }, quota: { most: '60' }, server: { port: 7 } })];
    const before = await new Overlay(first, said, with_).generation();
    const next = await new Overlay(second, said, { ...with_, before }).generation();
    const isSame = next.instances.map((instance, index) => instance === before.instances[index]);
    expect(isSame).toEqual([true, true, true, true, false]);
    expect(next.instances[4]).toBe(second.instances[4]);
    const else_ = [layer({ brand: { name: 'else' }, server: { port: 7 } })];
    const other = await new Overlay(second, else_, { ...with_, before: next }).generation();
    expect(other.instances[0]).toMatchObject({ name: 'else' });
    expect(other.instances[3]).toBe(before.instances[3]);
    expect([before, next, other].map(({ number }) => number)).toEqual([1, 2, 3]);
  });

  it('is what it would be from nothing, whatever moves', async () => {
    const edits = fc.array(fc.record({ base: trees, own: fc.option(trees, { nil: undefined }) }), {
      minLength: 2,
      maxLength: 4,
    });
    await fc.assert(
      fc.asyncProperty(edits, async (steps) => {
        let parent: Generation | undefined;
        let said: readonly ConfigLayer[] | undefined;
        let before: Generation | undefined;
        const with_ = (tree: object): LoadOptions => options(object(tree, { name: 'base' }), variables);
        for (const { base, own } of steps) {
          const next: Generation | undefined = await loadGeneration(with_(base), parent && { previous: parent }).catch(
            () => undefined,
          );
          // What is refused moves nothing.
          parent = next ?? parent;
          said = own === undefined && said !== undefined ? said : [layer(own ?? {})];
          if (parent === undefined) continue;
          const fresh = new Overlay(parent, said, with_(base)).generation();
          const after = new Overlay(parent, said, { ...with_(base), before }).generation();
          expect(await told(after)).toEqual(await told(fresh));
          const [made, plain] = await Promise.all([after, fresh].map(async (one) => one.catch(() => undefined)));
          expect(made?.instances).toEqual(plain?.instances);
          const { instances } = parent;
          const kept = plain?.instances.map((instance, index) => {
            const was = before?.instances[index];
            const isKept = instance !== instances[index] && JSON.stringify(was) === JSON.stringify(instance);
            return [
              made?.instances[index],
              isKept ? was : instance === instances[index] ? instance : made?.instances[index],
            ];
          });
          for (const [is, expected] of kept ?? []) expect(is).toBe(expected);
          before = made ?? before;
        }
      }),
    );
  });
});
