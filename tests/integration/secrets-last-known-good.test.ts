import { createHash } from 'node:crypto';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { IsString } from 'class-validator';
import { Container } from 'inversify';
import {
  ConfigModule,
  ConfigSection,
  lastKnownGood,
  ListOf,
  ReloadService,
  Secure,
  withRecovery,
  type ConfigSource,
  type SecureValue,
} from '../../src/index.js';
import { ConfigSandbox } from '../../src/testing/index.js';
import { MemoryKeyring } from '../runtime/secrets/keys.js';

const CANARY = 'canary-4d1f-hunter2';

@ConfigSection('service')
class ServiceSettings {
  @IsString() greeting: string = 'default';
  @Secure({ optional: true }) password?: SecureValue<string>;
  @Secure({ as: 'json', optional: true }) account?: SecureValue<{ readonly user: string }>;
  @Secure() @ListOf(() => String) tokens: readonly SecureValue<string>[] = [];
}

/** A remote source that a test can take away. */
class Remote implements ConfigSource {
  readonly name = 'remote';
  readonly id = 'remote';
  reachable = true;
  values: object = {};

  load(): object {
    if (!this.reachable) throw Object.assign(new Error('connect failed'), { code: 'ECONNREFUSED' });
    return { service: this.values };
  }
}

async function start(remote: Remote, folder: string, keyring?: MemoryKeyring): Promise<ServiceSettings> {
  const container = new Container();
  await container.loadAsync(
    ConfigModule.fromOptions({
      sections: [ServiceSettings],
      sources: [withRecovery(remote, { lastKnownGood: true, retry: false })],
      lastKnownGood: lastKnownGood({ folder }),
      environment: 'test',
      ...(keyring !== undefined && { secrets: { keyring, app: 'orders' } }),
    }),
  );
  await container.get(ReloadService).close();
  return container.get(ServiceSettings);
}

async function written(folder: string): Promise<string> {
  const texts = (await readdir(folder)).map(async (name) => readFile(join(folder, name), 'utf8'));
  return (await Promise.all(texts)).join('\n');
}

describe('the last known good of a service with secrets', () => {
  it('keeps them encrypted, and gives them back on a cold start', async () => {
    await using sandbox = await ConfigSandbox.create();
    const folder = sandbox.path('kept');
    const keyring = new MemoryKeyring();
    const remote = new Remote();
    remote.values = { greeting: 'hello', password: CANARY, account: { user: CANARY }, tokens: ['a', CANARY] };
    await start(remote, folder, keyring);
    expect(await written(folder)).not.toContain(CANARY);

    remote.reachable = false;
    const settings = await start(remote, folder, keyring);
    expect(settings.greeting).toBe('hello');
    expect(settings.password?.use((text) => text)).toBe(CANARY);
    expect(settings.account?.use(({ user }) => user)).toBe(CANARY);
    expect(settings.tokens.map((token) => token.use((text) => text))).toEqual(['a', CANARY]);
  });

  it('keeps what was encrypted already as it is', async () => {
    await using sandbox = await ConfigSandbox.create();
    const folder = sandbox.path('kept');
    const keyring = new MemoryKeyring();
    const remote = new Remote();
    const token = keyring.encrypt(CANARY, 'service.password');
    remote.values = { password: token };
    await start(remote, folder, keyring);
    expect(await written(folder)).toContain(token);
    remote.reachable = false;
    expect((await start(remote, folder, keyring)).password?.use((text) => text)).toBe(CANARY);
  });

  it('trusts no copy that was not sealed with our keys, whatever its checksum says', async () => {
    await using sandbox = await ConfigSandbox.create();
    const folder = sandbox.path('kept');
    const keyring = new MemoryKeyring();
    const remote = new Remote();
    remote.values = { greeting: 'hello' };
    await start(remote, folder, keyring);
    const [name = ''] = await readdir(folder);
    const text = await readFile(join(folder, name), 'utf8');
    const body = text.slice(text.indexOf('"snapshot":') + '"snapshot":'.length, text.lastIndexOf(',"seal"'));
    const forged = body.replace('hello', 'pwned');
    const digest = createHash('sha256').update(forged).digest('hex');
    await writeFile(join(folder, name), `{"sha256":"${digest}","snapshot":${forged}}\n`);
    remote.reachable = false;
    await expect(start(remote, folder, keyring)).rejects.toThrow(
      /^remote cannot be reached[^]* is not used: .*1\.json is not sealed with our keys\.\n[^]* keyring that it was written with\.$/,
    );
    // Without keys nothing can be told: the checksum is all there is.
    expect((await start(remote, folder)).greeting).toBe('pwned');
  });

  it('leaves them out without a keyring, and says so when they are missed', async () => {
    await using sandbox = await ConfigSandbox.create();
    const folder = sandbox.path('kept');
    const remote = new Remote();
    remote.values = { password: CANARY };
    await start(remote, folder);
    expect(await written(folder)).not.toContain(CANARY);
    remote.reachable = false;
    await expect(start(remote, folder)).rejects.toThrow('service.password: its source is out of reach');
  });
});
