import { describe, expect, it } from '@jest/globals';
import {
  ArrayMaxSize,
  ArrayMinSize,
  IsAlpha,
  IsAlphanumeric,
  IsAscii,
  IsBase32,
  IsBase58,
  IsBase64,
  IsByteLength,
  IsDivisibleBy,
  IsHexadecimal,
  IsInt,
  IsJSON,
  IsJWT,
  IsLowercase,
  IsNegative,
  IsNotEmpty,
  IsNumberString,
  IsPositive,
  IsString,
  IsStrongPassword,
  IsUppercase,
  IsUrl,
  IsUUID,
  Length,
  Matches,
  Max,
  MaxLength,
  Min,
  MinLength,
  validateSync,
} from 'class-validator';
import { secretWords } from '../../src/binding/bind/secret-words.js';
import { storedValidations } from '../../src/binding/fields/validation-metadata.js';

/** What is said of a value that the decorator refuses: by class-validator, without the field's name, and of a secret. */
function words(decorate: PropertyDecorator, value: unknown): [string, string | undefined] {
  class Vault {
    key = value;
  }
  decorate(Vault.prototype, 'key');
  const [said = ''] = Object.values(validateSync(new Vault())[0]?.constraints ?? {});
  const [validation] = storedValidations(Vault, {});
  return [said.replace('key ', ''), validation && secretWords(validation)];
}

/** Refused by all decorators of a type. */
const NOTHING = Symbol('nothing');

describe('what is said of a secret', () => {
  it.each<[string, PropertyDecorator, unknown]>([
    ['MinLength', MinLength(12), NOTHING],
    ['MaxLength', MaxLength(12), 'a'.repeat(13)],
    ['Length', Length(12), ''],
    ['Min', Min(0.5), NOTHING],
    ['Max', Max(-7), NOTHING],
    ['IsDivisibleBy', IsDivisibleBy(3), NOTHING],
    ['ArrayMinSize', ArrayMinSize(2), NOTHING],
    ['ArrayMaxSize', ArrayMaxSize(2), NOTHING],
    ['IsPositive', IsPositive(), NOTHING],
    ['IsNegative', IsNegative(), NOTHING],
    ['IsInt', IsInt(), NOTHING],
    ['IsString', IsString(), NOTHING],
    ['IsNotEmpty', IsNotEmpty(), ''],
    ['IsAlpha', IsAlpha(), NOTHING],
    ['IsAlphanumeric', IsAlphanumeric(), NOTHING],
    ['IsAscii', IsAscii(), NOTHING],
    ['IsBase32', IsBase32(), NOTHING],
    ['IsBase58', IsBase58(), NOTHING],
    ['IsBase64', IsBase64(), NOTHING],
    ['IsHexadecimal', IsHexadecimal(), NOTHING],
    ['IsJSON', IsJSON(), NOTHING],
    ['IsJWT', IsJWT(), NOTHING],
    ['IsLowercase', IsLowercase(), NOTHING],
    ['IsUppercase', IsUppercase(), NOTHING],
    ['IsNumberString', IsNumberString(), NOTHING],
    ['IsUrl', IsUrl(), NOTHING],
    ['IsUUID', IsUUID('4'), NOTHING],
    ['IsStrongPassword', IsStrongPassword({ minLength: 12 }), ''],
  ])('are the words of @%s', (_name, decorate, value) => {
    const [said, ofSecret] = words(decorate, value);
    expect(said).not.toBe('');
    expect(ofSecret).toBe(said);
  });

  it('tells all bounds, and not which of them was crossed', () => {
    expect(words(Length(3, 5), 'ab')[1]).toBe(
      'must be longer than or equal to 3 and shorter than or equal to 5 characters',
    );
    expect(words(IsByteLength(32, 64), 'ab')[1]).toBe('must have at least 32 and at most 64 bytes');
    expect(words(IsByteLength(32), 'ab')[1]).toBe('must have at least 32 bytes');
  });

  it('names the items of a list', () => {
    expect(words(MinLength(3, { each: true }), ['ab'])).toEqual([
      'each value in must be longer than or equal to 3 characters',
      'each value must be longer than or equal to 3 characters',
    ]);
  });

  it.each<[string, PropertyDecorator]>([
    ['words of the service’s own', MinLength(3, { message: 'not $value' })],
    ['what may be compared with the value', Matches(/x/)],
    ['a bound that is no number', Min('secret' as never)],
  ])('is nothing for %s', (_name, decorate) => {
    expect(words(decorate, 'ab')[1]).toBeUndefined();
  });
});
