import { describe, expect, it } from '@jest/globals';
import { fieldDeclarations, MapOf } from '../../src/sections/index.js';

describe('@MapOf', () => {
  it('declares a map of the type', () => {
    const numbers = (): typeof Number => Number;
    class Settings {
      @MapOf(numbers) discounts: Readonly<Record<string, number>> = {};
    }
    expect(fieldDeclarations(Settings).get('discounts')).toEqual({ type: { kind: 'map', item: numbers } });
  });
});
