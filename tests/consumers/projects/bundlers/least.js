// The least that there is: one section from an object, without a container, and without a compiler's metadata.
import { Type } from 'class-transformer';
import { IsInt, ValidateNested } from 'class-validator';
import { writeFileSync } from 'node:fs';
import { ConfigSection, loadSettings, object } from 'uno-config/standalone';

class PoolSettings {
  max = 10;
}
IsInt()(PoolSettings.prototype, 'max');

class DatabaseSettings {
  port = 5432;
  pool = new PoolSettings();
}
IsInt()(DatabaseSettings.prototype, 'port');
ValidateNested()(DatabaseSettings.prototype, 'pool');
Type(() => PoolSettings)(DatabaseSettings.prototype, 'pool');
ConfigSection('database')(DatabaseSettings);

void loadSettings(DatabaseSettings, { sources: [object({ database: { port: '5433', pool: { max: '25' } } })] }).then(
  (settings) => {
    writeFileSync('outcome.json', JSON.stringify(settings));
  },
);
