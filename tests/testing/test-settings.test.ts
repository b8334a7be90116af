import { describe, expect, it } from '@jest/globals';
import { Type } from 'class-transformer';
import { IsInt, IsString, Min, ValidateNested } from 'class-validator';
import { ConfigSection, RequiredIn } from '../../src/sections/index.js';
import { testSettings } from '../../src/testing/index.js';
import { caught } from '../sources/caught.js';

class PoolSettings {
  @IsInt() @Min(1) maxSize = 10;
}

@ConfigSection('storage.database')
class DatabaseSettings {
  @IsString() host = 'localhost';
  @IsInt() port = 5432;
  @ValidateNested() @Type(() => PoolSettings) pool: PoolSettings = new PoolSettings();
  @RequiredIn('production') @IsString() certificate = 'self-signed';
}

describe('testSettings', () => {
  it('gives one frozen instance, with only the named values changed', async () => {
    const settings = await testSettings(DatabaseSettings, { port: 1, pool: { maxSize: '2' } });
    expect(settings).toBeInstanceOf(DatabaseSettings);
    expect(settings).toEqual({ host: 'localhost', port: 1, pool: { maxSize: 2 }, certificate: 'self-signed' });
    expect(Object.isFrozen(settings)).toBe(true);
  });

  it('gives the defaults when nothing is named', async () => {
    expect((await testSettings(DatabaseSettings)).port).toBe(5432);
  });

  it('makes a nested settings class, which has no path of its own', async () => {
    expect(await testSettings(PoolSettings, { 'max-size': 3 })).toEqual({ maxSize: 3 });
  });

  it('refuses unknown keys and wrong values with the section’s path', async () => {
    const error = await caught(async () => testSettings(DatabaseSettings, { prot: 1, pool: { maxSize: 0 } }));
    expect(error.code).toBe('invalid-settings');
    expect(error.message).toContain('storage.database.pool.maxSize: must not be less than 1, got 0');
    expect(error.message).toContain('storage.database.prot: is not a known key');
    expect(error.message).toContain('(test values)');
  });

  it('loads for the environment "test", or for the one that is named', async () => {
    const load = async (): Promise<unknown> => testSettings(DatabaseSettings, {}, { environment: 'production' });
    expect((await caught(load)).message).toContain('storage.database.certificate: must be set in production');
  });

  it('reads nothing from the environment of the process', async () => {
    process.env['UNO_ENV'] = 'nonsense';
    try {
      const error = await caught(async () => testSettings(DatabaseSettings, { host: '${env:UNO_ENV}' }));
      expect(error.message).toContain('refers to the environment variable UNO_ENV, which is not set');
    } finally {
      Reflect.deleteProperty(process.env, 'UNO_ENV');
    }
  });
});
