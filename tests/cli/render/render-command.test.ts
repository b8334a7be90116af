import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { IsInt, IsOptional, IsString } from 'class-validator';
import { Type } from 'class-transformer';
import { load as parse } from 'js-yaml';
import type { ConfigSource } from '../../../src/core/index.js';
import { describeFully, loadGeneration } from '../../../src/runtime/index.js';
import {
  type ByteSize,
  ConfigSection,
  Duration,
  IsByteSize,
  IsDuration,
  ListOf,
  MapOf,
  Secure,
  type SecureValue,
} from '../../../src/sections/index.js';
import { jsonFile, object, processEnv, yamlFile } from '../../../src/sources/index.js';
import { testKeyring } from '../../../src/testing/index.js';
import { arbitrary } from '../../../src/testing/fast-check/index.js';
import fc from '../../fast-check.js';
import { folderWith, module, removeFolder, run } from '../fake-io.js';

class Replica {
  @IsString() host!: string;
  @Secure() password!: SecureValue<string>;
}

@ConfigSection('shop')
class ShopSettings {
  @IsString() name!: string;
  @IsInt() size!: number;
  @IsOptional() @IsString() note?: string;
  @IsDuration() wait: Duration = Duration.of('5s');
  @IsByteSize() limit!: ByteSize;
  @Type(() => URL) home: URL = new URL('https://shop.example/');
  @Type(() => Date) since: Date = new Date(0);
  @Type(() => BigInt) big: bigint = 12345678901234567890n;
  @ListOf(() => String) tags!: string[];
  @MapOf(() => Number) weights!: Record<string, number>;
  @Secure() pin!: SecureValue<string>;
  @Secure({ as: 'number' }) code!: SecureValue<number>;
  @ListOf(() => Replica) replicas!: Replica[];
  @ListOf(() => String) tokens: string[] = [];
}

const values = {
  name: '$${not.a.reference} # : "x"',
  size: 7,
  limit: '1KiB',
  tags: ['yes', '12', ''],
  weights: { 'a.b': 1, '0': 2.5 },
  pin: 'hunter2',
  code: 4711,
  replicas: [{ host: 'r1', password: 'hunter3' }],
  tokens: ['hunter4', 'hunter5'],
  home: 'https://ann:hunter6@shop.example/x',
};

const SECRETS = ['hunter2', '4711', 'hunter3', 'hunter4', 'hunter5', 'hunter6'];

const VARIABLES = {
  SHOP_SHOP__PIN: 'hunter2',
  SHOP_SHOP__CODE: '4711',
  SHOP_SHOP__REPLICAS__0__PASSWORD: 'hunter3',
  SHOP_SHOP__HOME: 'https://ann:hunter6@shop.example/x',
  SHOP_SHOP__TOKENS__0: 'hunter4',
  SHOP_SHOP__TOKENS__1: 'hunter5',
};

let folder: string;

beforeAll(async () => {
  folder = await folderWith({ 'uno.config.ts': '' });
});

afterAll(() => removeFolder(folder));

const exported = (given: object) =>
  module({
    sections: [ShopSettings],
    sources: [object({ shop: given }), processEnv({ prefix: 'SHOP_', env: {} })],
    env: {},
  });

const render = (words: readonly string[], given: object = values) =>
  run(folder, ['render', '--env', 'production', ...words], exported(given));

async function settingsFrom(source: ConfigSource, env: Readonly<Record<string, string>>): Promise<readonly unknown[]> {
  const generation = await loadGeneration({
    sections: [ShopSettings],
    sources: [source],
    environment: 'production',
    env,
  });
  const shop = generation.get(ShopSettings);
  const secrets: readonly SecureValue<unknown>[] = [shop.pin, shop.code, ...shop.replicas.map((one) => one.password)];
  const opened = secrets.map((one) => one.use((value) => String(value)));
  return [describeFully(generation).map(({ path, value }) => [path, value]), opened, shop.tokens, shop.home.href];
}

