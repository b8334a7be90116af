import { describe, expect, it } from '@jest/globals';
import { Allow, IsDate, IsInt, IsNumber, IsObject, IsOptional, IsString, MinLength } from 'class-validator';
import { describeType, planOf, type FieldType } from '../../src/binding/index.js';
import { SecureValue } from '../../src/core/index.js';
import { ListOf, MapOf, Secure, type SectionClass } from '../../src/sections/index.js';
import { errorOf } from '../core/error-of.js';

class Reader {
  declare private readonly reads: string;
}

function classWith(decorators: readonly PropertyDecorator[], design?: unknown, initial?: unknown): SectionClass {
  class Vault {
    key: unknown = initial;
  }
  for (const decorate of decorators.toReversed()) decorate(Vault.prototype, 'key');
  if (design !== undefined) Reflect.defineMetadata('design:type', design, Vault.prototype, 'key');
  return Vault;
}

function typeOf(decorators: readonly PropertyDecorator[], design?: unknown, initial?: unknown): FieldType | undefined {
  return planOf(classWith(decorators, design, initial)).fields[0]?.type;
}

describe('the type of a secret', () => {
  it('is a text when nothing else is said, and its validators then see what it opens to', () => {
    expect(typeOf([Secure()])).toStrictEqual({
      kind: 'secret',
      item: { kind: 'text' },
      rule: { level: 'mask', form: 'text' },
      checksText: false,
    });
    expect(typeOf([Secure(), IsString()])).toMatchObject({ item: { kind: 'text' }, checksText: true });
  });

  it.each<[string, string, readonly PropertyDecorator[]]>([
    ['text', 'text', [Secure(), IsString()]],
    ['integer', 'number', [Secure(), IsInt()]],
    ['number', 'number', [Secure(), IsNumber()]],
    ['anything', 'json', [Secure(), IsObject()]],
    ['anything', 'json', [Secure({ as: 'json' })]],
    ['anything', 'json', [Secure({ as: 'json' }), IsString()]],
    ['text', 'text', [Secure({ as: 'text' }), IsInt()]],
    ['text', 'bytes', [Secure({ as: 'bytes' })]],
    ['number', 'number', [Secure({ as: 'number' })]],
    ['number', 'number', [Secure({ as: 'number' }), IsString()]],
    ['integer', 'number', [Secure({ as: 'number' }), IsInt()]],
  ])('is read as %s and opens to %s', (item, form, decorators) => {
    expect(typeOf(decorators)).toMatchObject({ kind: 'secret', item: { kind: item }, rule: { form } });
  });

  it('is not told by the wrapper itself', () => {
    expect(typeOf([Secure()], SecureValue)).toMatchObject({ item: { kind: 'text' }, checksText: false });
    expect(typeOf([Secure()], undefined, SecureValue.of(5))).toMatchObject({
      item: { kind: 'text' },
      checksText: false,
    });
  });

  it.each([Array, Map, Object, Function])('is not told by %p, which compilers write for much', (design) => {
    expect(typeOf([Secure(), IsString()], design)).toMatchObject({ kind: 'secret', item: { kind: 'text' } });
  });

  it('may be the wrapper of another copy of the package', () => {
    class Other {}
    Object.defineProperty(Other.prototype, Symbol.for('uno-config.SecureValue'), { value: true });
    expect(typeOf([Secure()], Other, new Other())).toMatchObject({ kind: 'secret' });
  });

  it('opens a sealed text to bytes, unless the class asks for text', () => {
    const forms = [
      [Secure({ level: 'sealed' })],
      [Secure({ level: 'sealed', as: 'text' })],
      [Secure({ level: 'sealed' }), IsInt()],
      [Secure({ level: 'encrypt' })],
    ].map((decorators) => typeOf(decorators));
    expect(forms.map((type) => type?.kind === 'secret' && [type.rule.level, type.rule.form])).toEqual([
      ['sealed', 'bytes'],
      ['sealed', 'text'],
      ['sealed', 'number'],
      ['encrypt', 'text'],
    ]);
  });

  it('is that of every item of a list or a map', () => {
    expect(typeOf([Secure(), ListOf(() => String)])).toMatchObject({ kind: 'list', item: { kind: 'secret' } });
    expect(typeOf([Secure(), MapOf(() => Number)])).toMatchObject({
      kind: 'map',
      item: { kind: 'secret', item: { kind: 'number' }, checksText: true },
    });
  });

  it('says who may open it, and what goes on record, where the class does', () => {
    expect(typeOf([Secure({ readers: () => [Reader], audit: 'required' })])).toMatchObject({
      rule: { level: 'mask', form: 'text', readers: [Reader], audit: 'required' },
    });
    expect(typeOf([Secure({ readers: [Reader] })])).toMatchObject({ rule: { readers: [Reader] } });
  });

  it('is told as a secret', () => {
    expect(['x'].map(() => typeOf([Secure()])).map((type) => type && describeType(type))).toEqual(['secret string']);
  });

  it.each<[string, string, unknown, unknown]>([
    ['string', 'string', String, undefined],
    ['number', 'number', Number, undefined],
    ['Buffer', 'Buffer', Buffer, undefined],
    ['boolean', '…', Boolean, undefined],
    ['Date', '…', Date, undefined],
    ['Reader', '…', Reader, undefined],
    // Without the compiler's metadata.
    ['string', 'string', undefined, 'hunter2'],
    ['number', 'number', undefined, 5],
    ['URL', '…', undefined, new URL('https://a')],
  ])('is no %s, whatever else is declared of the field', (type, opened, design, initial) => {
    for (const decorators of [[Secure()], [Secure({ as: 'text' })], [Secure(), IsString()]]) {
      const error = errorOf(() => planOf(classWith(decorators, design, initial)));
      expect([error.code, error.category, error.message]).toEqual([
        'secure-field-type',
        'binding',
        `Vault.key is declared with @Secure, so that it holds a SecureValue, and its type is ${type}.\n` +
          `Type it SecureValue<${opened}> and open it with use(…); a default is written SecureValue.of(…).`,
      ]);
    }
  });

  it('cannot be one of another kind of value', () => {
    const error = errorOf(() => planOf(classWith([Secure(), IsDate()])));
    expect([error.code, error.category, error.message]).toEqual([
      'field-without-type',
      'binding',
      'Vault.key cannot be a secret of that type: a secret opens to text, a number, bytes or JSON.\n' +
        "Say which: @Secure({ as: 'text' }), 'number', 'bytes' or 'json'.",
    ]);
    expect(typeOf([Secure({ as: 'text' }), IsDate()])).toMatchObject({
      item: { kind: 'text' },
      rule: { form: 'text' },
    });
  });
});

