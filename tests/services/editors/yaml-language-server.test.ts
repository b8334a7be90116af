import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Type } from 'class-transformer';
import { IsIn, IsInt, IsString, Max, Min, ValidateNested } from 'class-validator';
import { jsonSchema } from '../../../src/schema/index.js';
import { Alias, ConfigSection, Describe, Duration, IsDuration } from '../../../src/sections/index.js';
import { folderWith, removeFolder } from '../../cli/fake-io.js';
import { LanguageServer } from './language-server.js';

class PoolSettings {
  @Describe('Most connections.') @IsInt() max = 5;
}

@ConfigSection('http', { description: 'The public server.' })
class HttpSettings {
  @Describe('The port to listen on.') @IsInt() @Min(1) @Max(65535) port = 8080;
  @Alias('hostname') @IsString() host = 'localhost';
  @IsDuration() timeout: Duration = Duration.of('30s');
  @IsIn(['fast', 'slow']) mode = 'fast';
  @ValidateNested() @Type(() => PoolSettings) pool: PoolSettings = new PoolSettings();
}

const HEAD = '# yaml-language-server: $schema=./config.schema.json\n';

let folder: string;
let server: LanguageServer;
let files = 0;

beforeAll(async () => {
  const schema = jsonSchema({ sections: [HttpSettings], sources: [] });
  folder = await folderWith({ 'config.schema.json': JSON.stringify(schema) });
  server = await LanguageServer.start(folder);
});

afterAll(async () => {
  server.stop();
  await removeFolder(folder);
});

async function opened(text: string): Promise<{ readonly name: string; readonly told: readonly string[] }> {
  const name = `app${String(++files)}.yaml`;
  const found = await server.open(name, `${HEAD}${text}`);
  return { name, told: found.map(({ message, range }) => `${String(range.start.line)}: ${message}`) };
}

describe('an editor with the schema', () => {
  it.each([
    ['http:\n  port: 80\n  timeout: 1h30m\n  Host-Name: x\n', []],
    ['http:\n  port: ${env:PORT}\n  HOSTNAME: x\nmodules:\n  billing:\n    http:\n      port: 81\n', []],
    ['http:\n  port: 70000\n', ['2: Value is above the maximum of 65535.']],
    ['http:\n  prot: 80\n', ['2: Property prot is not allowed.']],
    ['htpp: {}\n', ['1: Property htpp is not allowed.']],
    ['http:\n  mode: medium\n', ['2: Value is not accepted. Valid values: "fast", "slow".']],
    ['http:\n  pool:\n    MAX: many\n', ['3: Incorrect type. Expected "integer".']],
    ['modules:\n  billing:\n    http:\n      port: 0\n', ['4: Value is below the minimum of 1.']],
  ])('says to %j: %j', async (text, expected) => {
    expect((await opened(text)).told).toEqual(expected);
  });

  it('points at a duration that is none', async () => {
    const { told } = await opened('http:\n  timeout: soon\n');
    expect(told).toEqual([expect.stringMatching(/^2: String does not match the pattern/)]);
  });

  it.each([
    ['h', 1, 1, ['http']],
    ['http:\n  ', 2, 2, ['port', 'host', 'timeout', 'mode', 'pool']],
    ['http:\n  mode: ', 2, 8, ['fast', 'slow']],
    ['http:\n  pool:\n    ', 3, 4, ['max']],
  ])('completes %j', async (text, line, character, expected) => {
    const { name } = await opened(text);
    expect(await server.completions(name, line, character)).toEqual(expect.arrayContaining(expected));
  });

  it.each([
    ['http:\n  port: 80\n', 1, 2, 'The public server'],
    ['http:\n  PORT: 80\n', 2, 4, 'The port to listen on.'],
    ['http:\n  pool:\n    max: 1\n', 3, 5, 'Most connections.'],
  ])('explains %j', async (text, line, character, expected) => {
    const { name } = await opened(text);
    expect(await server.hover(name, line, character)).toContain(expected);
  });
});
