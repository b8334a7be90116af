import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { folderWith, module, removeFolder, run } from '../fake-io.js';
import { DatabaseSettings, HttpSettings } from '../shop-settings.js';

const older = module({ sections: [HttpSettings], sources: [] });
const newer = module({ sections: [DatabaseSettings], sources: [] });

let folder: string;

beforeAll(async () => {
  folder = await folderWith({ 'uno.config.ts': '', 'text.json': 'hunter2', 'other.json': '[]' });
  await run(folder, ['schema', '--out', 'old.json'], older);
  await run(folder, ['schema', '--out', 'new.json'], newer);
});

afterAll(() => removeFolder(folder));

describe('uno-config schema diff', () => {
  it('compares a schema with the classes, and ends with 0 when nothing is breaking', async () => {
    expect(await run(folder, ['schema', 'diff', 'old.json'], older)).toMatchObject({
      code: 0,
      out: 'The schemas are the same.\n',
    });
    const both = module({ sections: [HttpSettings, DatabaseSettings], sources: [] });
    expect(await run(folder, ['schema', 'diff', 'old.json'], both)).toMatchObject({
      code: 0,
      out: 'fine      database was added\n1 change, none of them breaking.\n',
    });
  });

  it('compares two files, and ends with 1 when something is', async () => {
    const { code, out } = await run(folder, ['schema', 'diff', 'old.json', 'new.json']);
    expect([code, out]).toEqual([
      1,
      'breaking  http was removed, and is refused now\nfine      database was added\n2 changes, 1 of them breaking.\n',
    ]);
    const json = await run(folder, ['schema', 'diff', 'old.json', 'new.json', '--json']);
    expect(JSON.parse(json.out)).toMatchObject({ breaking: true, changes: [{ kind: 'removed', path: 'http' }, {}] });
  });

  it.each([
    [['none.json'], 'none.json cannot be read: ENOENT.\n'],
    [['text.json'], 'text.json is not JSON.\nWrite one with uno-config schema --out <file>.\n'],
    [['other.json'], 'other.json is no schema of settings.\nWrite one with uno-config schema --out <file>.\n'],
    [['a', 'b', 'c'], 'schema diff compares two schemas.\nWrite schema diff <older> [newer].\n'],
    [[], 'schema diff needs a schema.\nWrite uno-config schema diff <schema>.\n'],
  ])('refuses %j', async (words, error) => {
    const outcome = await run(folder, ['schema', 'diff', ...words], older);
    expect(outcome).toMatchObject({
      code: 2,
      out: '',
      error: expect.stringContaining(error.split('\n')[0] ?? '') as unknown,
    });
    expect(outcome.error).not.toContain('hunter2');
  });
});
