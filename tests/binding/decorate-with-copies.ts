// A service whose settings class is decorated by other copies of class-validator and class-transformer than ours, as in a
// linked package or a tree with two versions. Run by two-copies.test.ts.
import 'reflect-metadata';
import { cpSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type * as Transformer from 'class-transformer';
import type * as Validator from 'class-validator';
import {
  ConfigError,
  ConfigSection,
  loadSettings,
  object,
  type ConfigLogger,
  type LogRecord,
} from '../../src/index.js';

const folder = mkdtempSync(join(tmpdir(), 'uno-config-copies-'));
process.once('exit', () => {
  rmSync(folder, { recursive: true });
});
const modules = join(process.cwd(), 'node_modules');
for (const name of ['class-transformer', 'class-validator']) {
  cpSync(join(modules, name), join(folder, 'node_modules', name), { recursive: true });
}
for (const name of ['validator', 'libphonenumber-js'])
  symlinkSync(join(modules, name), join(folder, 'node_modules', name));

const require = createRequire(join(folder, 'service.js'));
// Copies of the packages that these are the types of.
const transformer = require('class-transformer') as typeof Transformer;
const validator = require('class-validator') as typeof Validator;

class PoolSettings {
  @validator.IsInt() size = 1;
}

@ConfigSection('app')
class AppSettings {
  @validator.ValidateNested() @transformer.Type(() => PoolSettings) pool!: PoolSettings;
  @validator.IsString() @transformer.Transform(({ value }) => String(value).toUpperCase()) name = 'x';
  @validator.MinLength(2) @transformer.Expose({ name: 'user_name' }) user = 'uu';
  @transformer.Exclude() cache = 'kept';
}

const records: LogRecord[] = [];
const logger: ConfigLogger = { log: (record) => records.push(record), isEnabled: (level) => level === 'warn' };
const load = async (app: object): Promise<AppSettings> =>
  loadSettings(AppSettings, { sources: [object({ app })], logger });

try {
  const same = await import('class-transformer');
  const settings = await load({ name: 'abc', user_name: 'bob', pool: { size: '7' } });
  const { name, user, pool, cache } = settings;
  console.log(JSON.stringify([same.Type === transformer.Type, { name, user, pool, cache }]));
  await load({ user_name: 'b' });
} catch (error) {
  for (const { level, event, fields } of records) {
    if (event === 'config.copies') console.log(level, fields['name'], (fields['folders'] as string[]).length);
  }
  console.log(ConfigError.is(error) ? error.issues.map(({ message }) => message).join() : String(error));
}
