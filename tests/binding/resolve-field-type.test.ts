import { describe, expect, it } from '@jest/globals';
import { Type } from 'class-transformer';
import * as cv from 'class-validator';
import { describeType, planOf } from '../../src/binding/index.js';
import {
  ByteSize,
  Duration,
  IsByteSize,
  IsDuration,
  ListOf,
  MapOf,
  type SectionClass,
} from '../../src/sections/index.js';
import { errorOf } from '../core/error-of.js';

class PoolSettings {
  @cv.IsInt() size = 1;
}

interface Evidence {
  readonly decorators?: readonly PropertyDecorator[];
  /** What the compiler says. */
  readonly design?: unknown;
  readonly initial?: unknown;
}

function classWith({ decorators = [], design, initial }: Evidence): SectionClass {
  class Settings {
    other = 1;
    field: unknown = initial;
  }
  // The last decorator is the first to be applied.
  for (const decorate of decorators.toReversed()) decorate(Settings.prototype, 'field');
  if (design !== undefined) Reflect.defineMetadata('design:type', design, Settings.prototype, 'field');
  return Settings;
}

function typeOf(evidence: Evidence): string {
  const field = planOf(classWith(evidence)).fields.find(({ name }) => name === 'field');
  return field === undefined ? 'none' : describeType(field.type);
}
const decorated = (...decorators: readonly PropertyDecorator[]): string => typeOf({ decorators });
const refusal = (evidence: Evidence): readonly unknown[] => {
  const { code, category, recovery } = errorOf(() => planOf(classWith(evidence)));
  return [code, category, recovery.slice(0, 24)];
};

const VAGUE = ['field-without-type', 'binding', 'Say what it is: @IsStrin'];
const VAGUE_LIST = ['field-without-type', 'binding', 'Say what its items are: '];

describe('the type that class-validator tells', () => {
  it.each<[string, readonly PropertyDecorator[]]>([
    ['integer', [cv.IsInt()]],
    ['number', [cv.IsNumber()]],
    ['boolean', [cv.IsBoolean()]],
    ['string', [cv.IsString()]],
    ['date', [cv.IsDate()]],
    ['number', [cv.Min(1)]],
    ['number', [cv.Max(1)]],
    ['number', [cv.IsPositive()]],
    ['number', [cv.IsNegative()]],
    ['number', [cv.IsDivisibleBy(2)]],
    ['date', [cv.MinDate(new Date(0))]],
    ['date', [cv.MaxDate(new Date(0))]],
    ['string', [cv.IsUrl()]],
    ['string', [cv.Length(1)]],
    ['string', [cv.IsTimeZone()]],
    ['one of a, b', [cv.IsEnum({ A: 'a', B: 'b' })]],
    ['one of a, b', [cv.IsEnum(['a', 'b'])]],
    ['url', [cv.IsInstance(URL)]],
    ['PoolSettings', [cv.IsInstance(PoolSettings)]],
    ['string', [cv.IsIn(['a', 'b'])]],
    ['number', [cv.IsIn([1, 2])]],
    ['boolean', [cv.Equals(true)]],
    ['string', [cv.Equals('a')]],
    ['anything', [cv.IsObject()]],
    ['anything', [cv.IsNotEmptyObject()]],
    ['anything', [cv.Allow()]],
    ['list of integer', [cv.IsInt({ each: true })]],
    ['list of number', [cv.Min(1, { each: true })]],
    ['list of one of a', [cv.IsEnum(['a'], { each: true })]],
    ['list of string', [cv.IsIn(['a'], { each: true })]],
    ['list of url', [cv.IsInstance(URL, { each: true })]],
  ])('is %s', (type, decorators) => {
    expect(decorated(...decorators)).toBe(type);
  });

  it('is the strong one beside a weak one, in either order, and the first of weak ones', () => {
    expect([decorated(cv.IsInt(), cv.Min(1)), decorated(cv.Min(1), cv.IsInt())]).toEqual(['integer', 'integer']);
    expect([decorated(cv.IsString(), cv.Min(1)), decorated(cv.IsIn([1]), cv.IsString())]).toEqual(['string', 'string']);
    expect([decorated(cv.MinLength(1), cv.Min(1)), decorated(cv.Min(1), cv.MinLength(1))]).toEqual([
      'number',
      'string',
    ]);
    expect([decorated(cv.Equals(1), cv.MinLength(1)), decorated(cv.MinLength(1), cv.Equals(1))]).toEqual([
      'string',
      'number',
    ]);
  });

  it('is one of several values where their types differ, whatever the initial value is', () => {
    expect(typeOf({ decorators: [cv.IsIn(['auto', 100, 200])], initial: 100 })).toBe('one of auto, 100, 200');
    expect(typeOf({ decorators: [cv.IsIn(['a', true, null])], design: Object })).toBe('one of a, true');
    expect(decorated(cv.IsIn(['a', 1], { each: true }))).toBe('list of one of a, 1');
    expect(typeOf({ decorators: [cv.IsIn(['a', null])], initial: 1 })).toBe('string');
  });

  it('says nothing where there are no values', () => {
    for (const decorators of [[cv.IsIn([])], [cv.IsIn(['a', {}])], [cv.IsInstance(Object)], [cv.IsNotEmpty()]]) {
      expect(typeOf({ decorators, initial: 1 })).toBe('number');
      expect(refusal({ decorators })).toEqual(VAGUE);
    }
  });

  it('beats what @Type, the compiler and the initial value say', () => {
    expect(typeOf({ decorators: [cv.IsInt(), Type(() => Number)], design: Number, initial: 1 })).toBe('integer');
    expect(typeOf({ decorators: [cv.IsString()], design: Number, initial: 1 })).toBe('string');
  });
});

