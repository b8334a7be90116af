import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { IsOptional, IsString } from 'class-validator';
import { ConfigSection, MapOf } from '../../src/sections/index.js';
import { yamlFile } from '../../src/sources/index.js';
import { folderWith, module, removeFolder, run } from './fake-io.js';

/** Marks and overrides of the direction of writing, and the one-byte form of ESC [. */
const OBEYED = ['\u061c', '\u200e', '\u200f', '\u202e', '\u2066', '\u2069', '\u009b'];

@ConfigSection('shop')
class ShopSettings {
  @IsString() name = '';
  @IsOptional() @IsString() title?: string;
  @MapOf(() => String) labels: Record<string, string> = {};
}

let folder: string;
beforeEach(async () => {
  folder = await folderWith({ 'uno.config.ts': '' });
});
afterEach(() => removeFolder(folder));

const hostile = `x${OBEYED.join('y')}z`;
const definition = (): unknown => module({ sections: [ShopSettings], sources: [yamlFile(join(folder, 'app.yaml'))] });

describe('what a terminal would obey', () => {
  it.each([
    ['print'],
    ['print', '--json'],
    ['tree'],
    ['tree', '--json'],
    ['explain', 'shop.name'],
    ['explain', 'shop.name', '--json'],
    ['explain', 'shop.labels'],
    ['render', '--env', 'test'],
    ['validate', '--json'],
  ])('is not printed as it is by %s %s %s', async (...words: string[]) => {
    await writeFile(
      join(folder, 'app.yaml'),
      JSON.stringify({ shop: { name: hostile, labels: { [hostile]: hostile } } }),
    );
    const { out, error } = await run(folder, [...words, '--env', 'test'], definition());
    expect(out).not.toBe('');
    expect(OBEYED.filter((character) => `${out}${error}`.includes(character))).toEqual([]);
  });

  it('is not printed by an error either, whose lines stay lines', async () => {
    await writeFile(
      join(folder, 'app.yaml'),
      JSON.stringify({ shop: { name: 1, [hostile]: hostile, title: [hostile] } }),
    );
    for (const words of [['validate'], ['print'], ['validate', '--json']]) {
      const { out, error } = await run(folder, [...words, '--env', 'test'], definition());
      expect(`${out}${error}`.split('\n').length).toBeGreaterThan(3);
      expect(OBEYED.filter((character) => `${out}${error}`.includes(character))).toEqual([]);
    }
  });
});
