// What happens inside a process that measures one map fed by many sources.
import { startCpuClock } from '../cpu-clock.js';
import { importBuilt, importOurs } from '../packages.js';

/** CPU milliseconds of a load of one map to which each of so many sources adds one entry. */
export async function timeMapSources(count) {
  await importOurs('reflect-metadata');
  const library = await importOurs('uno-config');
  const { loadGeneration } = await importBuilt('runtime/index.js');
  class RatesSettings {}
  library.MapOf(() => Number)(RatesSettings.prototype, 'rates');
  library.ConfigSection('service')(RatesSettings);
  const load = (sources) => loadGeneration({ sections: [RatesSettings], sources });
  const sources = Array.from({ length: count }, (_, index) =>
    library.object({ service: { rates: { [`r${index}`]: index } } }),
  );
  for (let round = 0; round < 20; round += 1) await load(sources.slice(0, 20));
  const spent = startCpuClock();
  const generation = await load(sources);
  const duration = spent();
  const found = Object.keys(generation.instances[0].rates).length;
  if (found !== count) throw new Error(`the map has ${found} entries instead of ${count}`);
  return duration;
}
