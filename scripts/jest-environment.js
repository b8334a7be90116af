// Jest's environment of Node, which also forgets the async contexts of a file after its tests. Up to Node 22, each that was
// ever entered is copied to every promise that the process makes from then on; Jest itself enters one in each file.
import { AsyncLocalStorage } from 'node:async_hooks';
import { TestEnvironment } from 'jest-environment-node';

const entered = new Set();
for (const method of ['run', 'enterWith']) {
  const enter = AsyncLocalStorage.prototype[method];
  AsyncLocalStorage.prototype[method] = function (...words) {
    entered.add(this);
    return enter.apply(this, words);
  };
}

export default class ForgettingEnvironment extends TestEnvironment {
  async teardown() {
    for (const storage of entered) storage.disable();
    entered.clear();
    await super.teardown();
  }
}
