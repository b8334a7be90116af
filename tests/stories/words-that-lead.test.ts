// Messages that once misled: each says what is wrong and what to write, to the letter.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { IsInt, IsOptional, IsString } from 'class-validator';
import type { LogRecord } from '../../src/core/index.js';
import {
  type ConfigSource,
  ConfigSection,
  Duration,
  envFiles,
  IsDuration,
  jsonFile,
  loadSettings,
  object,
  processEnv,
  tomlFile,
  yamlFile,
} from '../../src/index.js';
import { toCloudEvent } from '../../src/observability.js';
import { writeStillFile } from '../still-file.js';

@ConfigSection('app')
class AppSettings {
  @IsOptional() @IsString() color?: string;
  @IsOptional() @IsInt() max?: number;
  @IsOptional() @IsString() commit?: string;
  @IsOptional() since?: Date;
  @IsOptional() @IsDuration() wait?: Duration;
}

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'uno-config-words-'));
});
afterAll(async () => rm(folder, { recursive: true }));

async function messageOf(source: ConfigSource): Promise<string> {
  try {
    await loadSettings([AppSettings], { sources: [source], environment: 'test' });
  } catch (error) {
    return error instanceof Error ? error.message.replaceAll(`${folder}/`, '') : 'not an error';
  }
  return 'nothing is wrong';
}

async function messageOfFile(make: (path: string) => ConfigSource, name: string, text: string): Promise<string> {
  await writeStillFile(join(folder, name), text);
  return messageOf(make(join(folder, name)));
}

describe('A reference that is written as elsewhere', () => {
  it.each([
    ['${HOME}', '${HOME}', 'Write ${env:HOME} for the environment variable.'],
    [
      '${DB_HOST:db.internal}',
      '${DB_HOST:db.internal}',
      'Write ${env:DB_HOST:-db.internal}: a fallback comes after ":-".',
    ],
    ['${params:theme}', '${params:theme}', 'Write ${param:theme} in a file whose $params declares it.'],
    ['${app.theme:dark}', '${app.theme:dark}', 'Write ${app.theme:-dark}: a fallback comes after ":-".'],
    ['${app.theme}', '${app.theme}', 'Set app.theme, or give a fallback: ${app.theme:-…}.'],
  ])('is told how to write %s', async (color, shown, hint) => {
    expect(await messageOf(object({ app: { color } }))).toBe(
      `1 setting is not valid (test):\n  - app.color: refers to ${shown}, which no source sets\n    from app.color (object)\n    ${hint}`,
    );
  });
});

describe('A variable that is not called as it should be', () => {
  it.each([
    ['APP_APP_COLOR', 'appColor: is not a known key in this spelling', 'Did you mean APP_APP__COLOR?'],
    ['APP__APP__COLOR', 'app.color: is not a known key in this spelling', 'Did you mean APP_APP__COLOR?'],
    ['APP_APP__COLOUR', 'app.colour: is not a known key', 'Did you mean APP_APP__COLOR?'],
  ])('%s is told the right name', async (name, problem, hint) => {
    expect(await messageOf(processEnv({ prefix: 'APP_', env: { [name]: 'red' } }))).toBe(
      `1 setting is not valid (test):\n  - ${problem}\n    from ${name} (environment)\n    ${hint}`,
    );
  });

  it('APP__, whose key is empty, is shown how names look', async () => {
    expect(await messageOf(processEnv({ prefix: 'APP_', env: { APP__: 'red' } }))).toBe(
      'Some names in the environment cannot be used.\n' +
        '  - has an empty key before or after a "__"\n    from APP__ (environment)\n    Write names like APP_SECTION__KEY.',
    );
  });

  it('a prefix without what separates it is refused before any name is made of it', () => {
    expect(() => processEnv({ prefix: 'APP' })).toThrow(
      new TypeError(
        `processEnv: prefix must be a string that ends with what separates it from a name, such as 'APP_'; got "APP".`,
      ),
    );
  });
});

describe('A key that is like none', () => {
  it('is told which keys there are', async () => {
    expect(await messageOf(object({ app: { 'max-size': 5 } }))).toBe(
      '1 setting is not valid (test):\n  - app.max-size: is not a known key\n    from app.max-size (object)\n' +
        '    The keys here are color, max, commit, since, wait. Remove it, declare it in a settings class, or list it under foreignKeys.',
    );
  });
});

