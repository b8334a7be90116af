import { setFlagsFromString } from 'node:v8';
import { runInThisContext } from 'node:vm';
import { describe, expect, it } from '@jest/globals';
import { Transform, Type } from 'class-transformer';
import * as cv from 'class-validator';
import fc from '../fast-check.js';
import { bindSections, planOf, type BoundBefore, type Finding } from '../../src/binding/index.js';
import { isSecureValue, revealSecret } from '../../src/core/index.js';
import { ListOf, MapOf, RequiredIn, Rule, Secure, type SectionClass } from '../../src/sections/index.js';
import { OPEN_GATE } from './open-gate.js';

// A section that is made of nearly the same as an earlier one takes over what hangs on nothing else: nobody must be able to
// tell it from one that is made from nothing.

type Values = Readonly<Record<string, unknown>>;

interface Made {
  readonly instance: object;
  readonly findings: readonly Finding[];
}

async function make(target: SectionClass, raw: Values | (() => Values), before?: BoundBefore): Promise<Made> {
  const request = {
    plan: planOf(target),
    path: ['s'],
    get raw(): unknown {
      return typeof raw === 'function' ? raw() : raw;
    },
    before,
  };
  const { instances, findings } = await bindSections([request], { environment: 'test' }, () => false, {
    gate: OPEN_GATE,
  });
  return { instance: instances[0] ?? {}, findings };
}

class Inner {
  @cv.IsInt() @cv.Min(0) size = 1;
  @cv.IsOptional() @cv.IsString() note?: string;
}

/** Counts the instances that were made: a default that is another one each time. */
let serial = 0;

const SHARED = [1, 2];

interface Kind {
  readonly decorators: readonly PropertyDecorator[];
  readonly initial?: () => unknown;
  readonly values: fc.Arbitrary<unknown>;
}

const texts = fc.constantFrom<unknown>('a', 'b', 'off', '');
const numbers = fc.constantFrom<unknown>(1, 2, '2', ' 3 ', 7, 80);
const inner = fc.record({ size: fc.constantFrom<unknown>(1, '2') }, { requiredKeys: [] });
const differsFrom = (other: string): PropertyDecorator => {
  return (prototype, name) => {
    cv.registerDecorator({
      name: 'differsFrom',
      target: prototype.constructor,
      propertyName: String(name),
      validator: { validate: (value, given) => value !== Reflect.get(given?.object ?? {}, other) },
    });
  };
};

const KINDS: Readonly<Record<string, Kind>> = {
  text: { decorators: [cv.IsString()], values: texts },
  textWithDefault: { decorators: [cv.IsString()], initial: () => 'a', values: texts },
  integer: { decorators: [cv.IsInt(), cv.Max(80)], initial: () => 80, values: numbers },
  number: { decorators: [cv.IsNumber(), cv.IsOptional()], values: numbers },
  flag: {
    decorators: [cv.IsBoolean()],
    initial: () => true,
    values: fc.constantFrom<unknown>(true, false, 'yes', 'no'),
  },
  serial: { decorators: [cv.IsInt()], initial: () => serial++, values: numbers },
  required: { decorators: [cv.IsString(), RequiredIn('test')], initial: () => 'a', values: texts },
  word: { decorators: [cv.IsIn(['a', 'b', 'off', ''])], initial: () => 'a', values: texts },
  long: { decorators: [cv.MaxLength(3)], initial: () => 'a', values: texts },
  conditional: {
    decorators: [cv.ValidateIf(({ f0 }: { f0?: unknown }) => f0 !== 'off'), cv.IsString()],
    values: texts,
  },
  neighbour: { decorators: [cv.IsOptional(), cv.IsString(), differsFrom('f0')], values: texts },
  transformed: {
    decorators: [
      cv.IsString(),
      Transform(({ value, obj }: { value: unknown; obj: Values }) => `${String(value)}/${String(obj['f0'])}`),
    ],
    initial: () => 'a',
    values: texts,
  },
  nested: { decorators: [cv.ValidateNested(), Type(() => Inner)], values: inner },
  filled: {
    decorators: [cv.ValidateNested(), Type(() => Inner)],
    initial: () => Object.assign(new Inner(), { size: 9 }),
    values: inner,
  },
  list: { decorators: [ListOf(() => Inner)], initial: () => [], values: fc.array(inner, { maxLength: 2 }) },
  map: {
    decorators: [MapOf(() => Inner)],
    initial: () => ({}),
    values: fc.dictionary(fc.constantFrom('x', 'y'), inner),
  },
  shared: {
    decorators: [cv.IsInt({ each: true })],
    initial: () => SHARED,
    values: fc.constantFrom<unknown>([3], '[4]'),
  },
  date: { decorators: [cv.IsDate()], initial: () => new Date(serial), values: fc.constantFrom<unknown>('2026-01-01') },
  secret: { decorators: [Secure()], values: texts },
  optionalSecret: { decorators: [Secure({ optional: true })], values: texts },
};

