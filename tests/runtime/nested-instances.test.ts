import { describe, expect, it } from '@jest/globals';
import { Type } from 'class-transformer';
import { IsInt, IsString, ValidateNested } from 'class-validator';
import { createLayer } from '../../src/core/index.js';
import { loadGeneration } from '../../src/runtime/index.js';
import { ConfigSection, ListOf } from '../../src/sections/index.js';

class PoolSettings {
  @IsInt() size = 1;
}

@ConfigSection('app')
class AppSettings {
  @ValidateNested() @Type(() => PoolSettings) pool = new PoolSettings();
  @ValidateNested() @Type(() => PoolSettings) other = new PoolSettings();
  @ListOf(() => PoolSettings) pools: readonly PoolSettings[] = [];
  @IsInt() port = 80;
}

describe('nested settings of a generation made from another', () => {
  it('stay the same objects where their values are those of before', async () => {
    const file = { app: { pool: { size: 2 }, other: { size: 3 }, pools: [{ size: 4 }] } };
    let variables: object = { app: { port: 1 } };
    const sources = [
      { load: () => createLayer({ name: 'file', kind: 'file' as const, tree: file }) },
      { load: () => variables },
    ];
    const options = { environment: 'test' as const, env: {}, sections: [AppSettings], sources };
    const first = await loadGeneration(options);
    variables = { app: { port: 2, other: { size: 9 } } };
    const second = await loadGeneration(options, { previous: first });
    const [before, after] = [first.get(AppSettings), second.get(AppSettings)];
    expect(after).toEqual({ pool: { size: 2 }, other: { size: 9 }, pools: [{ size: 4 }], port: 2 });
    expect([after.pool === before.pool, after.pools === before.pools, after.other === before.other]).toEqual([
      true,
      true,
      false,
    ]);
    expect(before).toEqual({ pool: { size: 2 }, other: { size: 3 }, pools: [{ size: 4 }], port: 1 });
  });
});

describe('settings that are one of several classes', () => {
  class Login {
    @IsString() kind!: string;
  }
  class Password extends Login {
    @IsString() user = 'nobody';
  }
  class Token extends Login {
    @IsString() user = 'nobody';
    @IsString() token = '';
  }
  const subTypes = [
    { name: 'password', value: Password },
    { name: 'token', value: Token },
  ];

  @ConfigSection('client')
  class ClientSettings {
    @ValidateNested()
    @Type(() => Login, { keepDiscriminatorProperty: true, discriminator: { property: 'kind', subTypes } })
    login!: Password | Token;
  }

  async function reloaded(before: object, after: object): Promise<readonly [ClientSettings, ClientSettings]> {
    let login = before;
    const sources = [{ load: () => ({ client: { login } }) }];
    const options = { environment: 'test' as const, env: {}, sections: [ClientSettings], sources };
    const first = await loadGeneration(options);
    login = after;
    const second = await loadGeneration(options, { previous: first });
    return [first.get(ClientSettings), second.get(ClientSettings)];
  }

  it('are others when a field changes that only the class in use has', async () => {
    const [, after] = await reloaded({ kind: 'token', token: 'a' }, { kind: 'token', token: 'b' });
    expect(after.login).toEqual({ kind: 'token', user: 'nobody', token: 'b' });
  });

  it('are the same object when only the spelling changes', async () => {
    const [before, after] = await reloaded(
      { kind: 'token', token: 'a' },
      { kind: 'token', token: 'a', user: 'nobody' },
    );
    expect(after).toBe(before);
  });
});
