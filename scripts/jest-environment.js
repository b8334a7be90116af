// Jest's environment of Node, which takes less time over many files.
import { AsyncLocalStorage } from 'node:async_hooks';
import { TestEnvironment } from 'jest-environment-node';

// Up to Node 22, each async context that was ever entered is copied to every promise that the process makes from then on;
// Jest itself enters one in each file.
const entered = new Set();
for (const method of ['run', 'enterWith']) {
  const enter = AsyncLocalStorage.prototype[method];
  AsyncLocalStorage.prototype[method] = function (...words) {
    entered.add(this);
    return enter.apply(this, words);
  };
}

/** Of each source file, which of its counters have been above zero in this process. */
const covered = new Map();

/** Leaves what no earlier file has reached: Jest copies, sends and adds up the coverage of all sources after each file. */
function keepNews(coverage) {
  for (const [file, { s: statements, f: functions, b: branches }] of Object.entries(coverage)) {
    const counts = [...Object.values(statements), ...Object.values(functions), ...Object.values(branches).flat()];
    const known = covered.get(file);
    if (known !== undefined && counts.every((count, at) => count === 0 || known[at])) delete coverage[file];
    else
      covered.set(
        file,
        Uint8Array.from(counts, (count, at) => count > 0 || known?.[at]),
      );
  }
}

export default class BriefEnvironment extends TestEnvironment {
  handleTestEvent({ name }) {
    const { __coverage__: coverage } = this.global;
    if (name === 'run_finish' && coverage !== undefined) keepNews(coverage);
  }

  async teardown() {
    for (const storage of entered) storage.disable();
    entered.clear();
    await super.teardown();
  }
}
