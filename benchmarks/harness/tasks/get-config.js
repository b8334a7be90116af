// What happens inside a process that measures a cache hit of getConfig.
import { declareOurs, sourcesOf } from '../subjects/uno-config.js';
import { timeLoops } from '../tight-loop.js';

/** Nanoseconds for `await getConfig(Section, options)` on a hit, and for awaiting a promise that is there already. */
export async function timeCacheHits(content) {
  const { library, classes } = await declareOurs(content);
  const [Section] = classes;
  const options = { sources: sourcesOf(content, library) };
  const settings = await library.getConfig(Section, options);
  const resolved = Promise.resolve(settings);
  return timeLoops({
    hit: compileLoop('getConfig(Section, options)', { getConfig: library.getConfig, Section, options }),
    promise: compileLoop('resolved', { resolved }),
  });
}

function compileLoop(expression, scope) {
  const body = `return async (turns) => {
    let sum = 0;
    for (let turn = 0; turn < turns; turn += 1) sum = (sum + (await ${expression}).limit00 + 1) | 0;
    return sum;
  };`;
  return new Function(...Object.keys(scope), body)(...Object.values(scope));
}
