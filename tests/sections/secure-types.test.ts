// What TypeScript itself refuses: each error that is expected must be there, or the compiler stops at its line.
import { describe, expect, it } from '@jest/globals';
import { fieldDeclarations, Secure, type SecureValue } from '../../src/sections/index.js';

class Settings {
  @Secure() readonly password!: SecureValue<string>;
  @Secure({ optional: true }) readonly pin?: SecureValue<number>;
  @Secure({ as: 'bytes' }) readonly key: SecureValue<Buffer> | null = null;
  @Secure() readonly tokens: readonly SecureValue<string>[] = [];
  @Secure() readonly byName: Readonly<Record<string, SecureValue<string>>> = {};
  @Secure() private readonly own!: SecureValue<string>;

  isOwn(): boolean {
    return this.own.equals('x');
  }
}

class Refused {
  // @ts-expect-error a text shows wherever it goes
  @Secure() readonly password!: string;
  // @ts-expect-error an optional one as well
  @Secure() readonly pin?: number;
  // @ts-expect-error and so do the items of a list
  @Secure() readonly tokens: readonly string[] = [];
  // @ts-expect-error or the values of a map
  @Secure() readonly byName: Readonly<Record<string, string>> = {};
  // @ts-expect-error one of two types is not enough
  @Secure() readonly either!: SecureValue<string> | string;
}

/** A decorator that is put together from others. */
function Password(): PropertyDecorator {
  const decorators: readonly PropertyDecorator[] = [Secure({ level: 'encrypt' })];
  return (prototype, property) => {
    for (const decorate of decorators) decorate(prototype, property);
  };
}

class Composed {
  @Password() readonly password!: SecureValue<string>;
}

describe('Secure', () => {
  it('takes fields whose type says that they hold secrets, and declares them all the same where that is ignored', () => {
    const names = [Settings, Refused, Composed].map((target) => [...fieldDeclarations(target).keys()]);
    expect(names).toEqual([
      ['password', 'pin', 'key', 'tokens', 'byName', 'own'],
      ['password', 'pin', 'tokens', 'byName', 'either'],
      ['password'],
    ]);
    expect(new Settings().isOwn.name).toBe('isOwn');
  });
});
