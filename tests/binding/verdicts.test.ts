import { describe, expect, it } from '@jest/globals';
import { Type } from 'class-transformer';
import * as cv from 'class-validator';
import fc from '../fast-check.js';
import { bindSections, planOf, type ValidationGroups } from '../../src/binding/index.js';
import { compileChecks } from '../../src/binding/fields/compile-checks.js';
import { storedValidations } from '../../src/binding/fields/validation-metadata.js';
import type { SectionClass } from '../../src/sections/index.js';
import { OPEN_GATE } from './open-gate.js';

// The compiled checks must come to class-validator's own verdict, for whatever classes and values: decorators are put on
// generated classes by function call, without any metadata from the compiler.

type Family = 'text' | 'number' | 'boolean' | 'list';
type MakeDecorator = (options: cv.ValidationOptions) => PropertyDecorator;

enum Colour {
  Red = 'red',
  Blue = 'blue',
}

/** Bears a common name and means something else: the direct form of the name's owner must not be taken for it. */
const impostor =
  (name: string, verdict: (value: unknown) => boolean | Promise<boolean>): MakeDecorator =>
  (options) =>
  (prototype, propertyName) => {
    const target = prototype.constructor;
    const property = String(propertyName);
    cv.registerDecorator({
      name,
      target,
      propertyName: property,
      options,
      constraints: [1],
      validator: { validate: verdict },
    });
  };

const EVERYWHERE: readonly MakeDecorator[] = [
  (o) => cv.IsDefined(o),
  (o) => cv.IsNotEmpty(o),
  (o) => cv.IsEmpty(o),
  (o) => cv.NotEquals('abc', o),
  (o) => cv.IsIn(['abc', 1, true, 'red'], o),
  (o) => cv.IsNotIn(['x', 0], o),
  (o) => cv.Equals('abc', o),
  impostor('isString', (value) => value !== 'abc'),
  impostor('min', (value) => typeof value !== 'number' || value < 3),
  impostor('isInt', (value) => typeof value !== 'number' || value > 1),
  impostor('asynchronous', (value) => Promise.resolve(value !== 'abc' && value !== 1)),
];

const DECORATORS: Readonly<Record<Family, readonly MakeDecorator[]>> = {
  text: [
    (o) => cv.IsString(o),
    (o) => cv.MinLength(2, o),
    (o) => cv.MaxLength(3, o),
    (o) => cv.Length(1, 4, o),
    (o) => cv.Matches(/^[a-c]+$/, o),
    (o) => cv.IsEmail(undefined, o),
    (o) => cv.IsUppercase(o),
    (o) => cv.Contains('a', o),
    (o) => cv.IsAlpha('en-US', o),
    (o) => cv.IsNumberString(undefined, o),
    (o) => cv.IsEnum(Colour, o),
  ],
  number: [
    (o) => cv.IsInt(o),
    (o) => cv.IsNumber({}, o),
    (o) => cv.IsNumber({ maxDecimalPlaces: 1 }, o),
    (o) => cv.Min(1, o),
    (o) => cv.Min(2.5, o),
    (o) => cv.Max(3, o),
    (o) => cv.Max(-1, o),
    (o) => cv.IsPositive(o),
    (o) => cv.IsNegative(o),
    (o) => cv.IsDivisibleBy(2, o),
  ],
  boolean: [(o) => cv.IsBoolean(o), (o) => cv.Equals(true, o)],
  list: [
    (o) => cv.IsArray(o),
    (o) => cv.ArrayMinSize(1, o),
    (o) => cv.ArrayMaxSize(2, o),
    (o) => cv.ArrayUnique(o),
    (o) => cv.ArrayContains(['a'], o),
    (o) => cv.MinLength(2, { ...o, each: true }),
    (o) => cv.IsIn(['a', 'abc'], { ...o, each: true }),
    (o) => cv.IsNotEmpty({ ...o, each: true }),
    (o) => impostor('asynchronous', (value) => Promise.resolve(value !== 'abc'))({ ...o, each: true }),
  ],
};

/** Says the type, and so stands on every field. */
const TYPED: Readonly<Record<Family, MakeDecorator>> = {
  text: (o) => cv.IsString(o),
  number: (o) => cv.IsNumber({}, o),
  boolean: (o) => cv.IsBoolean(o),
  list: (o) => cv.IsString({ ...o, each: true }),
};

const CONDITIONS: readonly MakeDecorator[] = [
  (o) => cv.IsOptional(o),
  (o) => cv.ValidateIf((owner: { readonly f0?: unknown }) => owner.f0 !== 'abc', o),
  (o) => cv.ValidateIf((_, value) => value !== null, o),
];

const VALUES: Readonly<Record<Family, fc.Arbitrary<unknown>>> = {
  text: fc.constantFrom('', 'a', 'abc', 'ABC', 'red', 'abcde', 'x@example.org', '12', 'Red'),
  number: fc.constantFrom(-1, 0, 1, 2, 2.5, 2.55, 3, 4, -0, 1e21),
  boolean: fc.boolean(),
  list: fc.array(fc.constantFrom('a', 'abc', 'x', ''), { maxLength: 4 }),
};

const options: fc.Arbitrary<cv.ValidationOptions> = fc.record(
  {
    groups: fc.constantFrom(['a'], ['b'], ['a', 'b']),
    always: fc.boolean(),
    validateIf: fc.constantFrom(
      (_: object, value: unknown) => value !== 1 && value !== 'abc',
      (owner: { readonly f0?: unknown }) => owner.f0 !== 'red',
    ),
  },
  { requiredKeys: [], noNullPrototype: true },
);

interface GeneratedField {
  readonly decorators: readonly PropertyDecorator[];
  readonly value: unknown;
}

