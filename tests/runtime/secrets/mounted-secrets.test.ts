import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { IsInt, IsOptional, IsString } from 'class-validator';
import type { ConfigSource, SecureValue } from '../../../src/core/index.js';
import { createLayer, isMountedSecret } from '../../../src/core/index.js';
import { diffGenerations, factsOf } from '../../../src/runtime/generation/index.js';
import { loadGeneration, type LoadOptions } from '../../../src/runtime/index.js';
import { ConfigSection, ListOf, Secure } from '../../../src/sections/index.js';
import { accessPolicy } from '../../../src/security/index.js';
import { directory, object, processEnv } from '../../../src/sources/index.js';
import { issuesOf, loaded, made, RecordingLogger, refused } from '../loading.js';

const CANARY = 'canary-4d1f-hunter2';

@ConfigSection('shop')
class ShopSettings {
  @IsOptional() @IsString() plain?: string;
  @IsOptional() @IsString() other?: string;
  @IsOptional() @IsInt() size?: number;
  @ListOf(() => String) items: readonly string[] = [];
  @Secure({ optional: true }) masked?: SecureValue<string>;
  @Secure({ level: 'sealed', optional: true }) sealed?: SecureValue<Buffer>;
}

/** What a platform has mounted, without a disk. */
function mounted(shop: object, folder = '/run/secrets/shop'): ConfigSource {
  return { load: () => createLayer({ name: folder, kind: 'directory', folder, tree: { shop } }) };
}

describe('a folder of mounted secrets', () => {
  it.each([
    '/run/secrets',
    '/run/secrets/x',
    '/var/run/secrets/kubernetes.io/serviceaccount/token',
    '/run/secrets/../secrets/x',
  ])('has %s in it', (path) => {
    expect(isMountedSecret(path)).toBe(true);
  });

  it.each(['/run/secretsx', '/run', '/run/secrets/../x', '/etc/secrets', 'run/secrets'])('has not %s in it', (path) => {
    expect(isMountedSecret(path)).toBe(false);
  });
});

describe('what is read from a folder of mounted secrets', () => {
  it.each(['/run/secrets', '/var/run/secrets/shop'])('is masked wherever it is shown, from %s', async (folder) => {
    const logger = new RecordingLogger();
    const values = { plain: CANARY, items: [CANARY], other: '<${shop.plain}>' };
    const lower = mounted({ plain: `${CANARY}-old` }, folder);
    const generation = await loaded([ShopSettings], [lower, mounted(values, folder)], { logger });
    expect(generation.get(ShopSettings).plain).toBe(CANARY);
    const shown = [
      generation.describe(),
      ['shop.plain', 'shop.other', 'shop.items', 'shop'].map((path) => String(generation.explain(path))),
      logger.records,
    ];
    expect(JSON.stringify(shown)).not.toContain(CANARY);
    expect(String(generation.explain('shop.plain'))).toContain('[secure]');
  });

  it('is masked in changes, as it was and as it will be, and as what lost', async () => {
    const all = (shop: object): LoadOptions => ({
      sections: [ShopSettings],
      sources: [mounted(shop), object({ shop: { size: 1 } })],
      environment: 'test',
      env: {},
    });
    const first = await loadGeneration(all({ plain: CANARY }));
    const second = await loadGeneration(all({ plain: `${CANARY}-2` }), { previous: first });
    const diff = diffGenerations(factsOf(first), factsOf(second));
    expect(JSON.stringify(diff)).not.toContain(CANARY);
    expect(diff.flatMap(({ changes }) => changes.map(({ path }) => path))).toEqual(['shop.plain']);
    const over = await loaded([ShopSettings], [mounted({ plain: CANARY }), object({ shop: { plain: 'mine' } })]);
    expect(String(over.explain('shop.plain'))).toMatch(/"mine"[^]*over .*\[secure\]/);
    expect(JSON.stringify(over.explain('shop.plain'))).not.toContain(CANARY);
  });

  it('is quoted by no message about a value of the wrong type', async () => {
    const error = await refused([ShopSettings], [mounted({ size: CANARY })]);
    expect(error.message).toContain('shop.size: must be an integer, got [secure]');
  });

  it('is warned of in a field that is not declared as a secret, and not in one that is', async () => {
    const logger = new RecordingLogger();
    await loaded([ShopSettings], [mounted({ plain: 'a', masked: 'b' })], { logger });
    expect(logger.of('config.secret.mounted').map(({ fields }) => fields)).toEqual([{ paths: ['shop.plain'] }]);
    await loaded([ShopSettings], [object({ shop: { plain: 'a' } }), mounted({ masked: 'b' })], { logger });
    expect(logger.of('config.secret.mounted')).toHaveLength(1);
  });
});

describe('a file of /run/secrets that a reference names', () => {
  let folder: string | undefined;

  beforeAll(async () => {
    try {
      await mkdir('/run/secrets', { recursive: true });
      folder = await mkdtemp('/run/secrets/uno-config-');
      await writeFile(join(folder, 'stripe'), `${CANARY}\n`);
    } catch {
      process.stdout.write('Skipped: files of /run/secrets, because this user cannot write there.\n');
    }
  });

  afterAll(async () => {
    if (folder !== undefined) await rm(folder, { recursive: true });
  });

  it('is a secret: refused by a plain field, taken by every other', async () => {
    if (folder === undefined) return;
    const text = `\${file:${folder}/stripe}`;
    expect(await issuesOf([ShopSettings], { shop: { plain: text, other: `a ${text}` } })).toEqual([
      'secret-in-plain-field shop.plain: is a secret, or was built from one, but its field is not declared as one',
      'secret-in-plain-field shop.other: is a secret, or was built from one, but its field is not declared as one',
    ]);
    const access = accessPolicy([{ effect: 'allow', paths: ['**'], rights: ['use'] }]);
    const options = { secrets: { access } };
    const { masked, sealed } = await made(ShopSettings, { shop: { masked: `Bearer ${text}`, sealed: text } }, options);
    expect([masked?.use(String), sealed?.use(String)]).toEqual([`Bearer ${CANARY}`, CANARY]);
  });

  it('is one as well where a variable names it, and in a mounted folder', async () => {
    if (folder === undefined) return;
    const env = { APP_SHOP__PLAIN_FILE: `${folder}/stripe` };
    const error = await refused([ShopSettings], [processEnv({ prefix: 'APP_', fileVariables: true, env })]);
    expect(error.issues.map(({ code }) => code)).toEqual(['secret-in-plain-field']);
    await mkdir(join(folder, 'shop'));
    await writeFile(join(folder, 'shop', 'plain'), CANARY);
    await rm(join(folder, 'stripe'));
    const generation = await loaded([ShopSettings], [directory(folder)]);
    expect(generation.get(ShopSettings).plain).toBe(CANARY);
    expect(JSON.stringify([generation.describe(), String(generation.explain('shop'))])).not.toContain(CANARY);
  });
});
