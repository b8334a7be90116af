import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { IsInt, IsString } from 'class-validator';
import { openerFor, openFile } from '../../src/cli/open-file.js';
import { ConfigSection, Secure } from '../../src/sections/index.js';
import type { SecureValue } from '../../src/index.js';
import { configFolder } from '../../src/sources/index.js';
import { folderWith, module, removeFolder, run } from './fake-io.js';

const SECRET = 'sk-live-4f9b27c1';

@ConfigSection('http')
class HttpSettings {
  @IsInt() port: number = 3000;
  @IsString() greeting: string = 'Hello';
}

@ConfigSection('payment.acme')
class AcmeSettings {
  @Secure({ level: 'mask', as: 'text' }) apiKey!: SecureValue<string>;
}

let folder: string;
let exported: unknown;

beforeAll(async () => {
  folder = await folderWith({
    'uno.config.ts': '',
    'config/app.yaml': `http:\n  port: 8080\n  greeting: </script><b>\npayment:\n  acme:\n    apiKey: ${SECRET}\n`,
  });
  exported = module({
    sections: [HttpSettings, AcmeSettings],
    sources: [configFolder(join(folder, 'config'))],
    env: {},
  });
});

afterAll(() => removeFolder(folder));

describe('tree', () => {
  it('shows all settings with their places, secrets masked', async () => {
    const { code, out } = await run(folder, ['tree', '--env', 'test'], exported);
    const file = join(folder, 'config/app.yaml');
    expect([code, out.replaceAll(file, 'app.yaml')]).toEqual([
      0,
      `http
├─ port = 8080  (app.yaml:2)
└─ greeting = "</script><b>"  (app.yaml:3)
payment
└─ acme
   └─ apiKey = [secure]  (app.yaml:6)
`,
    ]);
  });

  it('shows the same as JSON', async () => {
    const { out } = await run(folder, ['tree', '--env', 'test', '--json'], exported);
    expect(JSON.parse(out)).toMatchObject([
      { path: 'http.port', value: '8080', type: 'integer', line: 2 },
      { path: 'http.greeting' },
      { path: 'payment.acme.apiKey', value: '[secure]', mark: 'secret' },
    ]);
  });

  it('writes a report that only its owner reads, and opens it', async () => {
    const { out, opened } = await run(folder, ['tree', '--env', 'test', '--open'], exported);
    const [path = ''] = opened;
    expect(out).toBe(`Opened ${path}.\n`);
    const html = await readFile(path, 'utf8');
    expect(html).not.toContain(SECRET);
    expect(html).not.toContain('</script><b>');
    expect(html).toContain('\\u003c/script>\\u003cb>');
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    await removeFolder(join(path, '..'));
  });

  it('writes it where it is wanted, without opening it', async () => {
    const { out, opened } = await run(folder, ['tree', '--env', 'test', '--report', 'report.html'], exported);
    expect([out, opened]).toEqual([`The report is ${join(folder, 'report.html')}.\n`, []]);
    const wrong = await run(folder, ['tree', '--env', 'test', '--report', '.'], exported);
    expect([wrong.code, wrong.error]).toEqual([2, expect.stringMatching(/ cannot be written: \w+\.\n$/)]);
  });
});

describe('what a report is opened with', () => {
  it('is the opener of the platform', () => {
    expect(openerFor('darwin', {})).toEqual(['open']);
    expect(openerFor('win32', {})).toEqual(['explorer.exe']);
    expect(openerFor('linux', { DISPLAY: ':0' })).toEqual(['xdg-open']);
    expect(openerFor('linux', { WAYLAND_DISPLAY: 'wayland-0' })).toEqual(['xdg-open']);
  });

  it('is nothing where nobody would see it', async () => {
    expect(openerFor('linux', {})).toBeUndefined();
    expect(openerFor('darwin', { CI: 'true' })).toBeUndefined();
    expect(openerFor('darwin', { SSH_CONNECTION: '203.0.113.7 1 203.0.113.8 22' })).toBeUndefined();
    expect(await openFile('report.html', 'linux', {})).toBe(false);
    // There is no such program.
    expect(await openFile('report.html', 'linux', { DISPLAY: ':0', PATH: folder })).toBe(false);
  });
});