describe('render', () => {
  it.each(['yaml', 'json'] as const)('prints a document as %s that loads to the same settings', async (as) => {
    const { code, out, error } = await render(['--as', as]);
    expect([code, error]).toEqual([0, '']);
    for (const secret of SECRETS) expect(out).not.toContain(secret);
    const file = join(folder, `rendered.${as}`);
    await writeFile(file, out);
    const source = as === 'json' ? jsonFile(file) : yamlFile(file);
    expect(await settingsFrom(source, VARIABLES)).toEqual(await settingsFrom(object({ shop: values }), {}));
  });

  it('does so for whatever settings there are', async () => {
    const file = join(folder, 'any.yaml');
    await fc.assert(
      fc.asyncProperty(arbitrary(ShopSettings, { fields: { tokens: fc.constant([]) } }), async (given) => {
        const { code, out } = await render([], given);
        expect(code).toBe(0);
        const tree = parse(out) as { shop: Record<string, unknown> };
        const env: Record<string, string> = {};
        collect(tree.shop, given, env);
        await writeFile(file, out);
        expect(await settingsFrom(yamlFile(file), env)).toEqual(await settingsFrom(object({ shop: given }), {}));
      }),
    );
  });

  it('refers to secrets as their sources do, where that is safe to show', async () => {
    const given = { ...values, pin: '${env:PIN}' };
    const { out } = await run(folder, ['render', '--env', 'test'], {
      default: { ...(exported(given) as { default: object }).default, env: { PIN: 'hunter2' } },
    });
    expect(parse(out)).toMatchObject({ shop: { pin: '${env:PIN}', code: '${env:SHOP_SHOP__CODE}' } });
  });

  it('leaves an encrypted value as it is, for it opens at its own path alone', async () => {
    const keyring = testKeyring();
    const pin = keyring.encrypt('hunter2', 'shop.pin');
    const { out } = await run(folder, ['render', '--env', 'test'], {
      default: { ...(exported({ ...values, pin }) as { default: object }).default, secrets: { keyring, app: 'test' } },
    });
    expect(parse(out)).toMatchObject({ shop: { pin, code: '${env:SHOP_SHOP__CODE}' } });
  });

  it('writes a ConfigMap with the document, and a Secret with what it refers to', async () => {
    // A line of JavaScript may end where none of YAML does.
    const given = { ...values, note: 'one\u2028two\u0085three' };
    const document = (await render([], given)).out;
    const words = ['--as', 'configmap', '--name', 'shop', '--file', 'shop.yaml'];
    const map: unknown = parse((await render(words, given)).out);
    expect(map).toEqual({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'shop' },
      data: { 'shop.yaml': document },
    });
    const { out } = await render(['--as', 'secret', '--name', 'shop']);
    for (const secret of SECRETS) expect(out).not.toContain(secret);
    expect(parse(out)).toEqual({
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'shop' },
      stringData: Object.fromEntries(Object.keys(VARIABLES).map((name) => [name, `\${${name}}`])),
    });
  });

  it('writes values for a chart of Helm', async () => {
    const { out } = await render(['--as', 'helm']);
    expect(parse(out)).toEqual({
      config: parse((await render([])).out),
      secretVariables: Object.keys(VARIABLES),
    });
  });

  it.each<[what: string, words: readonly string[], given: object, message: string]>([
    ['a name', ['--as', 'secret', '--name', 'Shop_1'], values, '--name "Shop_1" is no name that Kubernetes takes.'],
    ['a long name', ['--as', 'configmap', '--name', 'a'.repeat(254)], values, 'is no name that Kubernetes takes.'],
    ['a key', ['--as', 'configmap', '--file', '../a'], values, 'ConfigMap settings cannot have the key "../a".'],
    ['a key of dots', ['--as', 'configmap', '--file', '..a'], values, 'cannot have the key "..a".'],
    ['too much', ['--as', 'configmap'], { ...values, note: 'x'.repeat(1_048_576) }, 'Kubernetes takes 1048576.'],
    ['a prefix', ['--prefix', 'SHOP'], values, '"SHOP" does not separate itself from a name.\nWrite --prefix "SHOP_".'],
    ['two forms', ['--as', 'helm', '--json'], values, '--as helm and --format json ask for two forms.'],
  ])('refuses %s that Kubernetes would refuse', async (_, words, given, message) => {
    const { code, out, error } = await render(words, given);
    expect([code, out, error]).toEqual([2, '', expect.stringContaining(message)]);
  });
});

/** The variables that a rendered document wants, with what was there. */
function collect(rendered: unknown, given: unknown, env: Record<string, string>): void {
  if (typeof rendered === 'string') {
    const [, name] = /^\$\{env:(\w+)\}$/.exec(rendered) ?? [];
    if (name !== undefined) env[name] = String(given);
  } else if (typeof rendered === 'object' && rendered !== null) {
    for (const [key, value] of Object.entries(rendered)) {
      collect(value, typeof given === 'object' && given !== null ? Reflect.get(given, key) : undefined, env);
    }
  }
}
