import { describe, expect, it } from '@jest/globals';
import { Type } from 'class-transformer';
import { IsInt, IsOptional, IsString, ValidateNested } from 'class-validator';
import { planOf } from '../../src/binding/index.js';
import { protectedValues } from '../../src/binding/bind/protected-values.js';
import { ListOf, MapOf, Secure, SecureValue } from '../../src/sections/index.js';

class Account {
  @IsString() user = 'x';
  @Secure({ level: 'encrypt' }) password!: SecureValue<unknown>;
}
class Shape {
  @IsString() kind = 'open';
}
class Hidden extends Shape {
  @Secure({ level: 'sealed' }) key!: SecureValue<unknown>;
}
class Vault {
  @Secure() masked!: SecureValue<unknown>;
  @Secure({ level: 'encrypt' }) encrypted!: SecureValue<unknown>;
  @Secure({ level: 'sealed' }) sealed!: SecureValue<unknown>;
  @IsInt() size = 1;
  @Secure({ level: 'encrypt' }) @ListOf(() => String) tokens: readonly SecureValue<string>[] = [];
  @Secure({ level: 'encrypt' }) @MapOf(() => String) byName: Readonly<Record<string, SecureValue<string>>> = {};
  @Secure() @ListOf(() => String) hints: readonly SecureValue<string>[] = [];
  @ListOf(() => Account) accounts: readonly Account[] = [];
  @IsOptional() @ValidateNested() @Type(() => Vault) inner?: Vault;
  @IsOptional()
  @ValidateNested()
  @Type(() => Shape, { discriminator: { property: 'kind', subTypes: [{ name: 'hidden', value: Hidden }] } })
  shape?: Shape;
}

function found(raw: unknown): readonly string[] {
  return protectedValues(planOf(Vault), raw, ['vault']).map(
    ({ path, value, rule }) => `${path.join('.')} = ${String(value)} (${rule.level})`,
  );
}

describe('the values that are to be kept encrypted', () => {
  it.each<[string, object, readonly string[]]>([
    ['single ones', { encrypted: 'e', sealed: 's' }, ['vault.encrypted = e (encrypt)', 'vault.sealed = s (sealed)']],
    ['items of a list', { tokens: ['a', 'b'] }, ['vault.tokens.0 = a (encrypt)', 'vault.tokens.1 = b (encrypt)']],
    ['values of a map', { byName: { a: 1 } }, ['vault.byName.a = 1 (encrypt)']],
    ['those in a list of groups', { accounts: [{ password: 'p' }] }, ['vault.accounts.0.password = p (encrypt)']],
    ['those of a class within itself', { inner: { sealed: 's' } }, ['vault.inner.sealed = s (sealed)']],
    [
      'those of the class that a key selects',
      { shape: { kind: 'hidden', key: 'k' } },
      ['vault.shape.key = k (sealed)'],
    ],
  ])('are %s', (_, raw, values) => {
    expect(found(raw)).toEqual(values);
  });

  it.each<[string, unknown]>([
    ['what is only masked', { masked: 'm', hints: ['h'] }],
    ['what is no secret', { size: 5, accounts: [{ user: 'u' }] }],
    ['null, which sets nothing', { encrypted: null, tokens: null, inner: null, accounts: [null] }],
    ['anything in a value that has not the shape of its field', { tokens: 'a,b', inner: 'x', accounts: { size: 5 } }],
    ['what another class would hide', { shape: { kind: 'open', key: 'k' } }],
    ['anything where there is no group', undefined],
    ['anything in a single value', 'text'],
    ['what a map only inherits', Object.create({ encrypted: 'e' }) as object],
  ])('are not %s', (_, raw) => {
    expect(found(raw)).toEqual([]);
  });
});
