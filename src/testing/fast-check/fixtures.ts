import fc from 'fast-check';
import { type FieldFacts, fieldFacts } from '../../schema/index.js';
import { planOf } from '../../binding/index.js';
import type { SectionClass } from '../../sections/index.js';
import { option, readOptions } from '../../core/index.js';
import {
  type ArbitraryOptions,
  type ArbitraryRequest,
  checked,
  type GeneratedSettings,
  readArbitraryOptions,
  validSettings,
} from './section-arbitrary.js';

/** Two valid settings of which one field differs: what a reload changes. */
export interface ReloadFixture {
  /** The field, below the section's own path. */
  readonly field: string;
  readonly before: GeneratedSettings;
  readonly after: GeneratedSettings;
}

/** Settings for tests, the same in every run. */
export interface SettingsFixtures {
  /** What is needed in the environment, and nothing else. */
  readonly minimal: GeneratedSettings;
  /** Every field. */
  readonly full: GeneratedSettings;
  /** The values of the secrets alone, for a test that gives the others itself. */
  readonly secrets: GeneratedSettings;
  /** For each field that can change alone, settings before and after. */
  readonly reloads: readonly ReloadFixture[];
  /** A tenant's overlay: of the fields that tenants may set some, the same for the same id. */
  tenant(id: string): GeneratedSettings;
}

/** What {@link fixtures} takes. */
export interface FixtureOptions extends ArbitraryOptions {
  /** Other numbers make other settings; default 1. */
  readonly seed?: number;
}

/**
 * Settings of a class for tests that need some and do not mind which: as they are needed, whole, before and after a reload,
 * of a tenant. Made as those of `arbitrary`, with one seed, so that they are the same in every run. Subpath:
 * `uno-config/testing/fast-check`.
 *
 * @throws TypeError naming the option, and when validators or rules refuse too many settings.
 *
 * @example
 * ```ts
 * const { minimal, reloads } = fixtures(DatabaseSettings, { environment: 'production' });
 * const settings = await testSettings(DatabaseSettings, minimal, { environment: 'production' });
 * for (const { field, before, after } of reloads) console.log(field, before, after);
 * ```
 */
export function fixtures(target: SectionClass, options: FixtureOptions = {}): SettingsFixtures {
  const { seed = 1, ...others } = options;
  readOptions('fixtures', { seed }, { seed: option.anything });
  const request = readArbitraryOptions('fixtures', others);
  const full = sampled(target, { ...request, presence: 'all' }, seed);
  const facts = fieldFacts(planOf(target));
  return Object.freeze({
    minimal: sampled(target, { ...request, presence: 'needed' }, seed),
    full,
    secrets: only(
      full,
      facts.filter(({ field }) => field.isSecure),
    ),
    reloads: reloadsOf(target, request, full, seed),
    tenant: (id: string) => {
      const settings = sampled(target, request, seedOf(id, seed));
      const keys = planOf(target).keys;
      return only(
        settings,
        facts.filter(({ name }) => (keys.get(name)?.tenant ?? 'tenant') === 'tenant'),
      );
    },
  });
}

function sampled(target: SectionClass, request: ArbitraryRequest, seed: number): GeneratedSettings {
  return fc.sample(validSettings(target, request), { numRuns: 1, seed })[0] ?? {};
}

function only(settings: GeneratedSettings, facts: readonly FieldFacts[]): GeneratedSettings {
  const names = new Set(facts.map(({ name }) => name));
  return Object.fromEntries(Object.entries(settings).filter(([name]) => names.has(name)));
}

const TRIES = 20;

/** Another value for each field, the rest as it was; nothing for a field that no other value leaves valid. */
function reloadsOf(
  target: SectionClass,
  request: ArbitraryRequest,
  before: GeneratedSettings,
  seed: number,
): readonly ReloadFixture[] {
  const others = fc.sample(validSettings(target, { ...request, presence: 'all' }), { numRuns: TRIES, seed: seed + 1 });
  return Object.keys(before).flatMap((field): readonly ReloadFixture[] => {
    const changed = others
      .filter((other) => JSON.stringify(other[field]) !== JSON.stringify(before[field]))
      .map((other): GeneratedSettings => ({ ...before, [field]: other[field] }));
    const after = changed.find((one) => {
      const { valid, broken } = checked(target, one, request);
      return valid && broken.length === 0;
    });
    return after === undefined ? [] : [{ field, before, after }];
  });
}

/** A number of a text, so that each tenant has settings of its own. */
function seedOf(id: string, seed: number): number {
  return Array.from(id).reduce((sum, letter) => (sum * 31 + (letter.codePointAt(0) ?? 0)) % 0x7fffffff, seed);
}
