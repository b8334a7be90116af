import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { IsInt, IsString } from 'class-validator';
import type { ConfigSource, SecureValue } from '../../src/core/index.js';
import { ConfigSection, ListOf, MapOf, Merge, Secure } from '../../src/sections/index.js';
import { cliArgs, envFiles, object, processEnv } from '../../src/sources/index.js';
import { issuesOf, made } from './loading.js';

@ConfigSection('app')
class AppSettings {
  @IsString() host!: string;
  @Secure() password!: SecureValue<string>;
  @IsInt() port = 80;
  @ListOf(() => String) tags: readonly string[] = ['default'];
  @Merge('append') @ListOf(() => String) added: readonly string[] = [];
  @MapOf(() => Number) limits: Readonly<Record<string, number>> = { all: 9 };
}

const LOWER = object({
  app: { host: 'db', password: 'hunter22', port: 5432, tags: ['a'], added: ['b'], limits: { one: 1 } },
});

const variables = (env: Record<string, string>): ConfigSource => processEnv({ prefix: 'APP_', env });

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'uno-config-empty-'));
});

afterEach(async () => {
  await rm(folder, { recursive: true });
});

describe('an empty variable', () => {
  const empty = { APP_APP__HOST: '', APP_APP__PASSWORD: '', APP_APP__PORT: '', APP_APP__TAGS: '', APP_APP__LIMITS: '' };

  it('changes nothing, whatever the type of the field', async () => {
    const settings = await made(AppSettings, [LOWER, variables(empty)]);
    expect(settings).toMatchObject({ host: 'db', port: 5432, tags: ['a'], limits: { one: 1 } });
    expect(settings.password.use((text) => text)).toBe('hunter22');
  });

  it('is no value of a text or secret that must be set', async () => {
    expect((await issuesOf([AppSettings], [variables(empty)])).toSorted()).toEqual([
      'missing app.host: is not set; it must be a string',
      'missing app.password: is not set; it must be a string',
    ]);
  });

  it('is "not set" in .env and on the command line as well', async () => {
    await writeFile(join(folder, '.env'), 'APP_APP__HOST=\nAPP_APP__PORT=""\n');
    const sources = [LOWER, envFiles({ folder, prefix: 'APP_' }), cliArgs({ argv: ['--app.host=', '--app.tags='] })];
    expect(await made(AppSettings, sources)).toMatchObject({ host: 'db', port: 5432, tags: ['a'] });
  });
});

describe('the text of a variable', () => {
  it('empties a list or map with [] and {}, whatever lower sources and the class say', async () => {
    const env = { APP_APP__TAGS: '[]', APP_APP__ADDED: '[]', APP_APP__LIMITS: '{}' };
    expect(await made(AppSettings, [LOWER, variables(env)])).toMatchObject({ tags: [], added: [], limits: {} });
  });

  it('takes back what lower sources say with !unset', async () => {
    const env = { APP_APP__PORT: '!unset', APP_APP__TAGS: '!unset', APP_APP__LIMITS: '!unset' };
    const settings = await made(AppSettings, [LOWER, variables(env), cliArgs({ argv: ['--app.added=!unset'] })]);
    expect(settings).toMatchObject({ port: 80, tags: ['default'], added: [], limits: { all: 9 } });
  });
});

describe('a variable that names a file', () => {
  it('gives its field the content of the file, as text that is read like any other', async () => {
    await writeFile(join(folder, 'password'), 'from a file\n');
    await writeFile(join(folder, 'port'), '7\n');
    const env = { APP_APP__PASSWORD_FILE: join(folder, 'password'), APP_APP__PORT_FILE: join(folder, 'port') };
    const sources = [LOWER, processEnv({ prefix: 'APP_', fileVariables: true, env })];
    const settings = await made(AppSettings, sources, { fileRoots: [folder] });
    expect([settings.port, settings.password.use((text) => text)]).toEqual([7, 'from a file']);
  });

  it('is told of where it stands when the file is not there, or lies elsewhere', async () => {
    const of = async (name: string): Promise<readonly string[]> => {
      const env = { APP_APP__PORT_FILE: name };
      const sources = [LOWER, processEnv({ prefix: 'APP_', fileVariables: true, env })];
      return issuesOf([AppSettings], sources, { fileRoots: [folder] });
    };
    expect(await of(join(folder, 'none'))).toEqual([
      `source-not-found app.port: refers to the file ${join(folder, 'none')}, which does not exist`,
    ]);
    expect(await of('/etc/hostname')).toEqual([
      'file-refused app.port: refers to the file /etc/hostname, which is outside the folders that may be read',
    ]);
  });

  it('is told of by the name of the file for a secret, too, but not what a secret itself looks like', async () => {
    const of = async (env: Record<string, string>): Promise<readonly string[]> =>
      issuesOf([AppSettings], [LOWER, processEnv({ prefix: 'APP_', fileVariables: true, env })], {
        fileRoots: [folder],
      });
    expect(await of({ APP_APP__PASSWORD_FILE: '/etc/hostname' })).toEqual([
      'file-refused app.password: refers to the file /etc/hostname, which is outside the folders that may be read',
    ]);
    expect(await of({ APP_APP__PASSWORD: '${file:/etc/hostname}' })).toEqual([
      'file-refused app.password: holds a reference to a file outside the folders that the option fileRoots names',
    ]);
  });
});
