// What happens inside a process that measures injection of a section by Inversify.
import { describeSections } from '../content/sections.js';
import { declareOurs, sourcesOf } from '../subjects/uno-config.js';
import { importOurs } from '../packages.js';
import { timeLoops } from '../tight-loop.js';

const IDS = 16;

/** Nanoseconds for one `container.get`: of our sections, and of the same instances bound as constants. */
export async function timeContainerGets(content) {
  const { library, classes } = await declareOurs(content);
  const { Container } = await importOurs('inversify');
  const ours = new Container();
  await ours.loadAsync(library.ConfigModule.fromOptions({ sections: classes, sources: sourcesOf(content, library) }));
  const constants = new Container();
  for (const id of classes) constants.bind(id).toConstantValue(ours.get(id));
  const ids = classes.slice(0, IDS);
  if (ids.length !== IDS || ours.get(ids[0]).limit00 !== constants.get(ids[0]).limit00) {
    throw new Error(`the container does not hold the ${String(IDS)} sections of ${describeSections(content)[0].name}…`);
  }
  const expected = ids.map((id) => ours.get(id));
  const times = await timeLoops({
    ours: compileLoop(ours, ids, expected),
    constants: compileLoop(constants, ids, expected),
  });
  return times;
}

/** Each turn gets one of the sections and compares it, so that nothing can be left out. */
function compileLoop(container, ids, expected) {
  const body = `
    let hits = 0;
    for (let turn = 0; turn < turns; turn += 1) {
      const at = turn & ${IDS - 1};
      if (container.get(ids[at]) === expected[at]) hits += 1;
    }
    if (hits !== turns) throw new Error('the container gave something else');
    return hits;`;
  const loop = new Function('container', 'ids', 'expected', 'turns', body);
  return (turns) => loop(container, ids, expected, turns);
}
