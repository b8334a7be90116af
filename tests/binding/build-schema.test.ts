import { describe, expect, it } from '@jest/globals';
import { Type } from 'class-transformer';
import { IsInt, IsString, ValidateNested } from 'class-validator';
import { buildSchema, planOf } from '../../src/binding/index.js';
import type { SchemaNode, SectionNode } from '../../src/core/index.js';
import { errorOf } from '../core/error-of.js';
import { Alias, EnvName, Merge, type SectionClass } from '../../src/sections/index.js';

class PoolSettings {
  @IsInt() maxSize = 1;
}

class AppSettings {
  @Alias('server') @IsString() host = 'x';
  @ValidateNested() @Type(() => PoolSettings) @Alias('db') @EnvName('POOL') pool = new PoolSettings();
  @Merge('append') @IsString({ each: true }) names: readonly string[] = [];
}

const place = (target: SectionClass, ...path: readonly string[]) => ({ path, schema: planOf(target) });
const at = (node: SchemaNode | undefined, ...path: readonly string[]): SchemaNode | undefined =>
  path.reduce((above, key) => (above?.kind === 'section' ? above.keys.get(key)?.node : undefined), node);
const keysOf = (node: SchemaNode | undefined): unknown => node?.kind === 'section' && [...node.keys.keys()];

describe('the schema of all sections', () => {
  it('has each at its path, and shares its own schema where nobody else sits there', () => {
    const root = buildSchema([place(AppSettings, 'app'), place(PoolSettings, 'data', 'main-pool')], false);
    expect(keysOf(root)).toEqual(['app', 'data']);
    expect(at(root, 'app')).toBe(planOf(AppSettings));
    expect(at(root, 'data', 'main-pool')).toBe(planOf(PoolSettings));
    expect([...root.spellings]).toEqual([
      ['app', 'app'],
      ['data', 'data'],
    ]);
    const data = at(root, 'data') as SectionNode;
    expect([...data.spellings]).toEqual([['mainpool', 'main-pool']]);
    expect(data.keys.get('main-pool')).toMatchObject({
      name: 'main-pool',
      aliases: [],
      envNames: [],
      secret: false,
    });
  });

  it.each([true, false])('is open above sections when asked for (%p), and closed in them', (open) => {
    const root = buildSchema([place(AppSettings, 'a', 'b'), place(PoolSettings, 'a', 'b', 'c')], open);
    const opened = [root, at(root, 'a'), at(root, 'a', 'b'), at(root, 'a', 'b', 'c')];
    expect(opened.map((node) => node?.kind === 'section' && node.open)).toEqual([open, open, false, false]);
  });

  it('joins a section that sits inside another one with its fields', () => {
    const app = planOf(AppSettings);
    const root = buildSchema([place(AppSettings, 'app'), place(PoolSettings, 'app', 'inner')], false);
    const joined = at(root, 'app') as SectionNode;
    expect(keysOf(joined)).toEqual(['host', 'pool', 'names', 'inner']);
    expect([joined.keys.get('host'), joined.spellings.get('server')]).toEqual([app.keys.get('host'), 'host']);
    expect(at(joined, 'inner')).toBe(planOf(PoolSettings));
    expect(keysOf(app)).toEqual(['host', 'pool', 'names']);
  });

  it('joins a section with the nested one of a field, which keeps its names', () => {
    class Extra {
      @IsString() more = 'x';
    }
    const root = buildSchema([place(Extra, 'app', 'pool'), place(AppSettings, 'app')], false);
    const app = at(root, 'app') as SectionNode;
    expect(app.keys.get('pool')).toMatchObject({ name: 'pool', aliases: ['db'], envNames: ['POOL'], secret: false });
    expect(keysOf(at(app, 'pool'))).toEqual(['maxSize', 'more']);
    expect([app.keys.get('names')?.merge, app.spellings.get('db')]).toEqual(['append', 'pool']);
    expect('merge' in (app.keys.get('pool') ?? {})).toBe(false);
  });

  it('joins two sections at one path', () => {
    const root = buildSchema([place(PoolSettings, 'a'), place(AppSettings, 'a')], false);
    expect(keysOf(at(root, 'a'))).toEqual(['maxSize', 'host', 'pool', 'names']);
  });

  it('keeps a spelling that a field has', () => {
    class Twin {
      @Alias('inner-part') @IsString() part = 'x';
    }
    const root = buildSchema([place(Twin, 'a'), place(PoolSettings, 'a', 'innerPart')], false);
    expect((at(root, 'a') as SectionNode).spellings.get('innerpart')).toBe('part');
  });

  it('refuses a section where another one has a field that is no section', () => {
    const error = errorOf(() =>
      buildSchema([place(AppSettings, 'app'), place(PoolSettings, 'app', 'host', 'x')], false),
    );
    expect([error.code, error.category, error.message]).toEqual([
      'ambiguous-key',
      'binding',
      'The section "app.host.x" sits where another section has the field "host".\nGive one of the two sections another path.',
    ]);
  });
});
