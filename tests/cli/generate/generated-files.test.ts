import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { IsOptional, IsString } from 'class-validator';
import { parse } from 'dotenv';
import {
  ConfigSection,
  Deprecated,
  Describe,
  ListOf,
  type MigrationStep,
  Secure,
  type SecureValue,
} from '../../../src/sections/index.js';
import { processEnv } from '../../../src/sources/index.js';
import { folderWith, module, removeFolder, run } from '../fake-io.js';
import { DatabaseSettings, HttpSettings } from '../shop-settings.js';

class Address {
  @IsString() street: string = 'Main | Street';
}

@ConfigSection('mail', { domain: 'sales', description: 'What <b>leaves</b> the house.' })
class MailSettings {
  @Describe('Line one.\nLine | two `with` <script>alert(1)</script>.') @IsString() from!: string;
  @Deprecated({ since: '2.0' }) @IsOptional() @IsString() server?: string;
  @Secure() key!: SecureValue<string>;
  @ListOf(() => String) bcc: string[] = ["it's", 'b'];
  @IsString() body: string = 'two\nlines';
  @ListOf(() => Address) addresses: Address[] = [];
  address = new Address();
}

const sections = [HttpSettings, DatabaseSettings, MailSettings];
const exported = module({ sections, sources: [processEnv({ prefix: 'SHOP_', env: {} })] });

let folder: string;

beforeEach(async () => {
  folder = await folderWith({ 'uno.config.ts': '' });
});

afterEach(() => removeFolder(folder));

describe.each([
  ['schema', 'config.schema.json'],
  ['docs', 'docs/settings.md'],
  ['env-example', '.env.example'],
])('uno-config %s', (command, file) => {
  it('writes to the output, or a file, which is current until it or the classes change', async () => {
    const { out } = await run(folder, [command], exported);
    const written = await run(folder, [command, '--out', file], exported);
    expect([written.code, written.out]).toEqual([0, `wrote ${file}\n`]);
    expect(await readFile(join(folder, file), 'utf8')).toBe(out);
    expect(await run(folder, [command, '--out', file], exported)).toMatchObject({
      code: 0,
      out: `${file} is current\n`,
    });
    const check = [command, '--out', file, '--check'];
    expect(await run(folder, check, exported)).toMatchObject({ code: 0, out: `${file} is current\n` });

    const others = module({ sections: [HttpSettings], sources: [] });
    const stale = await run(folder, check, others);
    expect([stale.code, stale.out]).toEqual([
      1,
      expect.stringMatching(/^.* is not current, from line \d+ on: run uno-config .* --out .*\n$/),
    ]);
    expect(await readFile(join(folder, file), 'utf8')).toBe(out);

    await writeFile(join(folder, file), out.replaceAll('\n', '\r\n'));
    expect(await run(folder, check, exported)).toMatchObject({ code: 0 });
  });

  it('says what keeps it from writing', async () => {
    expect(await run(folder, [command, '--check'], exported)).toMatchObject({
      code: 2,
      error: expect.stringContaining('--check needs the file to check.') as unknown,
    });
    expect(await run(folder, [command, '--out', '.'], exported)).toMatchObject({
      code: 2,
      error: expect.stringMatching(/^uno-config: \. cannot be written: \w+.*\.\n$/) as unknown,
    });
    expect(await run(folder, [command, '--out', 'none', '--check'], exported)).toMatchObject({
      code: 1,
      out: `none is not there: run uno-config ${command} --out none\n`,
    });
  });
});

