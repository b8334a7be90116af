import { execFileSync } from 'node:child_process';
import { rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { ConfigSection, Secure } from '../../src/sections/index.js';
import { SecureValue } from '../../src/core/index.js';
import { folderWith, module, removeFolder, run } from './fake-io.js';
import { secrets } from './scan/secrets.js';

@ConfigSection('payment')
class PaymentSettings {
  @Secure({ level: 'encrypt', optional: true }) code?: SecureValue<string>;
}

const line = `password: ${secrets.password}\n`;
let folder: string;

const git = (...words: readonly string[]): void => {
  execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@b', ...words], { cwd: folder, stdio: 'ignore' });
};

beforeEach(async () => {
  folder = await folderWith({
    'config/app.yaml': `http:\n  port: 1\ndb:\n  ${line}`,
    'config/clean.json': '{}',
    'src/main.ts': `const password = '${secrets.password}';`,
    'node_modules/x/a.yaml': line,
    'package-lock.json': `{ "token": "${secrets.password}" }`,
  });
});

afterEach(() => removeFolder(folder));

describe('scan', () => {
  it('looks at the configuration files of the working directory, and ends with 1', async () => {
    const { code, out, error } = await run(folder, ['scan']);
    expect([code, error]).toEqual([1, '']);
    expect(out).toBe(
      `${join('config', 'app.yaml')}:4:13 secret-value: the value of "password"\n1 plain-text secret in 2 files.\n`,
    );
  });

  it('ends with 0 where there is none', async () => {
    const { code, out } = await run(folder, ['scan', 'config/clean.json']);
    expect([code, out]).toEqual([0, 'No plain-text secret in one file.\n']);
  });

  it('looks at every file that is named, whatever its ending', async () => {
    const { code, out } = await run(folder, ['scan', 'src/main.ts', 'config', 'config/app.yaml']);
    expect([code, out.split('\n')[1]]).toEqual([
      1,
      `${join('src', 'main.ts')}:1:19 secret-value: the value of "password"`,
    ]);
    expect(out).toContain('2 plain-text secrets in 3 files.\n');
  });

  it.each([['--json'], ['--format', 'json']])('tells programs, with %s', async (...format) => {
    const { code, out } = await run(folder, ['scan', ...format]);
    expect([code, JSON.parse(out)]).toEqual([
      1,
      {
        ok: false,
        files: 2,
        notRead: [],
        findings: [
          {
            file: join('config', 'app.yaml'),
            line: 4,
            column: 13,
            rule: 'secret-value',
            what: 'the value of "password"',
          },
        ],
      },
    ]);
  });

  it('never prints a value', async () => {
    await writeFile(join(folder, 'all.yaml'), Object.values(secrets).join('\n'));
    for (const format of ['text', 'json']) {
      const { out } = await run(folder, ['scan', '--format', format]);
      expect(out).not.toContain('x7Kq2');
    }
  });

  it('reads what the settings classes declare, unless told not to', async () => {
    await writeFile(join(folder, 'uno.config.ts'), '');
    await writeFile(join(folder, 'config/app.yaml'), 'payment:\n  code: hunter2\n');
    const exported = module({ sections: [PaymentSettings], sources: [] });
    expect((await run(folder, ['scan'], exported)).out).toContain(
      `${join('config', 'app.yaml')}:2:9 secure-field: the value of payment.code, which is declared secret\n`,
    );
    expect((await run(folder, ['scan', '--no-fields'], exported)).code).toBe(0);
  });

  it('does not go on without the classes when they cannot be had', async () => {
    await writeFile(join(folder, 'uno.config.ts'), '');
    const { code, error } = await run(folder, ['scan'], new Error('broken'));
    expect([code, error]).toEqual([2, expect.stringContaining('uno.config.ts')]);
    expect((await run(folder, ['scan', '--config', 'other.ts'])).code).toBe(2);
  });

  it('says which files it has not looked at', async () => {
    await writeFile(join(folder, 'binary.key'), Buffer.from([0, 1, 2]));
    expect((await run(folder, ['scan', 'binary.key'])).out).toBe(
      'binary.key has not been looked at: it is not text, or larger than 16 MiB.\nNo plain-text secret in 0 files.\n',
    );
  });

  it('refuses what is not there', async () => {
    const { code, error } = await run(folder, ['scan', 'nowhere']);
    expect([code, error]).toEqual([
      2,
      `uno-config: There is no nowhere.\nIt was looked for at ${join(folder, 'nowhere')}.\n`,
    ]);
  });

  it('leaves out what git ignores, in a work tree', async () => {
    git('init');
    await writeFile(join(folder, '.gitignore'), 'node_modules\nignored.yaml\n');
    await writeFile(join(folder, 'ignored.yaml'), line);
    await symlink('nowhere', join(folder, 'broken.yaml'));
    expect((await run(folder, ['scan'])).out).toContain('1 plain-text secret in 2 files.\n');
  });
});

describe('scan --staged', () => {
  it('looks at what would be committed, not at what stands in the folder', async () => {
    git('init');
    git('add', 'config');
    await rm(join(folder, 'config/app.yaml'));
    await writeFile(join(folder, 'other.yaml'), line);
    const { code, out } = await run(folder, ['scan', '--staged']);
    expect([code, out]).toEqual([
      1,
      `${join('config', 'app.yaml')}:4:13 secret-value: the value of "password"\n1 plain-text secret in 2 files.\n`,
    ]);
  });

  it('leaves alone what is committed already, and what is removed', async () => {
    git('init');
    git('add', '.');
    git('commit', '-m', 'first');
    git('rm', '--cached', 'config/app.yaml');
    expect(await run(folder, ['scan', '--staged'])).toMatchObject({
      code: 0,
      out: 'No plain-text secret in 0 files.\n',
    });
  });

  it('shows names from a folder below as that folder sees them', async () => {
    git('init');
    git('add', 'config');
    const { out } = await run(join(folder, 'config'), ['scan', '--staged', 'app.yaml']);
    expect(out).toBe('app.yaml:4:13 secret-value: the value of "password"\n1 plain-text secret in one file.\n');
  });

  it('needs git', async () => {
    expect(await run(folder, ['scan', '--staged'])).toMatchObject({
      code: 2,
      error: `uno-config: --staged needs git and a work tree.\nNone was found at ${folder}.\n`,
    });
  });
});