/** What a class may have besides its fields. */
const BESIDE: Readonly<Record<string, (target: SectionClass) => void>> = {
  computed: ({ prototype }) => {
    Object.defineProperty(prototype, 'sum', {
      get: function (this: { f1?: unknown }) {
        return String(this.f1);
      },
      configurable: true,
    });
    cv.NotEquals('7')(prototype as object, 'sum');
  },
  ruled: ({ prototype }) => {
    const check = function (this: { f2?: unknown }): boolean {
      return this.f2 !== 'off';
    };
    const method = { value: check, configurable: true, writable: true };
    Object.defineProperty(prototype, 'holds', method);
    Rule('holds')(prototype as object, 'holds', method);
  },
  accessor: ({ prototype }) => {
    const held = new WeakMap<object, unknown>();
    Object.defineProperty(prototype, 'f3', {
      get: function (this: object) {
        return held.get(this);
      },
      set: function (this: object, value: unknown) {
        held.set(this, value);
      },
      configurable: true,
    });
  },
};

const shapes = fc.record({
  kinds: fc.array(fc.constantFrom(...Object.keys(KINDS)), { minLength: 1, maxLength: 14 }),
  plain: fc.nat(14),
  beside: fc.subarray(Object.keys(BESIDE)),
  hasHelper: fc.boolean(),
  hasHidden: fc.boolean(),
});

type Shape = typeof shapes extends fc.Arbitrary<infer T> ? T : never;

function kindsOf({ kinds, plain }: Shape): readonly Kind[] {
  const names = [...kinds, ...Array.from({ length: plain }, (_, at) => (at % 2 === 0 ? 'integer' : 'text'))];
  return names.flatMap((name) => KINDS[name] ?? []);
}

