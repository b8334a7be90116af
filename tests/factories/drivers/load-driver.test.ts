import { describe, expect, it } from '@jest/globals';
import { loadDriver } from '../../../src/factories/drivers/index.js';
import { pg, PostgresSettings } from '../../../src/factories/databases/pg/index.js';
import { ConfigSection } from '../../../src/index.js';
import { caught } from '../../sources/caught.js';
import { world } from '../resources/world.js';

@ConfigSection('db')
class Database extends PostgresSettings {}

describe('a driver that is not installed', () => {
  it('is named as npm knows it, though a part of it is imported', async () => {
    expect(await caught(async () => loadDriver('driver-of-nobody/promise'))).toMatchObject({
      code: 'driver-not-installed',
      message: expect.stringContaining('The package "driver-of-nobody" is not installed.'),
      recovery:
        "Install it with npm install driver-of-nobody, or hand it over: driver: () => import('driver-of-nobody/promise').",
    });
    expect((await caught(async () => loadDriver('@of/nobody'))).recovery).toContain('npm install @of/nobody,');
  });

  it('ends the start with the command that installs it, for no settings would help', async () => {
    const driver = async (): Promise<never> => loadDriver('driver-of-nobody') as Promise<never>;
    const database = pg({ name: 'orders', from: Database, driver });
    expect(await caught(async () => world({ sections: [Database], resources: [database] }))).toMatchObject({
      code: 'reload-vetoed',
      recovery: expect.stringContaining('npm install driver-of-nobody'),
    });
  });
});
