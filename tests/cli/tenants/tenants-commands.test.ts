import { access, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { IsInt, IsString, Max } from 'class-validator';
import { auditLog, type AuditEvent } from '../../../src/audit.js';
import { ConfigSection, defineConfig, object, Secure, type SecureValue, TenantScope } from '../../../src/index.js';
import { defineTenants, tenantFile, tenantFolder, type TenantsOptions } from '../../../src/tenants/index.js';
import { folderWith, module, removeFolder, run, type Outcome } from '../fake-io.js';

@ConfigSection('search')
class SearchSettings {
  @TenantScope('system') @IsString() readonly cluster: string = 'one';
  @IsInt() @Max(500) readonly pageSize: number = 20;
}

@ConfigSection('mail')
class MailSettings {
  @IsString() readonly from: string = 'us@example.org';
  @Secure({ optional: true }) readonly password?: SecureValue<string>;
}

const FILES = {
  'uno.config.ts': '',
  'tenants/acme.yaml': 'search: { page-size: 50 }\nmail: { from: us@example.org, password: swordfish }\n',
  'tenants/acme/more.yaml': '{}\n',
  'tenants/beta.yaml': '$tenant: { identifier: beta-shop, plan: premium }\n',
  'tenants/gamma.yaml': 'search: { page-size: many, cluster: mine }\n',
  'tenants/delta.yaml': '$tenant: { state: paused }\nsearch: { page-size: 400 }\n',
  'plans.yaml': 'premium: { search: { page-size: 100 } }\n',
  'ceiling.yaml': 'search: { page-size: { $max: 300 } }\n',
};

describe('uno-config tenants', () => {
  let folder: string;
  let events: AuditEvent[];

  beforeEach(async () => {
    folder = await folderWith(FILES);
    events = [];
  });

  afterEach(() => removeFolder(folder));

  function exported(options: Partial<TenantsOptions> = {}): unknown {
    const audit = auditLog({ sinks: [{ name: 'list', append: (more) => Promise.resolve(void events.push(...more)) }] });
    return module(
      defineConfig({
        sections: [SearchSettings, MailSettings],
        sources: [object({ search: { cluster: 'seven' } })],
        environment: 'test',
        secrets: { plain: 'allow', audit },
        tenants: defineTenants({
          layers: tenantFolder(join(folder, 'tenants')),
          plans: tenantFile(join(folder, 'plans.yaml')),
          ceiling: object({ search: { pageSize: { $max: 300 } } }),
          ...options,
        }),
      }),
    );
  }

  const tenants = async (...words: readonly string[]): Promise<Outcome> =>
    run(folder, ['tenants', ...words], exported());

  it('lists them, also those that cannot be served', async () => {
    const { code, out } = await tenants('list');
    expect([code, out]).toEqual([
      0,
      [
        'acme   acme       active  -        sets 3 settings',
        'beta   beta-shop  active  premium  sets 0 settings',
        'delta  delta      paused  -        sets 1 setting',
        'gamma  gamma      active  -        sets 2 settings',
        '',
      ].join('\n'),
    ]);
    expect(JSON.parse((await tenants('list', '--json')).out)).toContainEqual({
      id: 'beta',
      identifier: 'beta-shop',
      state: 'active',
      plan: 'premium',
      sets: 0,
    });
  });

  it('validates all of them, and ends with 1 when one is wrong', async () => {
    const { code, out } = await tenants('validate');
    expect(code).toBe(1);
    expect(out).toContain('gamma: 1 setting is not valid (test):\n  - search.cluster: is set for all tenants;');
    expect(out).toContain('1 of 4 tenants are not valid.');
    expect(await tenants('validate', 'acme', 'beta')).toMatchObject({ code: 0, out: 'All 2 tenants are valid.\n' });
    const json: unknown = JSON.parse((await tenants('validate', '--json')).out);
    expect(json).toMatchObject({
      ok: false,
      tenants: [
        { id: 'acme', ok: true, issues: [], clamps: [] },
        { id: 'beta', ok: true },
        { id: 'delta', ok: true, clamps: ['search.pageSize'] },
        { id: 'gamma', ok: false, issues: [{ code: 'forbidden-override', path: 'search.cluster' }] },
      ],
    });
  });

  it('explains a setting of one: the layer of every value', async () => {
    const { code, out } = await tenants('explain', 'delta', 'search.pageSize');
    expect([code, out]).toEqual([0, expect.stringContaining('search.pageSize = 300\n')]);
    expect(out).toContain('delta.yaml');
    expect((await tenants('explain', 'beta', 'search.page-size')).out).toContain('plans.yaml');
    expect((await tenants('explain', 'acme', 'mail.password')).out).not.toContain('swordfish');
    expect(await tenants('explain', 'nobody', 'mail')).toMatchObject({
      code: 1,
      error: expect.stringContaining('nobody'),
    });
  });

  it('tells a tenant from the base, and from another one', async () => {
    const { code, out } = await tenants('diff', 'beta');
    expect([code, out]).toEqual([
      1,
      expect.stringContaining('base -> beta: 1 differ.\n  ~ search.pageSize: 20 -> 100\n'),
    ]);
    expect((await tenants('diff', 'beta', 'acme')).out).toContain('~ search.pageSize: 100 -> 50');
    expect(await tenants('diff', 'acme', 'acme')).toMatchObject({ code: 0, out: 'acme and acme are equal.\n' });
  });

  it('names who sets something, to what and where, and who cannot be asked', async () => {
    const { code, out, error } = await tenants('who-overrides', 'search');
    expect(code).toBe(1);
    expect(out).toMatch(
      /^acme {3}search\.pageSize: 50 {3}search\.page-size \(.*acme\.yaml:1:\d+\)\ndelta {2}search\.pageSize: 300/,
    );
    expect(error).toContain('gamma: ');
    expect((await tenants('who-overrides', 'mail.password')).out).toContain('acme  mail.password: [secure]');
    expect((await tenants('who-overrides', 'search.cluster')).out).toBe('No tenant sets search.cluster.\n');
  });

  it('names what is set for nothing', async () => {
    const { code, out } = await tenants('unused', 'acme', 'beta');
    expect([code, out]).toEqual([
      1,
      expect.stringMatching(/^acme {2}mail\.from: "us@example\.org" {2}mail\.from \(.*\)\n$/),
    ]);
    expect(await tenants('unused', 'beta')).toMatchObject({
      code: 0,
      out: 'Every setting of a tenant makes a difference.\n',
    });
  });

  it('exports the document of one, without secrets in plain text, and records it', async () => {
    const { code, out } = await tenants('export', 'acme', '--json');
    expect([code, JSON.parse(out)]).toEqual([
      0,
      {
        $tenant: { identifier: 'acme', state: 'active', attributes: {} },
        search: { 'page-size': 50 },
        mail: { from: 'us@example.org', password: '[secure]' },
      },
    ]);
    expect(events).toMatchObject([{ action: 'read-masked', path: '**', tenant: 'acme', actor: 'uno-config' }]);
  });

  it('erases the document of one when it is told to twice, with its folder, and records it', async () => {
    const asked = await tenants('erase', 'acme');
    expect([asked.code, asked.out]).toEqual([
      1,
      expect.stringContaining('With --yes this is deleted of tenant acme:\n'),
    ]);
    expect(events).toEqual([]);
    expect(await readFile(join(folder, 'tenants/acme.yaml'), 'utf8')).toContain('swordfish');

    expect((await tenants('erase', 'acme', '--yes')).code).toBe(0);
    for (const name of ['acme.yaml', 'acme'])
      await expect(access(join(folder, 'tenants', name))).rejects.toThrow('ENOENT');
    await access(join(folder, 'tenants/beta.yaml'));
    expect(events).toMatchObject([{ action: 'write', decision: 'allow', tenant: 'acme' }]);
    expect(await tenants('erase', 'acme', '--yes')).toMatchObject({
      code: 2,
      error: expect.stringContaining('no tenant "acme"'),
    });
    expect(await tenants('erase', '../beta', '--yes')).toMatchObject({
      code: 1,
      error: expect.stringContaining('../beta'),
    });
  });

  it('asks for ids where documents are asked for one by one', async () => {
    const asked = exported({ layers: (id) => (id === 'acme' ? { search: { pageSize: 30 } } : undefined) });
    const { code, error } = await run(folder, ['tenants', 'validate'], asked);
    expect([code, error]).toEqual([2, expect.stringContaining('Name the tenants')]);
    expect(await run(folder, ['tenants', 'validate', 'acme'], asked)).toMatchObject({ code: 0 });
    const erase = await run(folder, ['tenants', 'erase', 'acme'], asked);
    expect([erase.code, erase.error]).toEqual([2, expect.stringContaining('in a source that cannot delete it')]);
  });

  it('says what to write where there are no tenants', async () => {
    const without = module(defineConfig({ sections: [SearchSettings], sources: [] }));
    const { code, error } = await run(folder, ['tenants', 'list'], without);
    expect([code, error]).toEqual([2, expect.stringContaining('uno.config.ts has no tenants.')]);
  });
});
