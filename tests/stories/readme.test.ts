import { mkdtemp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { IsInt, IsString, Max, Min } from 'class-validator';
import { ConfigError, ConfigSection, loadSettings, processEnv, yamlFile } from '../../src/index.js';

@ConfigSection('http')
class HttpSettings {
  @IsString() readonly host: string = 'localhost';
  @IsInt() @Min(1) @Max(65535) readonly port: number = 3000;
}

describe('the first 30 lines of the README', () => {
  it('show the report of a wrong value as it is printed', async () => {
    const readme = await readFile(new URL('../../README.md', import.meta.url), 'utf8');
    const head = readme.split('\n').slice(0, 30).join('\n');
    const folder = await mkdtemp(join(tmpdir(), 'uno-config-readme-'));
    await mkdir(join(folder, 'config'));
    const path = join(folder, 'config/app.yaml');
    await writeFile(path, 'http:\n  port: 80a\n');

    const sources = [yamlFile(path, { name: 'config/app.yaml' }), processEnv({ prefix: 'APP_', env: {} })];
    const error: unknown = await loadSettings(HttpSettings, { sources, env: {} }).catch((reason: unknown) => reason);
    await rm(folder, { recursive: true });

    expect(ConfigError.is(error)).toBe(true);
    expect(head).toContain(`\`\`\`text\n${String(error).replace('ConfigError: ', '')}\n\`\`\``);
  });
});