const field: fc.Arbitrary<GeneratedField> = fc
  .constantFrom<Family>('text', 'number', 'boolean', 'list')
  .chain((family) => {
    const plain = fc.tuple(fc.constantFrom(...DECORATORS[family], ...EVERYWHERE), options);
    const condition = fc.tuple(fc.constantFrom(...CONDITIONS), options);
    return fc.record({
      decorators: fc
        .tuple(
          options.map((o) => TYPED[family](o)),
          fc.array(
            plain.map(([make, o]) => make(o)),
            { maxLength: 3 },
          ),
          fc.array(
            condition.map(([make, o]) => make(o)),
            { maxLength: 1 },
          ),
        )
        .map(([typed, others, conditions]) => [typed, ...others, ...conditions]),
      value: fc.oneof({ weight: 8, arbitrary: VALUES[family] }, fc.constant(null), fc.constant(undefined)),
    });
  });

const selections = fc.record<ValidationGroups>(
  { groups: fc.constantFrom([], ['a'], ['b']), always: fc.boolean(), strictGroups: fc.boolean() },
  { requiredKeys: [], noNullPrototype: true },
) as fc.Arbitrary<ValidationGroups>;

function decorated(fields: readonly GeneratedField[]): SectionClass {
  class Generated {}
  fields.forEach(({ decorators }, index) => {
    for (const decorate of decorators) decorate(Generated.prototype, `f${String(index)}`);
  });
  return Generated;
}

function raw(fields: readonly GeneratedField[]): Record<string, unknown> {
  const entries = fields.map(({ value }, index) => [`f${String(index)}`, value] as const);
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined));
}

/** The paths that class-validator refuses, nested ones included. */
async function refusedByAuthority(
  instance: object,
  { groups, always, strictGroups }: ValidationGroups,
): Promise<string[]> {
  const errors = await cv.validate(instance, {
    forbidUnknownValues: false,
    ...(groups !== undefined && { groups: [...groups] }),
    ...(always !== undefined && { always }),
    ...(strictGroups !== undefined && { strictGroups }),
  });
  const paths = (error: cv.ValidationError, above: string): string[] => [
    ...(error.constraints === undefined ? [] : [`${above}${error.property}`]),
    ...(error.children ?? []).flatMap((child) => paths(child, `${above}${error.property}.`)),
  ];
  return errors.flatMap((error) => paths(error, '')).sort();
}

async function bound(target: SectionClass, values: object, selection: ValidationGroups) {
  const request = { plan: planOf(target, selection), path: ['s'], raw: values };
  const { instances, findings } = await bindSections([request], { environment: 'test' }, () => false, {
    gate: OPEN_GATE,
  });
  const text = (path: readonly string[]): string => path.slice(1).join('.');
  return {
    instance: instances[0] ?? {},
    // We name the items that a decorator with each refuses; class-validator names the field.
    refused: [
      ...new Set(
        findings
          .filter(({ code }) => code === 'constraint')
          .map(({ path }) => text(path).replace(/\b(f\d+)[.].*$/, '$1')),
      ),
    ],
    // Values that have no typed form never reach the decorators.
    unbound: findings.filter(({ code }) => code !== 'constraint').map(({ path }) => text(path)),
  };
}

const isBelow = (path: string, above: readonly string[]): boolean =>
  above.some((other) => path === other || path.startsWith(`${other}.`));

describe('the compiled verdict', () => {
  it('is class-validator’s own, for any decorators, options, groups and values', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(field, { minLength: 1, maxLength: 4 }), selections, async (fields, selection) => {
        const target = decorated(fields);
        const { instance, refused, unbound } = await bound(target, raw(fields), selection);
        const expected = await refusedByAuthority(instance, selection);
        expect(refused.sort()).toEqual(expected.filter((path) => !isBelow(path, unbound)));
      }),
    );
  });

  it('is class-validator’s own for each property by itself, before that is asked for words', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(field, { minLength: 1, maxLength: 3 }), selections, async (fields, selection) => {
        const target = decorated(fields);
        const instance = Object.assign(new target(), raw(fields));
        const expected = await refusedByAuthority(instance, selection);
        const stored = storedValidations(target, selection);
        const names = fields.map((_, index) => `f${String(index)}`);
        const refused: string[] = [];
        for (const name of names) {
          const checks = compileChecks(stored.filter(({ propertyName }) => propertyName === name));
          const value: unknown = Reflect.get(instance, name);
          if (!checks.conditions.every((condition) => condition(instance, value))) continue;
          const verdicts = await Promise.all(checks.checks.map(async (check) => check(value, instance)));
          if (verdicts.includes(false)) refused.push(name);
        }
        expect(refused).toEqual(expected);
      }),
    );
  });

  it('is class-validator’s own for nested settings, in fields, lists and inherited classes', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(field, { minLength: 1, maxLength: 2 }),
        fc.array(field, { minLength: 1, maxLength: 2 }),
        selections,
        async (outer, inner, selection) => {
          const base = decorated(outer);
          const nested = decorated(inner);
          class Derived extends base {}
          for (const name of ['one', 'many']) {
            cv.ValidateNested({ each: name === 'many', always: true })(Derived.prototype, name);
            Type(() => nested)(Derived.prototype, name);
          }
          inner[0]?.decorators[0]?.(Derived.prototype, 'f0');
          const values = { ...raw(outer), one: raw(inner), many: [raw(inner), {}] };
          const { instance, refused, unbound } = await bound(Derived, values, selection);
          const expected = await refusedByAuthority(instance, selection);
          expect(refused.sort()).toEqual(expected.filter((path) => !isBelow(path, unbound)));
        },
      ),
    );
  });
});
