import fc from 'fast-check';
import { type CheckedNow, checkNow, type FieldType, planOf, type SectionPlan } from '../../binding/index.js';
import {
  appliesIn,
  type ConfigPath,
  option,
  type OptionKinds,
  readOptions,
  type SecretGate,
  type Selectors,
} from '../../core/index.js';
import { type FieldFacts, fieldFacts } from '../../schema/index.js';
import type { SectionClass } from '../../sections/index.js';
import { seatOf } from '../test-settings.js';
import { valueArbitrary } from './value-arbitrary.js';

/** What {@link arbitrary} and {@link invalid} take. */
export interface ArbitraryOptions {
  /** The environment, whose `@RequiredIn` and rules count; default `test`. */
  readonly environment?: string;
  /** Arbitraries for fields, by their dotted path below the section: for values that only a validator of your own knows. */
  readonly fields?: Readonly<Record<string, fc.Arbitrary<unknown>>>;
  /** How many settings in a row the validators and rules may refuse; default 1,000. */
  readonly budget?: number;
}

/** Settings as a file may hold them, below the section's own path. */
export type GeneratedSettings = Readonly<Record<string, unknown>>;

const OPTIONS = {
  environment: option.or(option.name, 'test'),
  fields: option.map,
  budget: option.or(option.count(), 1_000),
} satisfies OptionKinds<ArbitraryOptions>;

/**
 * Valid settings of a class, as a file may hold them: of every field that needs one a value, of the others perhaps one.
 * Bounds, patterns and legal values are read from the decorators; what only a validator or a rule over several fields knows is
 * tried, up to a budget. Subpath: `uno-config/testing/fast-check`.
 *
 * @throws TypeError naming the option; and, while values are made, when the budget is used up.
 *
 * @example
 * ```ts
 * import fc from 'fast-check';
 *
 * await fc.assert(
 *   fc.asyncProperty(arbitrary(DatabaseSettings), async (values) => {
 *     const settings = await testSettings(DatabaseSettings, values);
 *     return settings.port > 0;
 *   }),
 * );
 * ```
 */
export function arbitrary(target: SectionClass, options: ArbitraryOptions = {}): fc.Arbitrary<GeneratedSettings> {
  return validSettings(target, readArbitraryOptions('arbitrary', options));
}

/** Options as they were read. */
export interface ArbitraryRequest {
  readonly selectors: Selectors;
  readonly fields: Readonly<Record<string, fc.Arbitrary<unknown>>>;
  readonly budget: number;
  /** Which fields there are: those that are needed and some of the others, all of them, or the needed ones alone. */
  readonly presence: 'some' | 'all' | 'needed';
}

export function readArbitraryOptions(call: string, options: ArbitraryOptions): ArbitraryRequest {
  const { environment, budget } = readOptions(call, options, OPTIONS);
  return { selectors: { environment }, budget, fields: options.fields ?? {}, presence: 'some' };
}

/** Settings whose fields are valid, each by itself, and with which no rule finds fault. */
export function validSettings(target: SectionClass, request: ArbitraryRequest): fc.Arbitrary<GeneratedSettings> {
  return withinBudget(target, request, (raw) => {
    const { valid, broken } = checked(target, raw, request);
    return valid && broken.length === 0;
  });
}

/** What shows of some settings at once. */
export function checked(target: SectionClass, raw: GeneratedSettings, { selectors }: ArbitraryRequest): CheckedNow {
  return checkNow({ plan: planOf(target), path: pathOfClass(target), raw }, selectors, OPEN_GATE);
}

/** Where a class sits in a test: at its own path, one without a path at `settings`. */
export function pathOfClass(target: SectionClass): ConfigPath {
  return seatOf(target).entry.path;
}

/** Settings that something accepts; of so many in a row that it refuses none. */
export function withinBudget(
  target: SectionClass,
  request: ArbitraryRequest,
  accepts: (raw: GeneratedSettings) => boolean,
): fc.Arbitrary<GeneratedSettings> {
  const plan = planOf(target);
  let refused = 0;
  return settingsOf(plan, [], request, []).filter((raw) => {
    if (accepts(raw)) {
      refused = 0;
      return true;
    }
    refused += 1;
    if (refused <= request.budget) return false;
    throw new TypeError(
      `arbitrary(${target.name}): its validators and rules refused ${String(request.budget)} settings in a row. ` +
        'Give arbitraries for the fields that they are about: arbitrary(Settings, { fields: { email: fc.emailAddress() } }).',
    );
  });
}

/** Validators are shown what secrets hold, as at a load. */
const OPEN_GATE: SecretGate = Object.freeze({
  admit: () => undefined,
  admitAsync: async () => Promise.resolve(),
  allows: () => true,
});

function settingsOf(
  plan: SectionPlan,
  path: readonly string[],
  request: ArbitraryRequest,
  above: readonly SectionClass[],
): fc.Arbitrary<GeneratedSettings> {
  const model: Record<string, fc.Arbitrary<unknown>> = {};
  const required: string[] = [];
  for (const facts of fieldFacts(plan)) {
    const here = [...path, facts.name];
    const value = request.fields[here.join('.')] ?? fieldArbitrary(facts, plan, here, request, above);
    if (value === undefined) continue;
    const needed = isNeeded(facts, request.selectors);
    if (!needed && request.presence === 'needed') continue;
    const mayBeNull = facts.nullable && request.presence === 'some';
    model[facts.name] = mayBeNull ? fc.oneof({ weight: 9, arbitrary: value }, fc.constant(null)) : value;
    if (needed || request.presence === 'all') required.push(facts.name);
  }
  return fc.record(model, { requiredKeys: required });
}

/** True where the value must be there, and so cannot be left out to see the default at work. */
export function isNeeded({ required, field }: FieldFacts, selectors: Selectors): boolean {
  const { requiredIn } = field.declaration;
  return required || (requiredIn !== undefined && appliesIn(requiredIn, selectors));
}

function fieldArbitrary(
  facts: FieldFacts,
  plan: SectionPlan,
  path: readonly string[],
  request: ArbitraryRequest,
  above: readonly SectionClass[],
): fc.Arbitrary<unknown> | undefined {
  // What a @Transform or a condition makes of a value is its own affair.
  const isKnown = facts.field.transforms.length === 0 && !facts.conditional;
  if (!isKnown && !isNeeded(facts, request.selectors)) return undefined;
  const around = [...above, plan.target];
  return valueArbitrary(facts.field.type, facts.constraints, (type) =>
    nestedSettings(type, plan, path, request, around),
  );
}

function nestedSettings(
  type: Extract<FieldType, { readonly kind: 'section' }>,
  plan: SectionPlan,
  path: readonly string[],
  request: ArbitraryRequest,
  above: readonly SectionClass[],
): fc.Arbitrary<unknown> | undefined {
  const make = (target: SectionClass): fc.Arbitrary<GeneratedSettings> | undefined =>
    above.filter((one) => one === target).length > 1
      ? undefined
      : settingsOf(planOf(target, plan.selection), path, request, above);
  const { discriminator } = type;
  if (discriminator === undefined || discriminator.subTypes.length === 0) return make(type.target);
  const variants = discriminator.subTypes.flatMap(
    ({ name, value }) => make(value)?.map((settings) => ({ ...settings, [discriminator.property]: name })) ?? [],
  );
  return variants.length === 0 ? undefined : fc.oneof(...variants);
}
