import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { IsInt, IsNumber, IsOptional, IsString, Max } from 'class-validator';
import { rule } from '../../../src/runtime/index.js';
import { ConfigSection, Secure, type SecureValue } from '../../../src/sections/index.js';
import { defineTenants } from '../../../src/tenants/index.js';
import { folderWith, module, removeFolder, run, type Outcome } from '../fake-io.js';
import { memoryStore, type MemoryStore } from './memory-store.js';

@ConfigSection('pricing')
class PricingSettings {
  @IsNumber() @Max(100) vat = 19;
  @IsString() currency = 'EUR';
  @IsOptional() @Secure() key?: SecureValue<string>;
}

@ConfigSection('limits')
class LimitSettings {
  @IsInt() @Max(1_000) perMinute = 60;
}

const sections = [PricingSettings, LimitSettings];
let folder: string;
let memory: MemoryStore;

beforeAll(async () => {
  folder = await folderWith({
    'uno.config.ts': '',
    'first.yaml': 'pricing:\n  vat: 7\n',
    'bad.yaml': 'pricing: {vat: 700}',
  });
});

afterAll(() => removeFolder(folder));

beforeEach(() => {
  memory = memoryStore();
});

async function shop(...argv: string[]): Promise<Outcome> {
  return run(folder, argv, module({ sections, sources: [memory.source], environment: 'test' }));
}

