import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { join } from 'node:path';
import { yamlFile } from '../../src/sources/index.js';
import { folderWith, module, removeFolder, run } from './fake-io.js';
import { HttpSettings } from './shop-settings.js';

let folder: string;

beforeAll(async () => {
  folder = await folderWith({
    'uno.config.ts': '',
    'app.yaml':
      '$params:\n  port: { type: integer, default: 1 }\n  host: { type: string, default: shop }\nhttp:\n  port: ${param:port}\n  host: ${param:host}\n',
  });
});

afterAll(() => removeFolder(folder));

const print = (...words: string[]) => {
  const exported = module({
    sections: [HttpSettings],
    sources: [yamlFile(join(folder, 'app.yaml'), { name: 'app.yaml' })],
    params: { port: 2 },
  });
  return run(folder, ['print', '--env', 'test', '--format', 'json', ...words], exported);
};

describe('--set', () => {
  it('fills parameters over those of the definition, each time it is written', async () => {
    expect(JSON.parse((await print()).out)).toMatchObject({ http: { port: 2, host: 'shop' } });
    const { code, out } = await print('--set', 'port=3', '--set', 'host=a=b');
    expect([code, JSON.parse(out)]).toMatchObject([0, { http: { port: 3, host: 'a=b' } }]);
  });

  it.each<[words: string, code: number, message: string]>([
    ['prot=3', 1, 'No file declares the parameter "prot".\nDid you mean port?\n'],
    ['other=3', 1, 'No file declares the parameter "other".\nThe parameters are port, host.\n'],
    ['port', 2, '--set takes the name of a parameter and its value.\nWrite --set name=value.\n'],
    ['port=x', 1, 'the parameter port, filled by the load, must be an integer\n'],
  ])('refuses %s', async (words, code, message) => {
    const { error, ...outcome } = await print('--set', words);
    expect([outcome.code, error]).toEqual([code, expect.stringContaining(message)]);
  });
});
