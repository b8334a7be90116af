import { describe, expect, it } from '@jest/globals';
import { ConfigSection, sectionDeclaration } from '../../src/sections/index.js';

describe('@ConfigSection', () => {
  it('declares the path, with version 1', () => {
    @ConfigSection('http.server')
    class Settings {}
    expect(sectionDeclaration(Settings)).toEqual({ path: 'http.server', version: 1 });
  });

  it('takes a version and a description', () => {
    @ConfigSection('http', { version: 3, description: 'The server.' })
    class Settings {}
    expect(sectionDeclaration(Settings)).toEqual({ path: 'http', version: 3, description: 'The server.' });
  });

  it('takes the empty path, which is the root of the configuration', () => {
    @ConfigSection('')
    class Settings {}
    expect(sectionDeclaration(Settings)).toEqual({ path: '', version: 1 });
  });

  it.each([
    ['a..b', '@ConfigSection(path): "a..b" is not a path: it cannot be read from character 2 on.'],
    ['__proto__', '@ConfigSection(path): "__proto__" is not a path: the key "__proto__" is reserved.'],
  ])('refuses the path %j', (path, message) => {
    expect(() => ConfigSection(path)).toThrow(TypeError);
    expect(() => ConfigSection(path)).toThrow(message);
  });

  it.each([0, -1, 1.5, NaN, Infinity, 2 ** 53])('refuses the version %p', (version) => {
    expect(() => ConfigSection('http', { version })).toThrow(
      `@ConfigSection('http'): version must be a whole number from 1 on; got ${String(version)}.`,
    );
  });
});
