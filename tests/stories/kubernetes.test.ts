// A service in a cluster: files from its image, a ConfigMap and a Secret mounted as folders, variables of the pod.
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Type } from 'class-transformer';
import { IsInt, IsString, Max, Min, ValidateNested } from 'class-validator';
import { Container, injectable } from 'inversify';
import {
  ConfigModule,
  ConfigSection,
  ConfigStore,
  directory,
  EnvName,
  formatOrigin,
  optional,
  processEnv,
  RequiredIn,
  yamlFile,
} from '../../src/index.js';

class PoolSettings {
  @IsInt() @Max(100) readonly maxSize: number = 10;
}

@ConfigSection('database')
class DatabaseSettings {
  @IsString() readonly host: string = 'localhost';
  @RequiredIn('production') @IsString() readonly password: string = 'development-only';
  @ValidateNested() @Type(() => PoolSettings) readonly pool: PoolSettings = new PoolSettings();
}

@ConfigSection('http')
class HttpSettings {
  @EnvName('PORT') @IsInt() @Min(1) readonly port: number = 3000;
}

@injectable()
class Service {
  constructor(
    readonly database: DatabaseSettings,
    readonly http: HttpSettings,
  ) {}
}

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'uno-config-cluster-'));
});

afterEach(async () => {
  await rm(folder, { recursive: true });
});

async function write(name: string, text: string): Promise<void> {
  await mkdir(dirname(join(folder, name)), { recursive: true });
  await writeFile(join(folder, name), text);
}

/** Mounts files as a kubelet does: a dated folder, a link to it, and a link to each file in it. */
async function mount(volume: string, files: Readonly<Record<string, string>>): Promise<void> {
  const dated = '..2026_03_01_12_00_00.123';
  for (const [name, text] of Object.entries(files)) await write(`${volume}/${dated}/${name}`, text);
  await symlink(dated, join(folder, volume, '..data'));
  for (const name of Object.keys(files)) await symlink(join('..data', name), join(folder, volume, name));
}

async function start(env: Readonly<Record<string, string>>): Promise<Container> {
  const container = new Container();
  container.bind(Service).toSelf();
  await container.loadAsync(
    ConfigModule.fromOptions({
      sections: [DatabaseSettings, HttpSettings],
      sources: [
        yamlFile(join(folder, 'app.yaml'), { name: 'app.yaml' }),
        directory(join(folder, 'config'), { name: 'config' }),
        optional(directory(join(folder, 'secrets'), { name: 'secrets' })),
        processEnv({ prefix: 'APP_', env }),
      ],
      env,
    }),
  );
  return container;
}

describe('a service in a cluster', () => {
  beforeEach(async () => {
    await write('app.yaml', 'database:\n  host: from-image\n  pool:\n    max-size: 20\n');
    await mount('config', { 'database.host': 'db.cluster.local\n', database__pool__max_size: '40' });
  });

  it('lets volumes win over the image, and variables over volumes', async () => {
    await mount('secrets', { 'database.password': 'from-volume\n' });
    const container = await start({ UNO_ENV: 'production', PORT: '8080', APP_DATABASE__POOL__MAX_SIZE: '60' });
    const { database, http } = container.get(Service);

    expect(database).toEqual({ host: 'db.cluster.local', password: 'from-volume', pool: { maxSize: 60 } });
    expect(http.port).toBe(8080);
  });

  it('says which volume a value came from, and shows no password', async () => {
    await mount('secrets', { 'database.password': 'from-volume\n' });
    const store = (await start({ UNO_ENV: 'production' })).get(ConfigStore);
    const { winner, losers } = store.explain('database.pool.maxSize');

    expect([winner, ...losers].map((said) => said && formatOrigin(said.origin).replaceAll(`${folder}/`, ''))).toEqual([
      'database__pool__max_size (config/database__pool__max_size)',
      'database.pool.max-size (app.yaml:4:15)',
      'database.pool.maxSize (default)',
    ]);
    expect(store.explain('database').toString()).not.toContain('from-volume');
  });

  it('does not start in production without the secret, and says how to set it', async () => {
    await expect(start({ UNO_ENV: 'production' })).rejects.toMatchObject({
      code: 'invalid-settings',
      issues: [
        {
          code: 'required',
          path: ['database', 'password'],
          message: 'must be set in production: its default does not count there',
          hint: expect.stringContaining('APP_DATABASE__PASSWORD (environment)') as unknown,
        },
      ],
    });
  });

  it('reports a wrong value of a volume beside a misspelled variable', async () => {
    await mount('secrets', { 'database.pool.max-size': 'many' });
    await expect(start({ APP_DATABASE__HSOT: 'x' })).rejects.toMatchObject({
      issues: [
        { code: 'not-an-integer', message: 'must be an integer, got "many"' },
        { code: 'unknown-key', hint: 'Did you mean APP_DATABASE__HOST?' },
      ],
    });
  });
});
