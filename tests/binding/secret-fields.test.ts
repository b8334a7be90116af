import { describe, expect, it } from '@jest/globals';
import { Transform, Type } from 'class-transformer';
import { IsInt, IsOptional, IsString, MinLength, ValidateNested } from 'class-validator';
import { planOf } from '../../src/binding/index.js';
import { secretFields } from '../../src/binding/plan/secret-fields.js';
import { wholeSecretAt } from '../../src/core/index.js';
import { ListOf, MapOf, Secure, SecureValue } from '../../src/sections/index.js';

class Account {
  @IsString() user = 'x';
  @Secure({ level: 'encrypt' }) password!: SecureValue<unknown>;
}
class Shape {
  @IsString() kind!: string;
}
class Hidden extends Shape {
  @Secure({ level: 'sealed' }) secret!: SecureValue<unknown>;
}
class Vault {
  @Secure() key!: SecureValue<unknown>;
  @IsInt() size = 1;
  @ValidateNested() @Type(() => Account) account = new Account();
  @Secure() @ListOf(() => String) tokens: readonly SecureValue<string>[] = [];
  @Secure() @MapOf(() => String) byName: Readonly<Record<string, SecureValue<string>>> = {};
  @ListOf(() => Account) accounts: readonly Account[] = [];
  @IsOptional() @ValidateNested() @Type(() => Vault) inner?: Vault;
  @IsOptional()
  @ValidateNested()
  @Type(() => Shape, { discriminator: { property: 'kind', subTypes: [{ name: 'hidden', value: Hidden }] } })
  shape?: Shape;
}

describe('the secrets of a class', () => {
  it('are those with a place of their own, in nested classes as well, each class once on the way down', () => {
    const found = secretFields(planOf(Vault)).map(({ keys, rule }) => `${keys.join('.')}: ${rule.level}`);
    expect(found.toSorted()).toEqual(['account.password: encrypt', 'key: mask', 'shape.secret: sealed']);
  });

  it('are none where no class has one', () => {
    expect(secretFields(planOf(Shape))).toEqual([]);
  });
});

describe('what is declared of a secret', () => {
  const levelAt = (...keys: readonly string[]): string | undefined => wholeSecretAt(planOf(Vault), keys)?.level;

  it.each([
    ['mask', 'key'],
    ['encrypt', 'account.password'],
    ['mask', 'tokens.0'],
    ['mask', 'byName.any'],
    ['encrypt', 'accounts.7.password'],
    ['encrypt', 'inner.inner.account.password'],
    ['sealed', 'shape.secret'],
  ])('is %s at %s', (level, path) => {
    expect(levelAt(...path.split('.'))).toBe(level);
  });

  it.each(['size', 'account', 'account.user', 'tokens', 'key.below', 'none', 'accounts.0', 'size.below', 'shape.kind'])(
    'is nothing at %s',
    (path) => {
      expect(levelAt(...path.split('.'))).toBeUndefined();
    },
  );

  it('is nothing of the class itself', () => {
    expect(levelAt()).toBeUndefined();
  });
});

function fieldOf(...decorators: readonly PropertyDecorator[]) {
  class Settings {
    field: unknown;
  }
  for (const decorate of decorators) decorate(Settings.prototype, 'field');
  return planOf(Settings).fields[0];
}

describe('a masked text of which nothing is asked', () => {
  it('is known as one, with its rule', () => {
    const rule = { level: 'mask', form: 'text' };
    expect(fieldOf(Secure())?.masks).toEqual(rule);
    expect(fieldOf(Secure(), IsString())?.masks).toEqual(rule);
  });

  it.each<[string, readonly PropertyDecorator[]]>([
    ['encrypted', [Secure({ level: 'encrypt' })]],
    ['sealed, as text', [Secure({ level: 'sealed', as: 'text' })]],
    ['a number', [Secure(), IsInt()]],
    ['bytes', [Secure({ as: 'bytes' })]],
    ['read as text and checked as a number', [Secure({ as: 'text' }), IsInt()]],
    ['a list', [Secure(), ListOf(() => String)]],
    ['of a length', [Secure(), IsString(), MinLength(3)]],
    ['optional', [Secure(), IsOptional()]],
    ['transformed', [Secure(), Transform(({ value }) => value as unknown)]],
    ['no secret', [IsString()]],
  ])('is not one that is %s', (_, decorators) => {
    const field = fieldOf(...decorators);
    expect([field?.name, field?.masks]).toEqual(['field', undefined]);
  });
});

describe('a secret that may be left out', () => {
  it('is optional, and its validators count only when it is there', () => {
    const field = fieldOf(Secure({ optional: true }), IsString());
    const holds = [undefined, null, '', 'x'].map((value) =>
      field?.conditions.every((condition) => condition({}, value)),
    );
    expect([field?.optional, holds]).toEqual([true, [false, false, true, true]]);
  });

  it('is not one without the option', () => {
    const fields = [fieldOf(Secure()), fieldOf(Secure({ optional: false })), fieldOf(Secure(), IsOptional())];
    expect(fields.map((field) => field?.optional)).toEqual([false, false, true]);
    expect(fields.map((field) => field?.conditions.length)).toEqual([0, 0, 1]);
  });
});