describe('the type that our own decorators tell', () => {
  it.each<[string, PropertyDecorator]>([
    ['duration', IsDuration()],
    ['byte-size', IsByteSize()],
    ['list of duration', IsDuration({ each: true })],
    ['list of byte-size', IsByteSize({ each: true })],
    ['list of string', ListOf(() => String)],
    ['list of PoolSettings', ListOf(() => PoolSettings)],
    ['map of boolean', MapOf(() => Boolean)],
    ['map of byte-size', MapOf(() => ByteSize)],
  ])('is %s, whatever others say', (type, decorator) => {
    expect(typeOf({ decorators: [decorator, cv.IsString()], design: Number, initial: 1 })).toBe(type);
  });

  it('needs a class for its items', () => {
    for (const item of [undefined, Object, 'string']) {
      const decorators = [ListOf(() => item as unknown as StringConstructor)];
      expect(() => planOf(classWith({ decorators }))).toThrow(
        'A list or map needs the class of its items, such as () => String or () => SomeSettings. ' +
          'If the class is declared later in the file or imported in a circle, it is not there yet.',
      );
    }
  });
});

describe('the type that @Type tells', () => {
  const ofPool = Type(() => PoolSettings);

  it('is single, unless something else says that it is a list', () => {
    expect(decorated(ofPool)).toBe('PoolSettings');
    expect(decorated(Type(() => Date))).toBe('date');
    expect(typeOf({ decorators: [ofPool], initial: [] })).toBe('list of PoolSettings');
    expect(typeOf({ decorators: [ofPool], initial: {} })).toBe('PoolSettings');
    // class-transformer asks the compiler when the decorator is applied.
    class Reflected {
      @Type(() => PoolSettings) field!: PoolSettings[];
    }
    expect(planOf(Reflected).fields.map(({ type }) => describeType(type))).toEqual(['list of PoolSettings']);
  });

  it.each([
    cv.IsArray(),
    cv.ArrayContains([1]),
    cv.ArrayNotContains([1]),
    cv.ArrayNotEmpty(),
    cv.ArrayMinSize(1),
    cv.ArrayMaxSize(1),
    cv.ArrayUnique(),
    cv.ValidateNested({ each: true }),
    cv.IsNotEmpty({ each: true }),
  ])('is a list’s with a decorator for lists', (decorator) => {
    expect(decorated(decorator, ofPool)).toBe('list of PoolSettings');
    expect(
      decorated(
        decorator,
        Type(() => URL),
      ),
    ).toBe('list of url');
  });

  it('is nobody’s where the class is none', () => {
    expect(refusal({ decorators: [Type(() => Object)] })).toEqual(VAGUE);
    expect(refusal({ decorators: [Type(() => Object)], initial: [] })).toEqual(VAGUE_LIST);
    expect(typeOf({ decorators: [Type(() => Object)], design: Number })).toBe('number');
  });
});