describe('push', () => {
  it('publishes a file, and shows what differs', async () => {
    const { code, out, error } = await shop('push', 'first.yaml', '--comment', 'the first one');
    expect([code, out, error]).toEqual([0, '  + pricing.vat: 7\nmemory shop: published revision 1.\n', '']);
    expect((await shop('history')).out).toMatch(
      /^memory shop\n {4}1 {2}1970-01-01T00:00:00.000Z {2}\S+ {2}the first one\n$/,
    );
  });

  it('publishes nothing that the program could not load, and says where', async () => {
    await shop('push', 'first.yaml');
    const { code, out } = await shop('push', 'pricing.vat=700', 'limits.perMinute=5');
    expect(code).toBe(1);
    expect(out).toContain('test: pricing.vat: must not be greater than 100');
    expect(out).toContain('Nothing is published.');
    expect((await memory.source.store.read()).revision).toBe(1);
  });

  it('lets through what was wrong before', async () => {
    const loads = async (): Promise<Outcome> =>
      run(
        folder,
        ['push', 'limits.perMinute=5'],
        module({
          sections,
          sources: [memory.source, { load: () => ({ limits: { nonsense: 1 } }) }],
          environment: 'test',
        }),
      );
    await shop('push', 'first.yaml');
    expect((await loads()).code).toBe(0);
  });

  it('only tries with --dry-run', async () => {
    const { code, out } = await shop('push', 'first.yaml', '--dry-run');
    expect([code, out]).toEqual([0, '  + pricing.vat: 7\nValid. Nothing is published, because of --dry-run.\n']);
    expect((await memory.source.store.read()).revision).toBe(0);
  });

  it('says that there is nothing to publish', async () => {
    await shop('push', 'first.yaml');
    expect((await shop('push', 'pricing.vat=7')).out).toBe('memory shop holds that already, in revision 1.\n');
  });

  it('removes a setting with an empty value, and takes what is no JSON as a string', async () => {
    await shop('push', 'first.yaml');
    await shop('push', 'pricing.vat=', 'pricing.currency=CHF');
    expect((await memory.source.store.read()).documents.get('')).toEqual({ pricing: { currency: 'CHF' } });
  });

  it('asks from which revision a file starts, and takes the line that pull writes', async () => {
    await shop('push', 'first.yaml');
    const refused = await shop('push', 'bad.yaml');
    expect([refused.code, refused.error]).toEqual([
      2,
      expect.stringContaining('bad.yaml does not say which revision it starts from, and memory shop is at revision 1.'),
    ]);
    const { out } = await shop('pull');
    expect(out).toBe('# revision 1 of memory shop\npricing:\n  vat: 7\n');
    const own = await folderWith({ 'uno.config.ts': '', 'mine.yaml': out.replace('7', '8') });
    const exported = module({ sections, sources: [memory.source], environment: 'test' });
    expect((await run(own, ['push', 'mine.yaml'], exported)).code).toBe(0);
    // The file still starts from revision 1, and its own change is revision 2.
    await shop('push', 'pricing.vat=9');
    const lost = await run(own, ['push', 'mine.yaml'], exported);
    expect([lost.code, lost.error]).toEqual([
      1,
      expect.stringContaining(
        'memory shop does not take this change: it starts from revision 1, and revision 3 is there.',
      ),
    ]);
    expect((await run(own, ['push', 'mine.yaml', '--force'], exported)).code).toBe(0);
    await removeFolder(own);
  });

  it('makes its change again when another writer was quicker', async () => {
    await shop('push', 'first.yaml');
    memory.beforeAppend = async () => {
      await memory.source.write({ pricing: { vat: 7, currency: 'USD' } }, { expected: 1 });
    };
    expect((await shop('push', 'limits.perMinute=9')).code).toBe(0);
    const { revision, documents } = await memory.source.store.read();
    expect([revision, documents.get('')]).toEqual([
      3,
      { pricing: { vat: 7, currency: 'USD' }, limits: { perMinute: 9 } },
    ]);
  });

  it('lets no secret in plain text into a store, nor a mask', async () => {
    const { code, error } = await shop('push', 'pricing.key=hunter2');
    expect([code, error]).toEqual([
      2,
      expect.stringContaining('Nothing is published: pricing.key is a secret in plain text.'),
    ]);
    expect(error).not.toContain('hunter2');
    const masked = await shop('push', 'pricing.key=[secure]', '--plain-secrets');
    expect(masked.error).toContain('pricing.key is a mask, not a value');
    expect((await shop('push', 'pricing.key=hunter2', '--plain-secrets')).out).not.toContain('hunter2');
    expect((await shop('pull')).out).not.toContain('hunter2');
  });

  it.each([
    ['__proto__.polluted=1', 'is not a known key'],
    ['pricing.vat.deeper=1', 'pricing.vat.deeper cannot be set: "vat" is no map.'],
    ['nowhere.yaml', 'nowhere.yaml cannot be read.'],
    ['uno.config.ts', 'uno.config.ts is no file of settings.'],
  ])('refuses %s', async (word, why) => {
    await shop('push', 'first.yaml');
    const { code, out, error } = await shop('push', word);
    expect(code).not.toBe(0);
    expect(`${out}${error}`).toContain(why === 'is not a known key' ? '__proto__' : why);
    expect('polluted' in {}).toBe(false);
  });
});

describe('rollback, diff and pull of a revision', () => {
  it('publishes an earlier revision as a new one', async () => {
    await shop('push', 'first.yaml');
    await shop('push', 'pricing.vat=8');
    const diff = await shop('diff', '--from', '@1', '--to', '@2');
    expect([diff.code, diff.out]).toEqual([
      1,
      'memory shop@1 -> memory shop@2: 1 setting differs.\n  ~ pricing.vat: 7 -> 8\n',
    ]);
    const { code, out } = await shop('rollback', '1');
    expect([code, out]).toEqual([0, '  ~ pricing.vat: 8 -> 7\nmemory shop: published revision 3.\n']);
    expect((await shop('pull', '--revision', '2', '--json')).out).toContain('"vat": 8');
    expect((await shop('history', '--json')).out).toContain('"comment": "back to revision 1"');
  });

  it.each([
    [['rollback', '7'], 'memory shop has no revision 7.'],
    [['rollback', 'first'], '"first" is no revision.'],
    [['diff', '--from', '@1', '--to', 'test'], 'A revision can only be compared with another one.'],
    [['pull', '--store', 'other'], 'has no store "other".'],
  ])('refuses %j', async (argv, why) => {
    await shop('push', 'first.yaml');
    const { code, error } = await shop(...argv);
    expect([code, error]).toEqual([2, expect.stringContaining(why)]);
  });

  it('says which source would read a store, where there is none', async () => {
    const { code, error } = await run(folder, ['history'], module({ sections, sources: [] }));
    expect([code, error]).toEqual([2, expect.stringContaining('uno.config.ts has no source that reads a store.')]);
  });
});

