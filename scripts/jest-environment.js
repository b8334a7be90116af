// Jest's environment of Node, which takes less time over many files.
import { AsyncLocalStorage } from 'node:async_hooks';
import { TestEnvironment } from 'jest-environment-node';
import { keepNews } from './jest-coverage.cjs';

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
