import { describe, expect, it } from '@jest/globals';
import { loadDriver } from '../../../src/factories/drivers/index.js';
import { pg, PostgresSettings } from '../../../src/factories/databases/pg/index.js';
import { ConfigSection } from '../../../src/index.js';
import { caught } from '../../sources/caught.js';
import { world } from '../resources/world.js';

@ConfigSection('db')
class Database extends PostgresSettings {}

describe('an option driver with a misspelled import', () => {
  it('is named, with what it imports', async () => {
    // Joined, because the compiler looks for what an import names.
    const misspelled = ['pgg'].join('');
    expect(await caught(async () => loadDriver('pg', async () => import(misspelled) as Promise<never>))).toMatchObject({
      code: 'driver-not-installed',
      message: expect.stringContaining('The option driver imports "pgg", which cannot be found.'),
      recovery: 'Correct the import, or leave the option out to use pg.',
    });
  });

  it('is told how to install the package when that is what is missing', async () => {
    const missing = ['driver-of-nobody'].join('');
    const given = async (): Promise<never> => import(`${missing}/promise`) as Promise<never>;
    expect(await caught(async () => loadDriver('driver-of-nobody/promise', given))).toMatchObject({
      recovery: 'Install it with npm install driver-of-nobody.',
    });
  });

  it('is left alone when what it throws is something else', async () => {
    const broken = async (): Promise<never> => Promise.reject(new Error('of its own'));
    await expect(loadDriver('pg', broken)).rejects.toThrow('of its own');
  });
});

describe('an option of a pool', () => {
  it.each([{ probeTimeout: '0s' }, { drainTimeout: 'soon' }])('is refused in the name of pg: %j', (options) => {
    expect(() => pg({ name: 'orders', from: Database, ...options })).toThrow(/^pg: \w+Timeout must be /);
  });
});

describe('a driver that is not installed', () => {
  it('is named as npm knows it, though a part of it is imported', async () => {
    expect(await caught(async () => loadDriver('driver-of-nobody/promise'))).toMatchObject({
      code: 'driver-not-installed',
      message: expect.stringContaining('The package "driver-of-nobody" is not installed.'),
      recovery:
        "Install it with npm install driver-of-nobody, or pass it: driver: () => import('driver-of-nobody/promise').",
    });
    expect((await caught(async () => loadDriver('@of/nobody'))).recovery).toContain('npm install @of/nobody,');
  });

  it('ends the start with the command that installs it, for no settings would help', async () => {
    const driver = async (): Promise<never> => loadDriver<never>('driver-of-nobody');
    const database = pg({ name: 'orders', from: Database, driver });
    expect(await caught(async () => world({ sections: [Database], resources: [database] }))).toMatchObject({
      code: 'reload-vetoed',
      recovery: expect.stringMatching(
        /The package "driver-of-nobody" is not installed\.\nInstall it with npm install driver-of-nobody/,
      ),
    });
  });
});
