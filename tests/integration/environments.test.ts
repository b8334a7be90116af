import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { IsString } from 'class-validator';
import {
  ConfigError,
  configFolder,
  ConfigSection,
  envFiles,
  loadSettings,
  object,
  RequiredIn,
  Rule,
  Secure,
  SecureValue,
  type LoadOptions,
} from '../../src/index.js';
import { developmentKeyring } from '../../src/keys.js';
import { ConfigSandbox } from '../../src/testing/index.js';

class PoolSettings {
  @IsString() size: string = 'small';
}

@ConfigSection('shop')
class ShopSettings {
  @IsString() greeting: string = 'default';
  @RequiredIn('production') @IsString() owner: string = 'nobody';
  @IsString() pool: string = new PoolSettings().size;

  @Rule('staging greets nobody', { in: 'staging' })
  quiet(): boolean {
    return this.greeting !== 'loud';
  }
}

const environments = { staging: 'production', qa: 'test' } as const;

let sandbox: ConfigSandbox;

beforeAll(async () => {
  sandbox = await ConfigSandbox.create();
  const files = {
    'app.yaml': 'shop: { owner: all, greeting: base }',
    'app.production.yaml': 'shop: { greeting: production }',
    'app.staging.yaml': 'shop: { greeting: staging }',
    'app.qa.eu.yaml': 'shop: { greeting: qa in eu }',
    '.env.staging': 'SHOP__POOL=staging',
    '.env.production': 'SHOP__POOL=production',
    '.env.local': 'SHOP__POOL=local',
  };
  for (const [name, text] of Object.entries(files)) await sandbox.write(name, text);
});

afterAll(() => sandbox.close());

function load(env: Record<string, string>, more: Partial<LoadOptions> = {}): Promise<ShopSettings> {
  const sources = [configFolder(sandbox.folder), envFiles({ folder: sandbox.folder })];
  return loadSettings(ShopSettings, { environments, sources, env, ...more });
}

async function messageOf(loading: Promise<unknown>): Promise<string> {
  const error: unknown = await loading.catch((thrown: unknown) => thrown);
  return error instanceof Error ? error.message : 'nothing was thrown';
}

describe('an environment that the application declares', () => {
  it('has files of its own, and never those of the one that it is like', async () => {
    expect(await load({ NODE_ENV: 'staging' })).toMatchObject({ greeting: 'staging', pool: 'staging' });
    expect(await load({ NODE_ENV: 'production' })).toMatchObject({ greeting: 'production', pool: 'production' });
  });

  it('goes with regions, and reads .env.local only where it is like development', async () => {
    expect(await load({ NODE_ENV: 'QA', UNO_REGION: 'eu' })).toMatchObject({ greeting: 'qa in eu', pool: 'small' });
    const home = { environments: { ...environments, home: 'development' } } as const;
    expect(await load({ NODE_ENV: 'home' }, home)).toMatchObject({ pool: 'local' });
  });

  it('must have what the one that it is like must have', async () => {
    const sources = [object({})];
    expect(await messageOf(load({ NODE_ENV: 'staging' }, { sources }))).toContain('owner: must be set in staging');
    expect(await load({ NODE_ENV: 'qa' }, { sources })).toMatchObject({ owner: 'nobody' });
  });

  it('is named by rules of its own', async () => {
    const sources = [object({ shop: { owner: 'me', greeting: 'loud' } })];
    expect(await messageOf(load({ NODE_ENV: 'staging' }, { sources }))).toContain('staging greets nobody');
    expect(await load({ NODE_ENV: 'production' }, { sources })).toMatchObject({ greeting: 'loud' });
  });

  it('is as strict about keys as the one that it is like', async () => {
    @ConfigSection('shop')
    class SecretSettings {
      @Secure() token!: SecureValue<string>;
    }
    const sources = [object({ shop: { token: 'x' } })];
    const keyring = developmentKeyring();
    const loading = loadSettings(SecretSettings, {
      environments,
      sources,
      env: { NODE_ENV: 'staging' },
      secrets: { app: 'shop', keyring },
    });
    await expect(loading).rejects.toMatchObject({ code: 'development-keyring-refused' });
  });
});

describe('an environment that nobody has declared', () => {
  it('is refused in a variable', async () => {
    await expect(load({ NODE_ENV: 'moon' })).rejects.toMatchObject({
      code: 'unknown-environment',
      message: expect.stringMatching(/staging, qa; .*environments: [{] moon: 'production' [}][.]$/),
    });
  });

  it('is refused in the name of a file', async () => {
    const loading = load({ NODE_ENV: 'production' }, { environments: { staging: 'production' } });
    const error: unknown = await loading.catch((thrown: unknown) => thrown);
    expect(ConfigError.is(error) && error.message).toMatch(
      /app[.]qa[.]eu[.]yaml .* is for "qa".*[^]*or declare its kind/,
    );
  });

  it('is refused in a rule, which would never speak', async () => {
    expect(
      await messageOf(load({ NODE_ENV: 'production' }, { environments: { qa: 'test' }, sources: [object({})] })),
    ).toBe(
      '@Rule(\'staging greets nobody\') of ShopSettings, in: "staging" is not an environment; ' +
        "write development, test, production, qa; or declare its kind: environments: { staging: 'production' }.",
    );
  });
});