function classOf(shape: Shape): SectionClass {
  const kinds = kindsOf(shape);
  class Settings {
    readonly #own = kinds.length;
    public constructor() {
      for (const [at, { initial }] of kinds.entries()) if (initial) Reflect.set(this, `f${String(at)}`, initial());
      if (shape.hasHelper) Reflect.set(this, 'helper', () => this.#own);
      if (shape.hasHidden) Object.defineProperty(this, 'hidden', { value: 1, enumerable: false });
    }
  }
  for (const [at, { decorators }] of kinds.entries()) {
    for (const decorate of decorators) decorate(Settings.prototype, `f${String(at)}`);
  }
  for (const name of shape.beside) BESIDE[name]?.(Settings);
  return Settings;
}

/** Two maps of values, of which the second one has others at a few keys. */
const settings = shapes.chain((shape) => {
  const kinds = kindsOf(shape);
  const values = Object.fromEntries(kinds.map(({ values: one }, at) => [`f${String(at)}`, one] as const));
  const wild = fc.constantFrom<unknown>(undefined, null, 'x', 9_999, {}, []);
  const keys = Object.keys(values);
  return fc.record({
    shape: fc.constant(shape),
    raw: fc.record(values, { requiredKeys: keys.filter((_, at) => kinds[at]?.initial === undefined) }),
    moved: fc.record(values, { requiredKeys: [] }),
    wildly: fc.dictionary(fc.constantFrom(...keys), wild, { maxKeys: 1 }),
    keys: fc.subarray(keys, { maxLength: Math.min(3, keys.length) }),
  });
});

/** All that can be seen of an instance, what is behind an accessor too, and secrets opened. */
function seen(value: unknown): unknown {
  if (isSecureValue(value)) return ['secret', revealSecret(value)];
  if (Array.isArray(value)) return [Object.isFrozen(value), value.map(seen)];
  if (typeof value !== 'object' || value === null || value instanceof Date) return value;
  const own = Reflect.ownKeys(value).map((key) => {
    const held: unknown = Reflect.get(value, key);
    return [key, typeof held === 'function' ? 'a function' : seen(held)];
  });
  return [value.constructor.name, Object.isFrozen(value), own, seen(Reflect.get(value, 'f3'))];
}

/** An instance counts only when nothing was wrong. */
function outcomeOf({ instance, findings }: Made): unknown {
  return findings.length > 0 ? findings : seen(instance);
}

describe('a section that is made of nearly the same as an earlier one', () => {
  it('is what it would be from nothing, and reports the same', async () => {
    await fc.assert(
      fc.asyncProperty(settings, async ({ shape, raw, moved, wildly, keys }) => {
        const target = classOf(shape);
        serial = 1;
        const first = await make(target, raw);
        fc.pre(first.findings.length === 0);
        const before = seen(first.instance);
        const others: Values = { ...moved, ...wildly };
        const apart = Object.fromEntries(
          [...new Set([...keys, ...Object.keys(wildly)])].map((key) => [key, others[key]]),
        );
        const now = Object.fromEntries(Object.entries({ ...raw, ...apart }).filter(([, value]) => value !== undefined));
        serial = 100;
        const fresh = await make(target, now);
        serial = 100;
        const again = await make(target, () => now, { raw, instance: first.instance, apart });
        expect(outcomeOf(again)).toEqual(outcomeOf(fresh));
        expect(again.instance).toBeInstanceOf(target);
        expect(again.instance).not.toBe(first.instance);
        expect(seen(first.instance)).toEqual(before);
      }),
    );
  });

  class Wide {
    @cv.IsInt() one!: number;
    @cv.IsString() two!: string;
    @cv.IsBoolean() three = false;
    @cv.IsInt() four = 4;
    @cv.ValidateNested() @Type(() => Inner) five = Object.assign(new Inner(), { size: 9 });
    @cv.IsOptional() @cv.IsString() six?: string;
  }

  const raw = { one: 1, two: 'two', three: true, five: { size: 5 } };

  it('asks for nothing but what differs, and keeps the nested instances of the rest', async () => {
    const first = await make(Wide, raw);
    const asked = (): never => {
      throw new Error('it has asked for all');
    };
    const { instance } = await make(Wide, asked, { raw, instance: first.instance, apart: { one: '7' } });
    expect(instance).toEqual({ one: 7, two: 'two', three: true, four: 4, five: { size: 5 }, six: undefined });
    expect(Reflect.get(instance, 'five')).toBe(Reflect.get(first.instance, 'five'));
  });

  it('fills the nested default of its own, and not what was made of the earlier one', async () => {
    const { instance } = await make(Wide, raw);
    const again = await make(Wide, raw, { raw, instance, apart: { five: { note: 'n' } } });
    expect(again.instance).toMatchObject({ five: { size: 9, note: 'n' } });
  });

  it('has the hidden class of all others', async () => {
    setFlagsFromString('--allow-natives-syntax');
    // The engine's own answer, of which the compiler knows nothing.
    const isAlike = runInThisContext('(one, other) => %HaveSameMap(one, other)') as (
      one: object,
      other: object,
    ) => boolean;
    const first = await make(Wide, raw);
    const fresh = await make(Wide, { ...raw, one: 2 });
    const again = await make(Wide, raw, { raw, instance: first.instance, apart: { one: 3 } });
    expect(isAlike(again.instance, fresh.instance)).toBe(true);
  });

  it('has the default of its own where the key is no longer set', async () => {
    class Counted {
      @cv.IsInt() number = serial++;
      @cv.IsInt() other = 1;
      @cv.IsString() text = 'x';
      @cv.IsString() more = 'x';
    }
    const { instance } = await make(Counted, { text: 'y' });
    const before = { raw: { text: 'y' }, instance, apart: { text: undefined } };
    const again = await make(Counted, {}, before);
    expect(again.instance).toMatchObject({ text: 'x' });
    expect(Reflect.get(again.instance, 'number')).not.toBe(Reflect.get(instance, 'number'));
  });
});
