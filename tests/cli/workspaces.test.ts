import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { join } from 'node:path';
import { defineConfig } from '../../src/runtime/index.js';
import { object } from '../../src/sources/index.js';
import { folderWith, module, removeFolder, run } from './fake-io.js';
import { DatabaseSettings, HttpSettings } from './shop-settings.js';

const workspaces = { orders: 'services/orders', billing: 'services/billing' };

let folder: string;

beforeAll(async () => {
  folder = await folderWith({
    'uno.config.ts': '',
    'services/orders/uno.config.ts': '',
    'services/billing/uno.config.ts': '',
    'services/orders/app.yaml': 'http:\n  port: 3001\n',
  });
});

afterAll(() => removeFolder(folder));

const definitions: Readonly<Record<string, unknown>> = {
  'uno.config.ts': module(defineConfig({ workspaces }) as never),
  'services/orders/uno.config.ts': module({ sections: [HttpSettings], sources: [object({ http: { port: 1 } })] }),
  'services/billing/uno.config.ts': module({ sections: [DatabaseSettings], sources: [object({ http: { port: 2 } })] }),
};

const command = (words: readonly string[], changes: Readonly<Record<string, unknown>> = {}) => {
  const all = { ...definitions, ...changes };
  return run(folder, words, (file: string) => all[file.slice(folder.length + 1).replaceAll('\\', '/')]);
};

describe('workspaces', () => {
  it('runs a command in each, and ends with the worst of their exit codes', async () => {
    const { code, out, folders } = await command(['validate', '--env', 'test']);
    expect(code).toBe(1);
    expect(out).toMatch(/^# orders\ntest: all 3 settings are valid\.\n# billing\ntest: 1 setting is not valid/);
    expect(folders).toEqual([...Object.values(workspaces).map((each) => join(folder, each)), folder]);
  });

  it('makes one object of what they print as JSON', async () => {
    const { code, out } = await command(['list', '--json']);
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ orders: [{ section: 'http' }], billing: [{ section: 'database' }] });
  });

  it('goes on where one cannot be used, and says of it that it said nothing', async () => {
    const { code, out, error } = await command(['list', '--json'], { 'services/orders/uno.config.ts': {} });
    expect([code, error]).toEqual([2, expect.stringContaining('uno.config.ts does not export what is to be loaded.')]);
    expect(JSON.parse(out)).toMatchObject({ orders: null, billing: [{ section: 'database' }] });
  });

  it('runs it in one that is named, in its folder', async () => {
    const { code, out, folders } = await command(['print', '--workspace', 'orders', '--env', 'test']);
    expect([code, out]).toEqual([0, expect.stringMatching(/^http:\n {2}port: 1\n/)]);
    expect(folders).toEqual([join(folder, 'services/orders')]);
  });

  it.each([
    [['validate', '--workspace', 'order'], 'uno.config.ts has no workspace "order".\nDid you mean orders?\n'],
    [['validate', '--workspace', 'x'], 'uno.config.ts has no workspace "x".\nThe workspaces are orders, billing.\n'],
    [['watch'], 'watch works in one workspace.\nName it: --workspace orders|billing.\n'],
    [
      ['validate', '--cwd', 'services/orders', '--workspace', 'orders'],
      "uno.config.ts lists no workspaces.\nWrite: export default defineConfig({ workspaces: { orders: 'services/orders' } });\n",
    ],
  ])('refuses %j', async (words, message) => {
    await expect(command(words)).resolves.toMatchObject({ code: 2, out: '', error: `uno-config: ${message}` });
  });

  it('says which folder is not there', async () => {
    const moved = module(
      defineConfig({ workspaces: { orders: 'services/orders', billing: 'services/bills' } }) as never,
    );
    const { code, out, error } = await command(['list'], { 'uno.config.ts': moved });
    expect([code, out]).toEqual([2, expect.stringContaining('# orders\n')]);
    expect(error).toBe(
      `uno-config: uno.config.ts lists the workspace billing, whose folder is not there.\nIt was looked for at ${join(folder, 'services/bills')}.\n`,
    );
  });

  it('refuses workspaces in a workspace', async () => {
    const { code, error } = await command(['list'], { 'services/orders/uno.config.ts': definitions['uno.config.ts'] });
    expect([code, error]).toEqual([
      2,
      'uno-config: uno.config.ts lists workspaces, and is a workspace itself.\nList the folders of the inner one in the outer one.\n',
    ]);
  });

  it.each([[{}], [{ orders: '' }], [{ 'a b': 'x' }], [['services/*']]])('are folders by name, not %j', (given) => {
    expect(() => defineConfig({ workspaces: given as never })).toThrow(
      /^workspaces must be folders by name, such as \{ orders: "services\/orders" \}; got /,
    );
  });
});