describe('a store below tenants', () => {
  it('takes no change that is right for the program and wrong for one of them', async () => {
    @ConfigSection('window')
    class WindowSettings {
      @IsInt() from = 8;
      @IsInt() to = 18;
    }
    const { source } = memoryStore();
    const { source: layers } = memoryStore('many', 'tenants');
    const documents = new Map([
      ['acme', { window: { from: 12 } }],
      ['globex', {}],
    ]);
    await layers.store.publish(documents, { expected: 0 });
    await source.write({ window: { to: 18 } }, { expected: undefined });
    const rules = [rule('from must be before to', [WindowSettings], ({ from, to }) => from < to)];
    const exported = module({
      sections: [WindowSettings],
      sources: [source],
      rules,
      environment: 'test',
      tenants: defineTenants({ layers }),
    });
    const own = ['--store', 'memory shop'];
    const { code, out } = await run(folder, ['push', 'window.to=10', ...own], exported);
    expect([code, out]).toEqual([1, expect.stringContaining('test, tenant acme: window: from must be before to')]);
    expect(out).not.toContain('globex');
    expect((await run(folder, ['push', 'window.to=13', ...own], exported)).code).toBe(0);
  });
});

describe('a store of the documents of tenants', () => {
  const tenants = memoryStore('many', 'tenants');
  const exported = module({
    sections,
    sources: [],
    environment: 'test',
    tenants: defineTenants({
      layers: tenants.source,
      plans: { name: 'plans', load: () => new Map([['gold', {}]]) },
    }),
  });

  it('is written by a folder, by one document, by plan and as a whole, each checked for its tenants', async () => {
    const own = await folderWith({
      'uno.config.ts': '',
      'docs/acme.yaml': '$tenant: {plan: gold}\nlimits: {perMinute: 10}\n',
      'docs/globex.yaml': 'limits: {perMinute: 20}\n',
    });
    const tenant = async (...argv: string[]): Promise<Outcome> => run(own, argv, exported);
    expect(await tenant('push', 'docs')).toMatchObject({ code: 0, error: '' });
    expect((await tenant('push', 'limits.perMinute=30', '--plan', 'gold')).out).toBe(
      '  ~ acme.limits.perMinute: 10 -> 30\nmemory tenants: published revision 2.\n',
    );
    const bad = await tenant('push', 'limits.perMinute=3000', '--all');
    expect(bad.code).toBe(1);
    expect(bad.out).toContain('test, tenant acme: limits.perMinute: must not be greater than 1000');
    expect(bad.out).toContain('test, tenant globex: limits.perMinute');
    expect((await tenant('push', 'limits.perMinute=40', '--document', 'globex')).code).toBe(0);
    expect((await tenant('pull', '--to', 'pulled')).out).toBe('wrote 2 documents of memory tenants, revision 3\n');
    expect(await readFile(join(own, 'pulled/acme.yaml'), 'utf8')).toMatch(/^# revision 3 of memory tenants\n/);
    // Another tenant has moved since, which does not hold back this one.
    await tenant('push', 'limits.perMinute=41', '--document', 'globex');
    expect(await tenant('push', 'pulled/acme.yaml', '--document', 'acme')).toMatchObject({ code: 0 });
    expect((await tenant('push', 'pulled/globex.yaml', '--document', 'globex')).code).toBe(1);
    expect((await tenant('history')).out).toContain('[globex]');
    const back = await tenant('rollback', '1', '--document', 'acme');
    expect(back.out).toContain('~ acme.limits.perMinute: 30 -> 10');
    await removeFolder(own);
  });
});