describe('the type of nested settings', () => {
  it('is that of @Type, or else the compiler’s or the initial value’s class', () => {
    expect(
      decorated(
        cv.ValidateNested(),
        Type(() => PoolSettings),
      ),
    ).toBe('PoolSettings');
    expect(typeOf({ decorators: [cv.ValidateNested()], design: PoolSettings })).toBe('PoolSettings');
    expect(typeOf({ decorators: [cv.ValidateNested()], design: Object, initial: new PoolSettings() })).toBe(
      'PoolSettings',
    );
    expect(typeOf({ decorators: [cv.ValidateNested(), cv.IsString()], design: PoolSettings })).toBe('PoolSettings');
  });

  it('cannot be guessed of a list, or of what is no class', () => {
    expect(refusal({ decorators: [cv.ValidateNested({ each: true })], design: Array, initial: [] })).toEqual(
      VAGUE_LIST,
    );
    for (const initial of [{}, null, undefined]) {
      expect(refusal({ decorators: [cv.ValidateNested()], design: Object, initial })).toEqual(VAGUE);
    }
  });
});

describe('the type that the compiler tells', () => {
  it.each<[string, unknown]>([
    ['string', String],
    ['number', Number],
    ['boolean', Boolean],
    ['bigint', BigInt],
    ['date', Date],
    ['url', URL],
    ['regexp', RegExp],
    ['duration', Duration],
    ['byte-size', ByteSize],
    ['PoolSettings', PoolSettings],
  ])('is %s', (type, design) => {
    expect(typeOf({ design })).toBe(type);
    // Compilers differ in it, so the initial value beats it.
    expect(typeOf({ design, initial: type === 'string' ? 1 : 'x' })).toBe(type === 'string' ? 'number' : 'string');
  });

  it.each([Object, Array, Map, Set, WeakMap, WeakSet, Function, Promise, Symbol, Buffer])(
    'is nothing where it is %p',
    (design) => {
      expect(refusal({ design })).toEqual(design === Array ? VAGUE_LIST : VAGUE);
      expect(typeOf({ design, initial: 'x' })).toBe('string');
    },
  );
});

describe('the type of the initial value', () => {
  it.each<[string, unknown]>([
    ['string', 'x'],
    ['number', 1],
    ['boolean', true],
    ['bigint', 1n],
    ['date', new Date(0)],
    ['url', new URL('http://a/')],
    ['regexp', /a/],
    ['duration', Duration.of('1s')],
    ['byte-size', ByteSize.of('1B')],
    ['PoolSettings', new PoolSettings()],
  ])('is %s', (type, initial) => {
    expect(typeOf({ initial })).toBe(type);
  });

  it.each([[null], [{}], [{ a: 1 }], [new Map()], [Symbol('x')]])('is nothing for %p', (initial) => {
    expect(refusal({ initial })).toEqual(VAGUE);
  });

  it('is nothing for a list, whose items nobody knows', () => {
    expect(refusal({ initial: ['a'] })).toEqual(VAGUE_LIST);
  });

  it('beats @IsObject, but not @Allow alone, which takes anything', () => {
    expect(typeOf({ decorators: [cv.Allow()], initial: 'x' })).toBe('anything');
    expect(typeOf({ decorators: [cv.Allow(), cv.IsInt()], initial: 'x' })).toBe('integer');
    expect(typeOf({ decorators: [cv.IsObject()], initial: {} })).toBe('anything');
    expect(typeOf({ decorators: [cv.IsObject()], initial: new PoolSettings() })).toBe('PoolSettings');
  });
});

describe('a field without a type', () => {
  it('is told with its class, and what to write', () => {
    const error = errorOf(() => planOf(classWith({ decorators: [cv.IsNotEmpty()] })));
    expect(error.message.split('\n')[0]).toBe('Settings.field has no usable type.');
  });
});
