import { describe, expect, it } from '@jest/globals';
import { scanFile } from '../../../src/cli/scan/index.js';

async function found(text: string, file = 'settings.ts'): Promise<readonly string[]> {
  const findings = await scanFile(file, text, undefined);
  return findings
    .filter(({ rule }) => rule === 'undeclared-secret')
    .map(({ line, column, what }) => `${String(line)}:${String(column)} ${what.split(',')[0] ?? ''}`);
}

describe('a field that is typed SecureValue', () => {
  it.each([
    ['@MinLength(4) pin!: SecureValue<string>;', '1:15 pin'],
    ['  @IsString()\n  readonly pin: SecureValue<string> = SecureValue.of("x");', '2:12 pin'],
    ['@ListOf(() => String) keys: readonly SecureValue<string>[] = [];', '1:23 keys'],
    ['@MapOf(() => String) byName: Readonly<Record<string, SecureValue<string>>> = {};', '1:22 byName'],
    ['@IsOptional() @Matches(/^[a-z]+$/) @ValidateIf((o) => o.a(b())) pin?: SecureValue<string>;', '1:65 pin'],
    ['@Allow() pin: SecureValue<string> | undefined;', '1:10 pin'],
    ["@Describe('not @Secure') pin!: SecureValue<string>;", '1:26 pin'],
  ])('is found without @Secure: %s', async (text, place) => {
    expect(await found(text)).toEqual([place]);
  });

  it.each([
    '@Secure() pin!: SecureValue<string>;',
    "@MinLength(4) @Secure({ level: 'sealed', readers: () => [A] }) readonly pin!: SecureValue<string>;",
    '@Secure()\n  // the pin\n  @IsInt()\n  pin!: SecureValue<number>;',
    'class Held { secret: SecureValue<string>; }',
    'constructor(@InjectSecret(A, "b") private readonly key: SecretHandle<string>, b: SecureValue<string>) {}',
    '// @MinLength(4) pin!: SecureValue<string>;',
    'const text = "@MinLength(4) pin!: SecureValue<string>;";',
    '// uno-config: allow-secret\n@MinLength(4) pin!: SecureValue<string>;',
    '@IsString() a: string; b: SecureValue<string>;',
  ])('is none of these: %s', async (text) => {
    expect(await found(text)).toEqual([]);
  });

  it('is looked for in TypeScript only', async () => {
    const text = '@MinLength(4) pin!: SecureValue<string>;';
    expect([await found(text, 'a.md'), await found(text, 'a.d.ts'), (await found(text, 'a.mts')).length]).toEqual([
      [],
      [],
      1,
    ]);
  });

  it.each([
    '@A('.repeat(20_000),
    '@A '.repeat(30_000),
    `@A() b: ${'<'.repeat(50_000)}SecureValue<`,
    '@A() '.repeat(20_000),
  ])('takes no long time to be looked for in a hostile text', async (text) => {
    const before = process.cpuUsage();
    await found(`${text} SecureValue`);
    expect(process.cpuUsage(before).user).toBeLessThan(3_000_000);
  });
});
