import { describe, expect, it } from '@jest/globals';
import { Alias, fieldDeclarations } from '../../src/sections/index.js';

describe('@Alias', () => {
  it('declares other keys of a field', () => {
    class Settings {
      @Alias('hostname', 'server.name') host = '';
    }
    expect(fieldDeclarations(Settings).get('host')).toEqual({ aliases: ['hostname', 'server.name'] });
  });

  it.each(['', '__proto__', 'constructor', 'prototype'])('refuses %j', (key) => {
    expect(() => Alias('fine', key)).toThrow(
      new TypeError(`@Alias('${key}'): an alias is a non-empty, unreserved key.`),
    );
  });
});
