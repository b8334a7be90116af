import { describe, expect, it } from '@jest/globals';
import { EnvName, fieldDeclarations } from '../../src/sections/index.js';

describe('@EnvName', () => {
  it('declares exact names of variables', () => {
    class Settings {
      @EnvName('PORT', '_port2') port = 80;
    }
    expect(fieldDeclarations(Settings).get('port')).toEqual({ envNames: ['PORT', '_port2'] });
  });

  it.each(['', '2PORT', 'HTTP-PORT', 'http.port', 'A B', 'PORT=', 'PÖRT', 'PORT\n', ' PORT', 'a'.repeat(50_000) + '!'])(
    'refuses %j, which no shell could set',
    (name) => {
      expect(() => EnvName('FINE', name)).toThrow(
        new TypeError(`@EnvName('${name}'): letters, digits and underscores only, and no digit first.`),
      );
    },
  );
});
