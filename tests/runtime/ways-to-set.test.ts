import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { Type } from 'class-transformer';
import { IsInt, IsString, ValidateNested } from 'class-validator';
import type { ConfigSource } from '../../src/core/index.js';
import { ConfigSection, ListOf, MapOf, RequiredIn } from '../../src/sections/index.js';
import { cliArgs, directory, object, processEnv, yamlFile } from '../../src/sources/index.js';
import { temporaryFolder } from '../sources/file-fixtures.js';
import { refused } from './loading.js';

@ConfigSection('mail')
class MailSettings {
  @IsString() host!: string;
  @IsString() password!: string;
}

class Peer {
  @IsString() host = 'localhost';
  @IsInt() port = 1;
}

@ConfigSection('p')
class GroupSettings {
  @RequiredIn('production') @ValidateNested() @Type(() => Peer) nested = new Peer();
  @RequiredIn('production') @ListOf(() => Peer) list: Peer[] = [];
  @RequiredIn('production') @MapOf(() => Peer) map: Record<string, Peer> = {};
  @RequiredIn('production') @ListOf(() => String) texts: string[] = [];
}

const env = processEnv({ prefix: 'APP_', env: {} });

async function hints(sources: readonly ConfigSource[]): Promise<readonly (string | undefined)[]> {
  return (await refused([MailSettings], sources)).issues.map(({ hint }) => hint);
}

async function file(name: string): Promise<ConfigSource> {
  const folder = await temporaryFolder({ [name]: '{}' });
  return yamlFile(join(folder, name), { name });
}

describe('the ways to set what is missing', () => {
  it('are one file, then variables and options', async () => {
    const sources = [await file('app.yaml'), await file('production.yaml'), env, cliArgs({ argv: [] })];
    expect((await hints(sources))[0]).toBe(
      'Set mail.host (production.yaml) or --mail.host (command line) or APP_MAIL__HOST (environment).',
    );
  });

  it('of a secret are variables, not files and options, which others can read', async () => {
    const sources = [await file('app.yaml'), env, cliArgs({ argv: [] })];
    expect((await hints(sources))[1]).toBe('Set APP_MAIL__PASSWORD (environment).');
  });

  it('of a secret are also mounted folders', async () => {
    const folder = await temporaryFolder({ 'other/x': '' });
    const sources = [directory(join(folder, 'other'), { name: 'secrets' }), env];
    expect((await refused([MailSettings], sources, { unknownKeys: 'ignore' })).issues[1]?.hint).toBe(
      'Set APP_MAIL__PASSWORD (environment) or mail.password (secrets).',
    );
  });

  it('of a secret are what there is, when no source is fit for one', async () => {
    expect((await hints([object({})]))[1]).toBe('Set mail.password (object).');
  });

  it('of a group, and of a list or map of groups, are those of what it holds', async () => {
    const found = await refused([GroupSettings], [env], { environment: 'production' });
    expect(found.issues.map(({ path, hint }) => [path.join('.'), hint])).toEqual([
      ['p.nested', 'Set APP_P__NESTED__HOST (environment), and likewise port.'],
      ['p.list', 'Set APP_P__LIST__0__HOST (environment), and likewise 0.port.'],
      ['p.map', 'Set APP_P__MAP__NAME__HOST (environment), and likewise name.port.'],
      ['p.texts', 'Set APP_P__TEXTS (environment).'],
    ]);
  });

  it('are the path alone when nothing is read', async () => {
    expect(await hints([])).toEqual(['Set mail.host.', 'Set mail.password.']);
  });
});
