import { describe, expect, it } from '@jest/globals';
import { IsBoolean, IsInt, IsOptional, IsString } from 'class-validator';
import { ConfigSection, Duration, IsDuration, type SectionMigrations } from '../../src/sections/index.js';
import { migrationCases, type MigrationSamples } from '../../src/testing/index.js';

const SECONDS = {
  convert: 'timeout',
  with: (value: unknown) => (typeof value === 'number' ? `${String(value)}s` : value),
  down: (value: unknown) => Number(String(value).slice(0, -1)),
};
const LISTEN = {
  split: 'listen',
  into: (value: unknown) => ({ address: String(value).split(':')[0], port: Number(String(value).split(':')[1]) }),
  down: ({ address, port }: Record<string, unknown>) => `${String(address)}:${String(port)}`,
};
const MIGRATIONS: SectionMigrations = {
  2: [{ move: 'db', to: '' }, { rename: 'hostname', to: 'host' }, SECONDS],
  3: [LISTEN, { default: 'tls', value: false }, { remove: 'driver' }],
};
const SAMPLES: MigrationSamples = {
  1: [{ db: { hostname: 'a', timeout: 5 } }],
  2: [{ database: { listen: 'b:80', driver: 'x' } }],
};

/** What a test runner would report of a section with these steps: the names of the cases that fail, and why. */
async function failing(migrations: SectionMigrations, samples: MigrationSamples): Promise<readonly string[]> {
  @ConfigSection('database', { version: 3, migrations })
  class DatabaseSettings {
    @IsString() host = 'localhost';
    @IsDuration() timeout = Duration.of('10s');
    @IsOptional() @IsString() address?: string;
    @IsOptional() @IsInt() port?: number;
    @IsBoolean() tls = true;
  }
  const cases = migrationCases(DatabaseSettings, samples);
  const found = await Promise.all(
    cases.map(async ({ name, run }) =>
      run().then(
        () => [],
        (error: unknown) => [`${name}: ${error instanceof Error ? error.message : ''}`],
      ),
    ),
  );
  return found.flat();
}

describe('the cases of a migration', () => {
  it('all pass for steps that are right, with documents that reach them', async () => {
    expect(await failing(MIGRATIONS, SAMPLES)).toEqual([]);
  });

  it('name a step that no document reaches', async () => {
    expect(await failing(MIGRATIONS, { 1: [{ db: { hostname: 'a', timeout: 5 } }] })).toEqual([
      'reaches step 1 of version 3 (split listen): No document reaches step 1 of version 3 (split listen). Add one of version 2 that it changes.',
      'reaches step 3 of version 3 (remove driver): No document reaches step 3 of version 3 (remove driver). Add one of version 2 that it changes.',
    ]);
  });

  it('find a step that changes the new form again', async () => {
    const twice = { convert: 'timeout', with: (value: unknown) => `${String(value)}0s`.replace('s0s', '0s') };
    const [first] = await failing(
      { ...MIGRATIONS, 2: [{ move: 'db', to: '' }, { rename: 'hostname', to: 'host' }, twice] },
      SAMPLES,
    );
    expect(first).toBe(
      'leaves document 1 of version 1 as it is when it is migrated again: document 1 of version 1 changes when it is ' +
        'migrated a second time: database.timeout is converted in version 2. Give back what is in the new form already, as it is.',
    );
  });

  it('find a way back that does not lead back', async () => {
    const minutes = { ...SECONDS, down: (value: unknown) => Number(String(value).slice(0, -1)) * 60 };
    const found = await failing(
      { ...MIGRATIONS, 2: [{ move: 'db', to: '' }, { rename: 'hostname', to: 'host' }, minutes] },
      SAMPLES,
    );
    expect(found).toEqual([
      'finds the way back from step 3 of version 2 (convert timeout): step 3 of version 2 (convert timeout) does not lead to the same value from what its down gives.',
    ]);
  });

  it('find a document that is not valid once it is migrated', async () => {
    const found = await failing(MIGRATIONS, { ...SAMPLES, 3: [{ database: { port: 'x' } }] });
    expect(found).toHaveLength(1);
    expect(found[0]).toContain('takes document 1 of version 3 as valid settings');
    expect(found[0]).toContain('database.port');
  });
});
