// As much of Jest's describe and it as the tests of core and binding use, from the packages that Jest itself is made of.
import { createRequire } from 'node:module';
import fc from 'fast-check';

// The packages at the versions that Jest brings.
const fromJest = createRequire(createRequire(import.meta.url).resolve('jest/package.json'));
const { bind } = fromJest('jest-each');
const { expect } = fromJest('expect');
const { ModernFakeTimers } = fromJest('@jest/fake-timers');
const { ModuleMocker } = fromJest('jest-mock');

const mocker = new ModuleMocker(globalThis);
const timers = new ModernFakeTimers({ global: globalThis, config: { fakeTimers: {}, rootDir: process.cwd() } });
const jest = {
  fn: mocker.fn.bind(mocker),
  spyOn: mocker.spyOn.bind(mocker),
  restoreAllMocks: () => mocker.restoreAllMocks(),
  useFakeTimers: (config) => timers.useFakeTimers(config),
  useRealTimers: () => timers.useRealTimers(),
  setSystemTime: (time) => timers.setSystemTime(time),
  advanceTimersByTime: (time) => timers.advanceTimersByTime(time),
};

// Some tests stop the clock.
const now = performance.now.bind(performance);

/** Where tests are collected: the titles around, and what runs before and after each of them. */
let scope;

const describe = (title, body) => {
  const outer = scope;
  scope = { ...outer, titles: [...outer.titles, title], before: [...outer.before], after: [...outer.after] };
  body();
  scope = outer;
};

const it = (title, body) => {
  const { titles, before, after, file, tests, numbers } = scope;
  const name = [...titles, title].join(' ');
  // The number tells apart tests of one name, such as the rows of a table.
  tests.push({ id: `${file} ${String(numbers.next++)} ${name}`, name, fileName: file, body, before, after });
};

describe.each = bind(describe, false);
it.each = bind(it, false);

const testGlobals = {
  describe,
  it,
  expect,
  jest,
  beforeEach: (hook) => scope.before.push(hook),
  afterEach: (hook) => scope.after.push(hook),
};

// A few cases of a property are enough to see most mutants, and every one that lives is asked all of them.
const MOST_CASES = 10;
const assert = (property, parameters) =>
  fc.assert(property, { ...parameters, numRuns: Math.min(parameters?.numRuns ?? MOST_CASES, MOST_CASES) });
const fewerCases = { ...fc, assert };

/** A package that the tests get in a form of its own; `undefined` for others. */
export function packageOf(name) {
  if (name === '@jest/globals') return testGlobals;
  return name === 'fast-check' ? { ...fewerCases, default: fewerCases } : undefined;
}

/** All tests of files, given as functions that run them. */
export function collectTests(files) {
  const tests = [];
  for (const [file, load] of files) {
    scope = { file, tests, numbers: { next: 1 }, titles: [], before: [], after: [] };
    load();
  }
  return tests;
}

/** The file of a test, from its id. */
export function fileOf(id) {
  return id.slice(0, id.indexOf(' '));
}

/** Runs one test, to a result as Stryker wants it. */
export async function runTest({ id, name, fileName, body, before, after }) {
  const start = now();
  const result = (rest) => ({ id, name, fileName, timeSpentMs: now() - start, ...rest });
  try {
    for (const hook of before) await hook();
    await body();
    return result({ status: 0 });
  } catch (cause) {
    return result({ status: 1, failureMessage: cause instanceof Error ? cause.message : String(cause) });
  } finally {
    for (const hook of after) await hook();
  }
}
