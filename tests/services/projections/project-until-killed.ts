// A program that projects, and appends when it is told to. Killed by its test at any point.
import 'reflect-metadata';
import { placed, projectionProgram, Totals } from './projection-world.js';

const [settings = '{}', name = ''] = process.argv.slice(2);
const { projections } = await projectionProgram(
  // Written by the test that starts it.
  JSON.parse(settings) as object,
  [Totals],
  { default: { poll: '20ms', batch: 10, rebuildBatch: 20 }, lease: '500ms' },
);
process.stdout.write('projecting\n');
for (let n = 1; ; n++) {
  await projections.store.appendToStream(`order-${name}-${String(n % 7)}`, [
    placed(`p${String(n % 3)}`, n),
    placed('all', 1),
  ]);
}