describe('uno-config docs', () => {
  it('is a table whatever the descriptions hold, and shows no secret', async () => {
    const { out } = await run(folder, ['docs'], exported);
    const rows = out.split('\n').filter((line) => line.startsWith('| '));
    // Five cells each, whatever is in them.
    expect(rows.map((row) => row.replaceAll('\\|', '').split('|').length)).toEqual(rows.map(() => 7));
    expect(out).toContain('Line one. Line \\| two \\`with\\` &lt;script>alert(1)&lt;/script>.');
    expect(out).toContain('What &lt;b>leaves&lt;/b> the house.');
    expect(out).not.toContain('hunter2');
    expect(out).toContain('| `mail.server` | `SHOP_MAIL__SERVER` | string |  | **Deprecated** since 2.0. |');
  });

  it('takes the sections of one domain, and is data with --json', async () => {
    const { out } = await run(folder, ['docs', '--domain', 'sales', '--json', '--prefix', 'X_'], exported);
    const [mail] = JSON.parse(out) as [{ settings: readonly unknown[] }];
    expect(mail).toMatchObject({ path: 'mail', class: 'MailSettings', domain: 'sales' });
    expect(mail.settings).toContainEqual({
      path: 'mail.address.street',
      variables: ['X_MAIL__ADDRESS__STREET'],
      aliases: [],
      type: 'string',
      default: 'Main | Street',
      required: 'never',
      description: '',
      examples: [],
    });
  });
});

describe('what versions of a section changed', () => {
  const steps: readonly MigrationStep[] = [
    { move: 'smtp', to: '' },
    { move: 'shop.mail.server', to: 'host' },
    { rename: 'pass', to: 'password' },
    { join: ['user', 'realm'], to: 'login', as: String },
    { split: 'address', into: () => ({}) },
    { default: 'password', value: 'hunter2' },
    { remove: 'driver' },
  ];

  @ConfigSection('post', {
    version: 4,
    migrations: { 2: steps, 3: [{ convert: 'timeout', with: String }], 4: (values) => values },
  })
  class PostSettings {
    @IsString() host = 'localhost';
  }

  const definition = module({ sections: [PostSettings], sources: [] });
  const changes = [
    'smtp moved to post',
    'shop.mail.server moved to post.host',
    'pass is password',
    'user, realm are joined to login',
    'address is split',
    'password has another default',
    'driver is not read any more',
  ];

  it('is in the reference, with moves and joins, and without values', async () => {
    const { out } = await run(folder, ['docs'], definition);
    expect(out).toContain(`
Changed in versions:

- 2: ${changes.join('; ')}
- 3: timeout is written in another form
- 4: its values are made anew
`);
    const data = JSON.parse((await run(folder, ['docs', '--json'], definition)).out) as readonly unknown[];
    expect(data).toEqual([expect.objectContaining({ versions: expect.arrayContaining([{ version: 2, changes }]) })]);
    expect(out + JSON.stringify(data)).not.toContain('hunter2');
  });

  it('is what an editor shows at the version of a document', async () => {
    const { out } = await run(folder, ['schema'], definition);
    expect(out).toContain(
      `What versions changed. 2: ${changes.join('; ')}. 3: timeout is written in another form. 4: `,
    );
  });
});

describe('uno-config env-example', () => {
  it('is an environment file that says nothing but what is required', async () => {
    const { out } = await run(folder, ['env-example'], exported);
    expect(parse(out)).toEqual({ SHOP_MAIL__FROM: '', SHOP_MAIL__KEY: '' });
    expect(out).not.toContain('hunter2');
  });

  it('has the defaults, once the marks of comments are taken away', async () => {
    const { out } = await run(folder, ['env-example'], exported);
    expect(parse(out.replace(/^# (?=[A-Z_]+=)/gm, ''))).toMatchObject({
      SHOP_HTTP__PORT: '8080',
      SHOP_HTTP__TIMEOUT: '30s',
      SHOP_DATABASE__URL: '',
      SHOP_DATABASE__PASSWORD: '',
      SHOP_MAIL__ADDRESS__STREET: 'Main | Street',
      // No quotes that all readers understand.
      SHOP_MAIL__BODY: '',
      SHOP_MAIL__BCC: '["it\\u0027s","b"]',
    });
  });
});
