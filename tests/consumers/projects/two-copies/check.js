// Both packages are there twice, and the start says so, with the places.
import assert from 'node:assert';
import { Type } from 'class-transformer';
import { loadSettings, object } from 'uno-config/standalone';
import { DatabaseSettings } from 'shared-settings';

const records = [];
const settings = await loadSettings(DatabaseSettings, {
  sources: [object({ database: { host: 'db', pool: { max: '25' } } })],
  logger: { log: (record) => records.push(record) },
});
assert.equal(settings.pool.max, 25);
assert.equal(typeof Type, 'function');
const copies = records.filter(({ event }) => event === 'config.copies');
assert.deepEqual(copies.map(({ fields }) => [fields.name, fields.folders.length]).sort(), [
  ['class-transformer', 2],
  ['class-validator', 2],
]);
for (const { message } of copies) assert.match(message, /shared-settings@1[.]0[.]0/);