describe('A value that looks like something else', () => {
  it('is to be put in quotes where a commit id looks like a number', async () => {
    expect(await messageOfFile(yamlFile, 'app.yaml', 'app:\n  commit: 12345e67890\n')).toContain(
      '- app.commit: this number is too large; the largest is about 1.8e308; a text that looks like a number, such as a commit id, goes in quotes\n',
    );
    expect(await messageOfFile(yamlFile, 'app.yaml', 'app:\n  commit: 1234567\n')).toContain(
      '- app.commit: must be a string, got 1234567 (a number)\n    from app.commit (app.yaml:2:11)\n    Write it in quotes.',
    );
  });

  it('is no date where the day and the month cannot be told apart', async () => {
    expect(await messageOf(object({ app: { since: '01/02/2024' } }))).toContain(
      'app.since: must be a date in ISO 8601, the year first, got "01/02/2024"\n    from app.since (object)\n    Write it as ISO 8601: 2024-02-29 or 2024-02-29T12:30:00Z.',
    );
  });

  it('is told the unit', async () => {
    expect(await messageOf(object({ app: { wait: '2 minutes' } }))).toContain(
      'must be a duration, such as 500ms, 10s or 1h30m, got "2 minutes"\n    from app.wait (object)\n    Write the unit m, without a blank, such as 10m.',
    );
  });
});

describe('A file with a slip', () => {
  it.each([
    ['[db\nhost = "a"\n', 'this [ is not closed; the name of a table is in brackets: [database]', '1:4'],
    ['app.color: "red"\n', 'after a key comes "=", not ":"', '1:10'],
  ])('of TOML says which: %j', async (text, problem, place) => {
    expect(await messageOfFile(tomlFile, 'app.toml', text)).toBe(
      `app.toml cannot be read as TOML.\n  - ${problem}\n    from app.toml:${place}\nCorrect the file; nothing of it has been used.`,
    );
  });

  it.each(['{"app": [,]}', '{,}', '{"app": {,}}', '{"app": [1,,]}'])(
    'of JSON with comments is one: %s',
    async (text) => {
      expect(await messageOfFile(jsonFile, 'app.jsonc', text)).toContain(
        'app.jsonc cannot be read as JSON with comments.',
      );
    },
  );

  it('that is missing says in which folder', async () => {
    expect(await messageOf(yamlFile('no-such-folder/app.yaml'))).toBe(
      `no-such-folder/app.yaml does not exist in ${process.cwd()}.\nCreate it, correct the path, or wrap the source in optional(…).`,
    );
  });
});

describe('A file of variables', () => {
  it('warns of values that dotenv reads otherwise than they seem to be meant, and shows none of them', async () => {
    await writeStillFile(
      join(folder, '.env'),
      'APP_APP__COLOR=abc#def\nAPP_APP__COMMIT="hunter2\nAPP_APP__MAX=5 # five\nOTHER="a#b"\n',
    );
    const records: LogRecord[] = [];
    await loadSettings(AppSettings, {
      sources: [envFiles({ folder, prefix: 'APP_' })],
      environment: 'test',
      logger: { log: (record) => void records.push(record) },
    });
    const warnings = records.filter(({ level }) => level === 'warn').map(({ message }) => message);
    expect(warnings.map((message) => message.replaceAll(`${folder}/`, ''))).toEqual([
      '.env:1: the value of APP_APP__COLOR ends before a #; put the whole value in quotes.',
      '.env:2: the value of APP_APP__COMMIT begins with a quote that is not closed; put the whole value in quotes.',
    ]);
  });

  it('of this machine alone is not read in tests', async () => {
    await writeStillFile(join(folder, '.env.local'), 'APP_APP__COLOR=mine\n');
    const sources = [envFiles({ folder, prefix: 'APP_' })];
    const colors = [];
    for (const environment of ['test', 'development', 'production'])
      colors.push((await loadSettings(AppSettings, { sources, environment })).color);
    expect(colors).toEqual(['abc', 'mine', 'abc']);
  });
});

describe('An option that cannot be meant', () => {
  it('is a section that is listed twice', async () => {
    await expect(loadSettings([AppSettings, AppSettings], { sources: [] })).rejects.toThrow(
      'AppSettings is listed twice, both times at "app".\nList it once, or give one of the two another path.',
    );
  });

  it('is an event without a source', () => {
    // What JavaScript may pass.
    const [event, options] = [{}, { source: undefined }] as unknown as Parameters<typeof toCloudEvent>;
    expect(() => toCloudEvent(event, options)).toThrow(
      new TypeError(
        'toCloudEvent: source must be a URI reference that names this process, such as /orders/pod-7; got nothing.',
      ),
    );
  });
});
