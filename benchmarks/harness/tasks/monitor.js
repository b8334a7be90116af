// What happens inside a process that measures reading through a monitor.
import { describeSections, FIELDS_PER_SECTION } from '../content/sections.js';
import { importBuilt } from '../packages.js';
import { declareOurs, sourcesOf } from '../subjects/uno-config.js';
import { timeLoops } from '../tight-loop.js';

/** Several holders, read one after the other: with one, the compiler would read its field once, before the loop. */
const HOLDERS = 64;
const FIELDS = describeSections({ leaves: FIELDS_PER_SECTION })[0]
  .fields.filter(({ kind }) => kind === 'integer')
  .slice(0, 8)
  .map(({ name }) => name);

/**
 * Nanoseconds for `monitor.current.field`, for a plain field `holder.settings.field`, and for `settings.field`. The plain
 * field is what a class has that got its section injected: `this.settings.field`.
 */
export async function timeMonitorReads(content) {
  const { library, classes } = await declareOurs(content);
  const { ConfigStore, createSectionMonitor, loadGeneration } = await importBuilt('runtime/index.js');
  const monitors = [];
  const holders = [];
  for (let count = 0; count < HOLDERS; count += 1) {
    const generation = await loadGeneration({ sections: classes, sources: sourcesOf(content, library) });
    monitors.push(createSectionMonitor(new ConfigStore(generation), 0));
    holders.push({ settings: generation.instances[0] });
  }
  const settings = holders.map((holder) => holder.settings);
  const times = await timeLoops({
    monitor: compileLoop('o.current', monitors),
    injected: compileLoop('o.settings', holders),
    plain: compileLoop('o', settings),
  });
  return Object.fromEntries(Object.entries(times).map(([name, time]) => [name, time / FIELDS.length]));
}

/** A loop compiled from text, so that its feedback is its own. */
function compileLoop(section, holders) {
  const body = `
    let sum = 0;
    for (let turn = 0; turn < turns; turn += 1) {
      const o = holders[turn & ${HOLDERS - 1}];
      sum = (sum + ${FIELDS.map((field) => `${section}.${field}`).join(' + ')}) | 0;
    }
    return sum;`;
  const loop = new Function('holders', 'turns', body);
  return (turns) => loop(holders, turns);
}
