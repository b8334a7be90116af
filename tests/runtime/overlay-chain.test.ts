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
    expect(await tenant.instance(0)).toMatchObject({ name: 'plan', colours: ['blue', 'red'] });
    expect(await tenant.instance(1)).toBe(await plan.instance(1));
    expect(await tenant.instance(1)).toMatchObject({ from: 'plan', limit: 20 });
    expect(await tenant.instance(2)).toBe(await plan.instance(2));
    expect(await tenant.instance(3)).toBe(parent.instances[3]);
    const told = (await tenant.generation()).explain('brand.name').toString().split('\n');
    expect(told.slice(0, 3)).toEqual([
      'brand.name = "plan"',
      '  from brand.name (plan)',
      '  over brand.name (object): "base"',
    ]);
    const ceiling = new Overlay(tenant, [layer({ mail: { limit: 15 } }, { name: 'ceiling' })], { ...with_, above: 2 });
    expect(await ceiling.instance(1)).toMatchObject({ from: 'plan', limit: 15 });
  });

  it('mends what is wrong below, and tells it where it does not', async () => {
    const with_ = options(object({}));
    const plan = new Overlay(
      await loadGeneration(with_),
      [layer({ mail: { limit: 'many', from: '${gone}' } }, { name: 'plan' })],
      with_,
    );
    const mended = new Overlay(plan, [layer({ mail: { limit: 1, from: 'me' } })], with_);
    expect(await mended.instance(1)).toMatchObject({ limit: 1, from: 'me' });
    const other = new Overlay(plan, [layer({ brand: { name: 'x' } })], with_);
    await expect(other.instance(1)).rejects.toThrow(
      /refers to \$\{gone\}[^]*mail\.from \(plan\)[^]*limit: [^]*mail\.limit \(plan\)/,
    );
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
    const billing = tenant.scope('billing');
    expect(await billing.instance(0)).toMatchObject({ name: 'billing', colours: ['red'] });
    expect(await billing.instance(1)).toMatchObject({ from: 'billing@example.org' });
    expect(await billing.instance(2)).toMatchObject({ note: 'own' });
    expect(await billing.instance(4)).toBe(parent.instances[4]);
    expect(await tenant.scope('billing/pdf').instance(1)).toMatchObject({ limit: 4, from: 'billing@example.org' });
    expect(await tenant.scope('shipping').instance(0)).toBe(await tenant.instance(0));
    const whole = await tenant.generation();
    expect(whole.view('billing').instances[0]).toEqual(await billing.instance(0));
    expect(whole.view('billing').explain('letter.note').winner?.origin).toMatchObject({
      source: 'tenant',
      key: 'modules.billing.letter.note',
    });
  });

  it('is refused where it is wrong, and says in which scope', async () => {
    const with_ = options(object(modules));
    const parent = await loadGeneration(with_);
    const tenant = new Overlay(parent, [layer({ modules: { billing: { mail: { limit: 'many' } } } })], with_);
    expect(await tenant.instance(1)).toBe(parent.instances[1]);
    await expect(tenant.scope('billing').instance(1)).rejects.toThrow(/mail\.limit: .*\(in the scope billing\)/);
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
    const before = new Overlay(first, said, with_);
    const was = await Promise.all([0, 1, 2, 3, 4].map(async (index) => before.instance(index)));
    const next = new Overlay(second, said, { ...with_, before });
    const is = await Promise.all([0, 1, 2, 3, 4].map(async (index) => next.instance(index)));
    expect(is.map((instance, index) => instance === was[index])).toEqual([true, true, true, true, false]);
    expect(is[4]).toBe(second.instances[4]);
    const other = new Overlay(second, [layer({ brand: { name: 'else' }, server: { port: 7 } })], {
      ...with_,
      before: next,
    });
    expect([await other.instance(0), await other.instance(3)]).toEqual([
      expect.objectContaining({ name: 'else' }),
      was[3],
    ]);
    expect(await other.instance(3)).toBe(was[3]);
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
        let overlay: Overlay | undefined;
        let under: Generation | undefined;
        const with_ = (tree: object): LoadOptions => options(object(tree, { name: 'base' }), variables);
        for (const { base, own } of steps) {
          const next: Generation | undefined = await loadGeneration(with_(base), parent && { previous: parent }).catch(
            () => undefined,
          );
          // What is refused moves nothing.
          parent = next ?? parent;
          said = own === undefined && said !== undefined ? said : [layer(own ?? {})];
          if (parent === undefined) continue;
          const fresh = new Overlay(parent, said, with_(base));
          const after = new Overlay(parent, said, { ...with_(base), ...(overlay && { before: overlay }) });
          expect(await told(after.generation())).toEqual(await told(fresh.generation()));
          const instances = await Promise.all(
            [0, 1, 2, 3, 4].map(async (index) => {
              const [made, plain, was] = await Promise.all(
                [after, fresh, overlay].map(async (one) => one?.instance(index).catch(() => 'refused')),
              );
              // What it had from the parent of then goes with that.
              const isAnothers = was === under?.instances[index] || JSON.stringify(was) !== JSON.stringify(plain);
              const parents = parent?.instances[index];
              return [made, plain === parents ? parents : isAnothers ? made : was, plain];
            }),
          );
          for (const [made, expected, plain] of instances) {
            expect(made).toBe(expected);
            expect(made).toEqual(plain);
          }
          overlay = after;
          under = parent;
        }
      }),
    );
  });
});
