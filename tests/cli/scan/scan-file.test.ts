import { describe, expect, it } from '@jest/globals';
import { ValidateNested } from 'class-validator';
import { Type } from 'class-transformer';
import { scanFile } from '../../../src/cli/scan/index.js';
import { planLoad } from '../../../src/runtime/index.js';
import { Alias, ConfigSection, EnvName, MapOf, Secure } from '../../../src/sections/index.js';
import { SecureValue } from '../../../src/core/index.js';

class Account {
  @Secure({ level: 'encrypt', optional: true }) pin?: SecureValue<string>;
}

@ConfigSection('payment')
class PaymentSettings {
  @Secure({ level: 'encrypt', optional: true }) @Alias('key') apiKey?: SecureValue<string>;
  @Secure({ level: 'sealed', optional: true }) @EnvName('SIGNING_KEY') signer?: SecureValue<Buffer>;
  @Secure({ optional: true }) shown?: SecureValue<string>;
  @MapOf(() => Account) accounts: Readonly<Record<string, Account>> = {};
  @ValidateNested() @Type(() => Account) main: Account = new Account();
}

@ConfigSection('mail', {
  version: 3,
  migrations: { 2: [{ move: 'smtp', to: '' }], 3: [{ rename: 'login.word', to: 'code' }] },
})
class MailSettings {
  @Secure({ level: 'encrypt', optional: true }) code?: SecureValue<string>;
}

const plan = planLoad({ sections: [PaymentSettings, MailSettings], sources: [] }, false);

const found = async (file: string, text: string): Promise<readonly string[]> =>
  (await scanFile(file, text, plan)).map(
    ({ line, column, rule, what }) => `${String(line)}:${String(column)} ${rule} ${what}`,
  );

describe('scanFile', () => {
  it('finds it under the names that earlier versions gave it, at the path that it has today', async () => {
    const text = 'smtp:\n  login:\n    word: hunter2\n    name: me\n';
    expect(await found('app.yaml', text)).toEqual([
      '3:11 secure-field the value of mail.code, which is declared secret',
    ]);
    const current = 'mail:\n  $version: 3\n  login:\n    word: hunter2\n';
    expect(await found('app.yaml', current)).toEqual([]);
  });

  it('finds what is declared to be encrypted or sealed, by its canonical path, in YAML', async () => {
    const text = 'payment:\n  api-key: hunter2\n  signer: "1234"\n  shown: plain\n  main: { pin: 9 }\n';
    expect(await found('app.yaml', text)).toEqual([
      '2:12 secure-field the value of payment.apiKey, which is declared secret',
      '3:11 secure-field the value of payment.signer, which is declared secret',
      '5:16 secure-field the value of payment.main.pin, which is declared secret',
    ]);
  });

  it.each([
    ['app.json', '{ "payment": { "key": "hunter2" } }', '1:23'],
    ['app.toml', '[payment]\napi_key = "hunter2"\n', '2:11'],
    ['.env.production', 'APP_PAYMENT__API_KEY=hunter2\n', '1:22'],
  ])('finds it in %s', async (file, text, place) => {
    expect(await found(file, text)).toEqual([
      `${place} secure-field the value of payment.apiKey, which is declared secret`,
    ]);
  });

  it('finds it in maps, and in variables with names of their own', async () => {
    expect(await found('app.yaml', 'payment:\n  accounts:\n    eu:\n      pin: hunter2\n')).toEqual([
      '4:12 secure-field the value of payment.accounts.eu.pin, which is declared secret',
    ]);
    expect(await found('.env', '# SIGNING_KEY=hunter2\nSIGNING_KEY=hunter3')).toEqual([
      '2:13 secure-field the value of payment.signer, which is declared secret',
    ]);
  });

  it.each([
    ['a token', "'{jwe}eyJhbGciOiJkaXIifQ..a.b.c'"],
    ['a value of Spring', "'{cipher}00ff'"],
    ['a reference', '${file:/run/secrets/payment}'],
    ['nothing', ''],
    ['an empty string', "''"],
    ['a placeholder', 'change-me'],
    ['what is allowed', 'hunter2 # uno-config: allow-secret'],
  ])('says nothing of %s', async (_what, value) => {
    expect(await found('app.yaml', `payment:\n  apiKey: ${value}\n`)).toEqual([]);
  });

  it('says once what the classes and the name of the key both say', async () => {
    expect(await found('app.yaml', 'payment:\n  apiKey: x7Kq2mVb9TzRw4Lp\n')).toHaveLength(1);
  });

  it('finds forms in a file that does not parse, and does not quote it', async () => {
    expect(await found('app.yaml', 'payment: [\n  apiKey: x7Kq2mVb9TzRw4Lp\n')).toEqual([
      '2:11 secret-value the value of "apiKey"',
    ]);
  });
});
