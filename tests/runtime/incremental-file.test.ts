import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { IsInt, IsString, Max } from 'class-validator';
import { dump } from 'js-yaml';
import fc from '../fast-check.js';
import { PROOF_RUNS } from '../proof-runs.js';
import { ConfigError } from '../../src/core/index.js';
import { loadGeneration, type Generation, type LoadOptions } from '../../src/runtime/index.js';
import { Alias, ConfigSection, ListOf } from '../../src/sections/index.js';
import { jsonFile, object, yamlFile } from '../../src/sources/index.js';
import { temporaryFolder } from '../sources/file-fixtures.js';

@ConfigSection('database')
class DatabaseSettings {
  @IsString() public host: string = 'localhost';
  @IsInt() @Max(9) public port: number = 5;
  @Alias('ids') @ListOf(() => Number) public numbers: readonly number[] = [];
}

@ConfigSection('httpServer')
class HttpSettings {
  @IsInt() @Max(9) public port: number = 3;
  @IsString() public url: string = 'none';
}

@ConfigSection('jobs')
class JobSettings {
  @IsString() public name: string = 'jobs';
}

const SECTIONS = [DatabaseSettings, HttpSettings, JobSettings];

const ROOT_KEYS = ['database', 'httpServer', 'http-server', 'http_server', 'jobs', 'other', 'constructor'] as const;
const FIELD_KEYS = ['host', 'port', 'numbers', 'ids', 'url', 'name', 'Name', 'unknown'] as const;

const leaf = fc.constantFrom<unknown>(
  ...[1, 2, 42, 'text', '', '7', '1,2', '${jobs.name}', '${missing}', null, [1, 2], { $unset: true }, true],
);
const section = fc.oneof(
  { weight: 6, arbitrary: fc.dictionary(fc.constantFrom(...FIELD_KEYS), leaf, { maxKeys: 4 }) },
  { weight: 1, arbitrary: leaf },
);

/** One edit of the file: another value for a key, or none. */
const change = fc.tuple(fc.constantFrom(...ROOT_KEYS), fc.option(section, { nil: undefined, freq: 6 }));
const start = fc.constant({ database: { port: 1 }, 'http-server': { port: 2 }, jobs: { name: 'a' } });

async function outcomeOf(loading: Promise<Generation>): Promise<unknown> {
  try {
    return (await loading).instances;
  } catch (error) {
    if (!ConfigError.is(error)) throw error;
    return { code: error.code, issues: error.issues };
  }
}

const FORMATS = [
  { format: 'JSON', source: jsonFile, write: (tree: unknown): string => JSON.stringify(tree, null, 2) },
  { format: 'YAML', source: yamlFile, write: (tree: unknown): string => dump(tree) },
];

describe('a file that is loaded again after an edit', () => {
  it.each(FORMATS)('gives what it would if it were loaded for the first time ($format)', async ({ source, write }) => {
    const path = join(await temporaryFolder(), 'app');
    let reused = 0;
    await fc.assert(
      fc.asyncProperty(start, fc.array(change, { minLength: 1, maxLength: 8 }), async (first, changes) => {
        const file = source(path);
        const sources = [object({ jobs: { name: 'low' } }), file];
        const options: LoadOptions = { sections: SECTIONS, sources, environment: 'test', env: {} };
        let tree: Record<string, unknown> = first;
        await writeFile(path, write(tree));
        let current = await loadGeneration(options);
        for (const [key, value] of changes) {
          const next = Object.fromEntries(
            Object.entries({ ...tree, [key]: value }).filter(([, kept]) => kept !== undefined),
          );
          await writeFile(path, write(next));
          const again = loadGeneration(options, { previous: current, only: new Set([1]), settle: 0 });
          expect(await outcomeOf(again)).toEqual(await outcomeOf(loadGeneration(options)));
          const good = await again.catch(() => undefined);
          if (good === undefined) continue;
          reused += good.instances.filter((instance, index) => instance === current.instances[index]).length;
          [tree, current] = [next, good];
        }
      }),
    );
    expect(reused).toBeGreaterThan(PROOF_RUNS);
  });
});