describe('a SecureValue without @Secure', () => {
  it.each([
    ['the compiler', [SecureValue, undefined]],
    ['the initial value', [undefined, SecureValue.of('x')]],
  ])('is refused, whether %s or another tells of it', (_, [design, initial]) => {
    const error = errorOf(() => planOf(classWith([], design, initial)));
    expect([error.code, error.category, error.message.split('\n')[0]]).toEqual([
      'field-without-type',
      'binding',
      'Vault.key is a SecureValue, but is not declared as a secret.',
    ]);
  });

  it.each<[string, readonly PropertyDecorator[], unknown, unknown]>([
    ['IsString', [IsString()], SecureValue, undefined],
    ['MinLength', [MinLength(4)], SecureValue, undefined],
    ['IsInt', [IsInt()], SecureValue, undefined],
    ['Allow', [Allow()], undefined, SecureValue.of('x')],
    ['a list', [ListOf(() => String)], Array, [SecureValue.of('x')]],
    ['a map', [MapOf(() => String)], Object, { a: SecureValue.of('x') }],
    ['IsOptional', [IsOptional(), IsString()], SecureValue, undefined],
  ])('is refused whatever other decorators say: %s', (_, decorators, design, initial) => {
    const error = errorOf(() => planOf(classWith(decorators, design, initial)));
    expect(error.message.split('\n')[0]).toBe('Vault.key is a SecureValue, but is not declared as a secret.');
  });
});
