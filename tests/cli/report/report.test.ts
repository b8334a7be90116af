import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Ajv } from 'ajv';
import { IsString } from 'class-validator';
import { ConfigSection } from '../../../src/sections/index.js';
import { yamlFile } from '../../../src/sources/index.js';
import { folderWith, module, removeFolder, run } from '../fake-io.js';
import { MARKUP, SECRETS, SHOP_FILES, shopDefinition } from './hostile-shop.js';

let folder: string;

beforeEach(async () => {
  folder = await folderWith(SHOP_FILES);
});

afterEach(() => removeFolder(folder));

const validate = (...words: string[]) =>
  run(folder, ['validate', '--all-environments', ...words], { default: shopDefinition(folder) });

async function reportOf(file: string): Promise<string> {
  const { code, error } = await validate('--report', file);
  expect([code, error]).toEqual([1, '']);
  return readFile(join(folder, file), 'utf8');
}

interface Json {
  readonly places: readonly { environment: string; region: string | null; tenants: object }[];
  readonly settings: readonly { path: string; drifts: boolean; secret: string | null; values: readonly unknown[] }[];
  readonly findings: readonly { code: string; level: string; where: readonly object[] }[];
  readonly unused: readonly string[] | null;
}

describe('validate --report', () => {
  it('shows every environment, region and tenant', async () => {
    const { places } = JSON.parse(await reportOf('report.json')) as Json;
    const tenants = { acme: true, beta: false };
    expect(places).toEqual(
      ['development', 'test', 'production'].flatMap((environment) =>
        ['eu', 'us'].map((region) => ({ environment, region, ok: true, settings: 6, tenants })),
      ),
    );
  });

  it('tells what differs, what is deprecated, what is a secret, and what nothing reads', async () => {
    const { settings, findings, unused } = JSON.parse(await reportOf('report.json')) as Json;
    expect(settings.filter(({ drifts }) => drifts)).toMatchObject([{ path: 'shop.size' }]);
    expect(settings.find(({ path }) => path === 'shop.size')?.values.slice(3)).toMatchObject([
      { value: 10, from: 'shop.size (default)' },
      { value: 30, from: expect.stringMatching(/app\.production\.eu\.yaml:2:9\)$/) as unknown },
      { value: 20 },
    ]);
    expect(settings.map(({ path, secret }) => [path, secret])).toEqual([
      ['shop.title', null],
      ['shop.size', null],
      ['shop.width', null],
      ['shop.url', 'masked'],
      ['shop.apiToken', 'masked'],
      ['shop.password', 'mask'],
    ]);
    expect(findings.map(({ code, level, where }) => [code, level, where.length])).toEqual([
      ['deprecated', 'warning', 6],
      ['constraint', 'error', 6],
    ]);
    expect(unused).toEqual(['config/app.production.mars.yaml', 'config/notes.yaml']);
  });

  it('has no secret in a byte of it, and every value as text', async () => {
    const { code, out } = await validate('--report', 'a.html', '--report', 'a.json', '--report', 'a.sarif');
    expect([code, out]).toEqual([1, expect.stringMatching(/^wrote a\.html\nwrote a\.json\nwrote a\.sarif\n/)]);
    for (const file of ['a.html', 'a.json', 'a.sarif']) {
      const text = await readFile(join(folder, file), 'utf8');
      for (const secret of SECRETS) expect([file, text.includes(secret)]).toEqual([file, false]);
    }
    const page = await readFile(join(folder, 'a.html'), 'utf8');
    expect(page).toContain('&lt;img src=x onerror=');
    expect(page).not.toMatch(/<img|<script|&#39;&amp;&quot;<\//);
    expect(page).not.toContain(MARKUP);
  });

  it('is SARIF 2.1.0 with places that code review finds', async () => {
    const sarif = JSON.parse(await reportOf('report.sarif')) as {
      readonly runs: readonly {
        readonly results: readonly { readonly ruleId: string; readonly locations: unknown }[];
      }[];
    };
    const schema = await readFile(new URL('./sarif-schema-2.1.0.json', import.meta.url), 'utf8');
    // Of draft 4: its id is called otherwise since.
    const { id, $schema, ...rules } = JSON.parse(schema) as Record<string, unknown>;
    expect([id, $schema]).toEqual([expect.stringContaining('sarif-schema-2.1.0'), expect.stringContaining('draft-04')]);
    const check = new Ajv({ strict: false, validateFormats: false }).compile(rules);
    expect([check(sarif), check.errors]).toEqual([true, null]);
    expect(check({ ...sarif, version: '2' })).toBe(false);
    const results = sarif.runs[0]?.results ?? [];
    expect(results.map(({ ruleId }) => ruleId)).toEqual(['deprecated', 'constraint', 'unused-file', 'unused-file']);
    expect(results[0]?.locations).toEqual([
      {
        physicalLocation: {
          artifactLocation: { uri: 'config/app.yaml', uriBaseId: '%SRCROOT%' },
          region: { startLine: 4, startColumn: 10 },
        },
        logicalLocations: [{ fullyQualifiedName: 'shop.width' }],
      },
    ]);
    expect(results[1]).toMatchObject({
      level: 'error',
      message: { text: expect.stringMatching(/^shop\.size: .*In development, eu, beta; .*and 1 more\.$/) as unknown },
      locations: [{ physicalLocation: { artifactLocation: { uri: 'tenants/beta.yaml' }, region: { startLine: 1 } } }],
    });
  });

  it('lists what is wrong in an environment that does not load, and does not guess what is unused', async () => {
    await writeFile(join(folder, 'config/app.test.yaml'), 'shop:\n  size: 501\n  sice: 1\n');
    const { places, findings, unused } = JSON.parse(await reportOf('report.json')) as Json;
    expect(places.map((place) => [place.environment, Object.keys(place.tenants).length])).toContainEqual(['test', 0]);
    expect(findings.filter(({ level }) => level === 'error').map(({ code }) => code)).toContain('unknown-key');
    expect(unused).toBeNull();
  });

  it('ends with 0 when all are valid', async () => {
    await writeFile(join(folder, 'tenants/beta.yaml'), '{}\n');
    await expect(validate('--report', 'report.html')).resolves.toMatchObject({ code: 0 });
    expect(await readFile(join(folder, 'report.html'), 'utf8')).toContain('<p class="good">All are valid.</p>');
  });

  it('refuses a form that it does not have, before anything is read', async () => {
    await expect(validate('--report', 'report.pdf')).resolves.toMatchObject({
      code: 2,
      out: '',
      error:
        'uno-config: --report report.pdf is no form of a report.\nWrite a file that ends in .html, .json, .sarif.\n',
    });
  });
});

describe('a report of documents of earlier versions', () => {
  @ConfigSection('post', {
    version: 2,
    migrations: {
      2: [
        { move: 'smtp.server', to: 'host' },
        { join: ['user', 'realm'], to: 'login', as: ({ user, realm }) => `${String(user)}@${String(realm)}` },
      ],
    },
  })
  class PostSettings {
    @IsString() host = 'localhost';
    @IsString() login = 'nobody';
  }

  it.each(['report.html', 'report.json'])(
    'says what was moved and joined, and where it is written: %s',
    async (file) => {
      const place = await folderWith({
        'uno.config.ts': '',
        'app.yaml': 'smtp:\n  server: mx\npost:\n  user: ann\n  realm: shop\n',
      });
      const definition = module({ sections: [PostSettings], sources: [yamlFile(join(place, 'app.yaml'))] });
      const { code } = await run(place, ['validate', '--all', '--report', file], definition);
      const report = await readFile(join(place, file), 'utf8');
      expect(code).toBe(0);
      expect(report).toMatch(/app\.yaml:2:11[^<"]*, moved in version 2/);
      expect(report).toMatch(/app\.yaml:4:9[^<"]*, joined in version 2/);
      await removeFolder(place);
    },
  );
});
