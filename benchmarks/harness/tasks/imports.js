// What happens inside a process that measures an import. Nothing else may be imported here.
import { performance } from 'node:perf_hooks';

/** The time, in ms, of each group of modules, one group after the other: `[[name or URL, …], …]` gives `[ms, …]`. */
export async function timeImports(groups) {
  const durations = [];
  for (const modules of groups) {
    const start = performance.now();
    for (const module of modules) await import(module);
    durations.push(performance.now() - start);
  }
  return durations;
}
