// The clients of Spring Cloud Config that programs for Node use, reading our server unchanged.
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import cloudConfig from 'cloud-config-client';
import { IsString } from 'class-validator';
import { ConfigSection, configFolder, defineConfig } from '../../src/index.js';
import { configServer, type ConfigServer, type ConfigServerOptions } from '../../src/server/index.js';
import { fakeRemoteSource } from '../../src/testing/index.js';

@ConfigSection('db')
class DbSettings {
  @IsString() public readonly host: string = '';
}

let folder: string;
let server: ConfigServer;
let url: URL;

async function serving(clients: ConfigServerOptions['clients']): Promise<readonly [ConfigServer, URL]> {
  const store = fakeRemoteSource({ db: { hosts: ['a', 'b'], limit: 7 } }, { name: 'store' });
  const config = defineConfig({ sections: [DbSettings], sources: [configFolder(folder), store] });
  const made = configServer({
    applications: { orders: { config, labels: { 'feature/x': [fakeRemoteSource({ db: { host: 'x' } })] } } },
    clients,
  });
  return [made, await made.listen({ port: 0 })];
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'uno-spring-'));
  await writeFile(join(folder, 'app.yaml'), 'db:\n  host: common\n  url: "http://${db.host}/"\n');
  await writeFile(join(folder, 'app.production.yaml'), 'db:\n  host: production\n');
  [server, url] = await serving('anyone');
});

afterAll(async () => {
  await server.close();
  await rm(folder, { recursive: true, force: true });
});

describe('cloud-config-client', () => {
  it('reads profiles, lists and numbers', async () => {
    const config = await cloudConfig.load({ endpoint: url.href, name: 'orders', profiles: ['test', 'production'] });
    expect(config.get('db.host')).toBe('production');
    expect(config.toObject()).toMatchObject({ db: { host: 'production', hosts: ['a', 'b'], limit: 7 } });
    expect(config.raw['version']).toEqual(expect.any(String));
  });

  it('reads a label with a slash', async () => {
    const config = await cloudConfig.load({
      endpoint: url.href,
      name: 'orders',
      profiles: 'production',
      label: 'feature/x',
    });
    expect(config.get('db.host')).toBe('x');
    await expect(
      cloudConfig.load({ endpoint: url.href, name: 'orders', profiles: 'production', label: 'gone' }),
    ).rejects.toThrow('Invalid response: 404');
  });

  it('says who it is with a password', async () => {
    const [closed, at] = await serving([{ name: 'orders', applications: ['orders'], password: () => 'the-password' }]);
    const asking = { endpoint: at.href, name: 'orders', profiles: 'production' };
    await expect(cloudConfig.load(asking)).rejects.toThrow('Invalid response: 401');
    const config = await cloudConfig.load({ ...asking, auth: { user: 'orders', pass: 'the-password' } });
    expect(config.get('db.host')).toBe('production');
    await closed.close();
  });
});

const place = new URL('spring-client/', import.meta.url);
const isInstalled = existsSync(new URL('node_modules/spring-cloud-config/package.json', place));
if (!isInstalled) {
  process.stderr.write(
    'Skipped: spring-cloud-config is not installed: npm ci --prefix tests/services/spring-client.\n',
  );
}

/** As far as it is called. */
interface SpringCloudConfig {
  load(options: { configPath: string; activeProfiles: readonly string[] }): Promise<unknown>;
}

(isInstalled ? describe : describe.skip)('spring-cloud-config', () => {
  it('reads it over what its own files say', async () => {
    const files = await mkdtemp(join(tmpdir(), 'uno-spring-client-'));
    const bootstrap = {
      spring: { cloud: { config: { enabled: true, endpoint: url.origin, name: 'orders', label: 'feature/x' } } },
    };
    await writeFile(join(files, 'bootstrap.yml'), JSON.stringify(bootstrap));
    await writeFile(
      join(files, 'application.yml'),
      'spring.cloud.config.name: orders\ndb:\n  host: local\n  port: 1\n',
    );
    // Its own types would bring another Inversify into ours.
    const required = createRequire(new URL('package.json', place))('spring-cloud-config') as {
      readonly Config?: SpringCloudConfig;
    } & SpringCloudConfig;
    const config = await (required.Config ?? required).load({ configPath: files, activeProfiles: ['production'] });
    await rm(files, { recursive: true, force: true });
    expect(config).toMatchObject({ db: { host: 'x', port: 1 } });
  });
});
