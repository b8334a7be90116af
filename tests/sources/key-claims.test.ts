import { describe, expect, it, jest } from '@jest/globals';
import fc from '../fast-check.js';
import type { SectionNode } from '../../src/core/index.js';
import { ConfigError } from '../../src/core/index.js';
import { keyNamesOf } from '../../src/sources/names/key-claims.js';
import { spellName } from '../../src/sources/names/key-names.js';
import { resolveName } from '../../src/sources/names/key-resolve.js';
import { caught } from './caught.js';
import { leaf, listOf, mapOf, section } from './schema-of.js';

describe('keyNamesOf', () => {
  it('checks once for a schema, prefix and separator', () => {
    const schema = section({ database: section({ port: leaf() }) });
    const names = keyNamesOf(schema, 'APP_', '__');
    expect([keyNamesOf(schema, 'APP_', '__'), keyNamesOf(schema, 'OTHER_', '__')]).toEqual([
      names,
      expect.objectContaining({ prefix: 'OTHER_' }),
    ]);
    expect(keyNamesOf(schema, 'APP_', '__')).toBe(names);
  });

  it('refuses two fields with one name, naming the name and both', async () => {
    const schema = section({ pool: section({ aB: leaf(), a$b: leaf() }) });
    const error = await caught(() => keyNamesOf(schema, 'APP_', '__'));
    expect(error).toMatchObject({ code: 'ambiguous-environment-name', category: 'binding' });
    expect(error.message).toBe(
      'Some fields of the settings classes claim the same environment name.\n' +
        '  - pool.aB: shares the environment name APP_POOL__A_B with pool.a$b\n' +
        '    Rename one of the two fields, or change what @Alias or @EnvName declares.',
    );
  });

  it.each([
    ['two top-level keys', section({ aB: section({}), a$b: section({}) }), 'APP_A_B'],
    [
      'an alias and a field',
      section({ x: section({ one: { node: leaf(), aliases: ['two!'] }, two: leaf() }) }),
      'APP_X__TWO',
    ],
    ['the items of a list', section({ x: listOf(section({ aB: leaf(), a$b: leaf() })) }), 'APP_X__0__A_B'],
    ['the values of a map', section({ x: mapOf(section({ aB: leaf(), a$b: leaf() })) }), 'APP_X__0__A_B'],
    [
      'two declared names',
      section({ x: section({ a: { node: leaf(), envNames: ['PORT'] }, b: { node: leaf(), envNames: ['PORT'] } }) }),
      'PORT',
    ],
    [
      'a declared and a spelled name',
      section({ x: section({ a: { node: leaf(), envNames: ['APP_X__B'] }, b: leaf() }) }),
      'APP_X__B',
    ],
  ])('finds the clash of %s', async (_, schema, name) => {
    const { issues } = await caught(() => keyNamesOf(schema, 'APP_', '__'));
    expect(issues.map(({ message }) => message)).toEqual([
      expect.stringContaining(`the environment name ${name} with`),
    ]);
  });

  it('lets one section class stand in two places', () => {
    const shared = section({ port: leaf() });
    const names = keyNamesOf(section({ one: shared, two: shared }), '', '__');
    expect(['ONE__PORT', 'TWO__PORT'].map((name) => resolveName(name, names))).toMatchObject([
      { path: ['one', 'port'] },
      { path: ['two', 'port'] },
    ]);
  });

  it('refuses a declared name of a section class that stands in two places', async () => {
    const shared = section({ port: { node: leaf(), envNames: ['PORT'] } });
    const error = await caught(() => keyNamesOf(section({ one: shared, two: shared }), '', '__'));
    expect(error.message).toContain('one.port: shares the environment name PORT with two.port');
  });

  it('ends on a section that holds itself', () => {
    const keys = new Map();
    const tree = { ...section({}), keys };
    keys.set('child', { name: 'child', node: tree, aliases: [], envNames: [], secret: false });
    keys.set('children', { name: 'children', node: listOf(tree), aliases: [], envNames: [], secret: false });
    expect(keyNamesOf(section({ tree }), 'APP_', '__').declared.size).toBe(0);
  });

  it('looks at no class whose names are plain', () => {
    const keys = new Map();
    const looked = jest.spyOn(keys, 'values');
    keyNamesOf(section({ plain: { ...section({}), keys, plainNames: true } }), 'APP_', '__');
    expect(looked).not.toHaveBeenCalled();
    keyNamesOf(section({ plain: { ...section({}), keys } }), 'APP_', '__');
    expect(looked).toHaveBeenCalled();
  });

  it('gives different fields different names, or says that it cannot', () => {
    const key = fc.stringMatching(/^[a-zA-Z][a-zA-Z0-9_$-]{0,5}$/);
    fc.assert(
      fc.property(fc.uniqueArray(key, { minLength: 1, maxLength: 12 }), (keys) => {
        const schema = section({ root: section(Object.fromEntries(keys.map((name) => [name, leaf()]))) });
        const names = namesOf(schema, keys);
        expect(names === 'ambiguous-environment-name' || new Set(names).size === keys.length).toBe(true);
      }),
    );
  });
});

function namesOf(schema: SectionNode, keys: readonly string[]): readonly string[] | string {
  try {
    const names = keyNamesOf(schema, 'APP_', '__');
    return keys.map((name) => spellName(names, ['root', name]));
  } catch (error) {
    return ConfigError.is(error) ? error.code : 'another error';
  }
}
