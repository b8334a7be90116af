import { describe, expect, it } from '@jest/globals';
import { IsInt, IsOptional, IsString, Max } from 'class-validator';
import { ConfigError } from '../../src/core/index.js';
import { ConfigStore, loadGeneration, rule, type Generation, type LoadOptions } from '../../src/runtime/index.js';
import { ConfigSection, Merge, type SectionClass } from '../../src/sections/index.js';
import { object } from '../../src/sources/index.js';
import fc from '../fast-check.js';
import { TenantWorld } from './tenant-world.js';

@ConfigSection('brand')
class Brand {
  @IsString() name: string = 'base';
  @Merge('append') @IsString({ each: true }) colours: readonly string[] = [];
}

@ConfigSection('mail')
class Mail {
  @IsString() from: string = '${brand.name}@example.org';
  @IsInt() @Max(1_000) limit: number = 10;
}

@ConfigSection('letter')
class Letter {
  @IsString() text: string = 'yours, ${mail.from}';
  @IsOptional() @IsString() note?: string;
}

@ConfigSection('quota')
class Quota {
  @IsInt() most: number = 100;
}

const SECTIONS: readonly SectionClass[] = [Brand, Mail, Letter, Quota];
const RULES = [rule('limit must not exceed the quota', [Mail, Quota], (mail, quota) => mail.limit <= quota.most)];

const texts = fc.constantFrom(
  'a',
  '${brand.name}',
  '${mail.from:-none}',
  'x ${mail.limit}',
  '${letter.note:-n}',
  '!unset',
);
const trees = fc.record(
  {
    brand: fc.oneof(
      {
        weight: 5,
        arbitrary: fc.record({ name: texts, colours: fc.array(texts, { maxLength: 2 }) }, { requiredKeys: [] }),
      },
      fc.constantFrom<unknown>('!unset', null),
    ),
    mail: fc.record(
      { from: texts, limit: fc.constantFrom<unknown>(5, '7', 500, 5_000, 'many', '${quota.most}') },
      { requiredKeys: [] },
    ),
    letter: fc.record({ text: texts, note: texts }, { requiredKeys: [] }),
    quota: fc.record({ most: fc.constantFrom(6, 50, 1_000) }, { requiredKeys: [] }),
  },
  { requiredKeys: [] },
);

const changes = fc.oneof(
  fc.record({ of: fc.constant('base' as const), said: trees }),
  fc.record({ of: fc.constantFrom('acme' as const, 'beta' as const), said: fc.option(trees, { nil: undefined }) }),
);

const OPTIONS: Omit<LoadOptions, 'sources'> = { sections: SECTIONS, environment: 'test', env: {}, rules: RULES };

async function loadedFrom(...said: readonly object[]): Promise<Generation | undefined> {
  try {
    return await loadGeneration({ ...OPTIONS, sources: said.map((each, at) => object(each, { name: String(at) })) });
  } catch (error) {
    if (ConfigError.is(error)) return undefined;
    throw error;
  }
}

const told = (instances: readonly object[]): unknown => JSON.parse(JSON.stringify(instances));

/** What tenants should have: what a load of base and tenant gives, or gave when it last gave something. */
class Model {
  base: object = {};
  readonly said = new Map<string, object>();
  readonly good = new Map<string, unknown>();

  async change({ of, said }: { readonly of: string; readonly said: object | undefined }): Promise<void> {
    if (of === 'base') {
      if ((await loadedFrom(said ?? {})) !== undefined) this.base = said ?? {};
    } else if (said === undefined) {
      this.said.delete(of);
      this.good.delete(of);
    } else this.said.set(of, said);
    for (const [id, own] of this.said) {
      const loaded = await loadedFrom(this.base, own);
      if (loaded !== undefined) this.good.set(id, told(loaded.instances));
    }
  }
}

describe('the settings of any tenant', () => {
  it('are what a load of base and tenant from nothing gives, after any changes in any order', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(changes, { minLength: 1, maxLength: 8 }), async (all) => {
        const model = new Model();
        await using world = await TenantWorld.of(SECTIONS, {}, {}, { load: { rules: RULES } });
        const { tenants } = world;
        for (const change of all) {
          await model.change(change);
          if (change.of === 'base') await world.sayBase(change.said);
          else await world.say(change.of, change.said);
          const base = world.container.get(ConfigStore).current.instances;
          for (const id of ['acme', 'beta']) {
            const ready = await tenants.ready(id).catch((error: unknown) => error);
            const refused = ConfigError.is(ready) ? ready.code : undefined;
            const own = model.good.get(id);
            const expected =
              own !== undefined ? undefined : model.said.has(id) ? 'tenant-quarantined' : 'tenant-unknown';
            expect(refused).toBe(expected);
            if (own === undefined) continue;
            const made = SECTIONS.map((section) => tenants.settings(id, section));
            expect(told(made)).toEqual(own);
            const alone = await loadedFrom(model.base, model.said.get(id) ?? {});
            if (alone === undefined) continue;
            // What is equal to the base's, and not for being said, is the base's.
            const isSaid = new Set(Object.keys(model.said.get(id) ?? {}));
            const copies = ['brand', 'mail', 'letter', 'quota'].filter(
              (key, index) =>
                !isSaid.has(key) &&
                made[index] !== base[index] &&
                JSON.stringify(made[index]) === JSON.stringify(base[index]),
            );
            expect(copies).toEqual([]);
          }
        }
      }),
    );
  });
});
