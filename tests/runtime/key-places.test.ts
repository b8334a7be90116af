import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { IsInt } from 'class-validator';
import { ConfigSection } from '../../src/sections/index.js';
import { yamlFile } from '../../src/sources/index.js';
import { temporaryFolder } from '../sources/file-fixtures.js';
import { refused } from './loading.js';

@ConfigSection('app')
class AppSettings {
  @IsInt() maxSize = 1;
}

async function places(text: string): Promise<readonly string[]> {
  const folder = await temporaryFolder({ 'app.yaml': text });
  const { issues } = await refused([AppSettings], [yamlFile(join(folder, 'app.yaml'))]);
  return issues.map(({ code, origin }) => `${code} ${String(origin?.line)}:${String(origin?.column)}`);
}

describe('what is wrong with a key', () => {
  it('is told where the key is written, also when its value begins on another line', async () => {
    expect(await places('pap:\n  maxSize: 2\n')).toEqual(['unknown-key 1:1']);
  });

  it('is told at the key of two that mean the same field', async () => {
    expect(await places('app:\n  maxSize: 1\n  max-size: 2\n')).toEqual(['duplicate-key 3:3']);
  });

  it('is told at a key that is reserved', async () => {
    expect(await places('app:\n  constructor:\n    a: 2\n')).toEqual(['forbidden-key 2:3']);
  });
});
