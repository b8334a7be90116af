import { join, relative } from 'node:path';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { IsString } from 'class-validator';
import { planLoad, withRecovery } from '../../src/runtime/index.js';
import { ConfigSection } from '../../src/sections/index.js';
import type { ConfigSource } from '../../src/core/index.js';
import { configFolder, envFiles, object, optional, yamlFile } from '../../src/sources/index.js';
import { caught } from './caught.js';
import { temporaryFolder } from './file-fixtures.js';

@ConfigSection('database')
class DatabaseSettings {
  @IsString() readonly host: string = 'localhost';
}

const { schema } = planLoad({ sections: [DatabaseSettings], sources: [] }, false);
let folder: string;
const at = (...names: readonly string[]): string => join(folder, ...names);

async function filesOf(source: ConfigSource): Promise<readonly string[] | undefined> {
  const files = await source.files?.({ schema, signal: new AbortController().signal });
  return files?.map((file) => relative(folder, file)).sort();
}

beforeEach(async () => {
  folder = await temporaryFolder({
    'config/app.yaml': 'database: { host: a }\n$import: [shared.yaml, optional:none.yaml]\n',
    'config/app.production.yaml': '',
    'config/app.production.eu-west-1.yaml': '',
    'config/app.test.json': '{}',
    'config/other.yaml': '',
    'config/shared.yaml': 'database: { host: b }',
    '.env': '',
    '.env.production': '',
    '.env.database': '',
    '.env.local': '',
    '.env.example': '',
  });
});

describe('the files of a source', () => {
  it('are the file and what it imports', async () => {
    expect(await filesOf(yamlFile(at('config/app.yaml')))).toEqual(['config/app.yaml', 'config/shared.yaml']);
  });

  it('are those of a folder for every environment and region', async () => {
    expect(await filesOf(configFolder(at('config')))).toEqual([
      'config/app.production.eu-west-1.yaml',
      'config/app.production.yaml',
      'config/app.test.json',
      'config/app.yaml',
      'config/shared.yaml',
    ]);
  });

  it('are the environment files of every environment and section that are there', async () => {
    expect(await filesOf(envFiles({ folder }))).toEqual(['.env', '.env.database', '.env.local', '.env.production']);
    expect(await filesOf(envFiles({ folder, sections: false }))).toEqual(['.env', '.env.local', '.env.production']);
  });

  it('are those of a source within another one', async () => {
    const source = yamlFile(at('config/other.yaml'));
    expect(await filesOf(optional(source))).toEqual(['config/other.yaml']);
    expect(await filesOf(withRecovery(source, {}))).toEqual(['config/other.yaml']);
    expect(await filesOf(optional(yamlFile(at('none.yaml'))))).toEqual([]);
  });

  it('are refused where the file is not there, and unknown to sources that read none', async () => {
    expect((await caught(async () => filesOf(yamlFile(at('none.yaml'))))).code).toBe('source-not-found');
    expect([object({}), optional(object({})), withRecovery(object({}), {})].map((each) => 'files' in each)).toEqual([
      false,
      false,
      false,
    ]);
  });
});
