// Stryker test runner of `npm run mutation`: Jest loads some hundred modules from scratch for every mutant and takes
// seconds for it, there are some thousand mutants. Here the tests and the code under test are one script, which runs
// afresh for each mutant, so that no plan or cache outlives one, in milliseconds.
import { readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import vm from 'node:vm';
import esbuild from 'esbuild';
import { collectTests, fileOf, packageOf, runTest } from './stories.js';

const FOLDERS = ['.build/tests/core', '.build/tests/binding'];

// Evaluated anew with the code under test, since they keep what decorators told them.
const FRESH = /^class-(validator|transformer)($|\/)/;

class MutationRunner {
  // Where mutated code asks which mutant it is, and counts what it runs.
  #namespace = (globalThis.__stryker__ ??= {});
  #start;
  #require = createRequire(path.resolve('package.json'));
  #untouched = [Object.prototype, Array.prototype, Function.prototype].map((it) => [it, Reflect.ownKeys(it)]);
  #durations = new Map();

  capabilities() {
    return { reloadEnvironment: true };
  }

  async init() {
    await import('reflect-metadata');
    this.#start = new vm.Script(`(require, module, exports) => {${await bundle()}}`, {
      filename: 'tests.js',
    }).runInThisContext();
  }

  async dryRun({ coverageAnalysis }) {
    const coverage = { static: {}, perTest: {} };
    Object.assign(this.#namespace, { activeMutant: undefined, mutantCoverage: coverage });
    const tests = await this.#run(undefined, false);
    delete this.#namespace.mutantCoverage;
    return { status: 'complete', tests, ...(coverageAnalysis !== 'off' && { mutantCoverage: coverage }) };
  }

  async mutantRun({ activeMutant, testFilter, hitLimit, disableBail }) {
    const hitCount = hitLimit === undefined ? undefined : 0;
    Object.assign(this.#namespace, { activeMutant: activeMutant.id, hitLimit, hitCount });
    try {
      const tests = await this.#run(testFilter && new Set(testFilter), !disableBail);
      if (hitLimit !== undefined && this.#namespace.hitCount > hitLimit) return { status: 'timeout', reason: 'loops' };
      const failed = tests.filter(({ status }) => status === 1);
      if (failed.length === 0) return { status: 'survived', nrOfTests: tests.length };
      const [{ failureMessage }] = failed;
      return { status: 'killed', killedBy: failed.map(({ id }) => id), failureMessage, nrOfTests: tests.length };
    } finally {
      this.#namespace.activeMutant = undefined;
      this.#restorePrototypes();
    }
  }

  async #run(wanted, bail) {
    const results = [];
    let stories;
    try {
      stories = this.#collect(wanted);
    } catch (cause) {
      // The code does not even load, which Jest would tell as a failure of the file.
      return [{ id: 'loading', name: 'loading', timeSpentMs: 0, status: 1, failureMessage: String(cause) }];
    }
    for (const story of stories) {
      this.#namespace.currentTestId = story.id;
      const result = await runTest(story);
      this.#namespace.currentTestId = undefined;
      results.push(result);
      this.#durations.set(story.id, result.timeSpentMs);
      if (bail && result.status === 1) break;
    }
    return results;
  }

  /** The wanted tests, the quickest first: most mutants fall to one of those. */
  #collect(wanted) {
    // Where class-validator keeps what decorators told it: all that earlier runs declared would pile up there.
    Reflect.deleteProperty(globalThis, 'classValidatorMetadataStorage');
    const module = { exports: {} };
    this.#start((name) => packageOf(name) ?? this.#require(name), module, module.exports);
    const files = Object.entries(module.exports.files);
    if (wanted === undefined) return collectTests(files);
    const needed = new Set([...wanted].map(fileOf));
    const stories = collectTests(files.filter(([file]) => needed.has(file))).filter(({ id }) => wanted.has(id));
    return stories.sort((a, b) => this.#cost(a) - this.#cost(b));
  }

  #cost({ id }) {
    return this.#durations.get(id) ?? 0;
  }

  /** What a mutant wrote on a prototype must not fail the tests of the next. */
  #restorePrototypes() {
    for (const [prototype, known] of this.#untouched) {
      for (const key of Reflect.ownKeys(prototype)) if (!known.includes(key)) Reflect.deleteProperty(prototype, key);
    }
  }
}

/** One CommonJS script out of all test files and what they import; each file runs when it is asked for. */
async function bundle() {
  const files = FOLDERS.flatMap((folder) =>
    readdirSync(folder, { recursive: true })
      .filter((name) => name.endsWith('.test.js'))
      .map((name) => `./${path.posix.join(folder, name)}`),
  );
  const entries = files.map((file) => `${JSON.stringify(file)}: () => require(${JSON.stringify(file)})`);
  const { outputFiles } = await esbuild.build({
    stdin: { contents: `module.exports.files = { ${entries.join(', ')} };`, resolveDir: process.cwd() },
    bundle: true,
    write: false,
    format: 'cjs',
    platform: 'node',
    mainFields: ['main'],
    target: 'node20',
    keepNames: true,
    logLevel: 'error',
    // Packages are loaded in the same way, imported or required.
    supported: { 'dynamic-import': false },
    plugins: [{ name: 'packages', setup: keepPackagesOut }],
  });
  return outputFiles[0].text;
}

function keepPackagesOut(build) {
  build.onResolve({ filter: /^[^./]/ }, ({ path: name }) =>
    FRESH.test(name) ? undefined : { path: name, external: true },
  );
}

export const strykerPlugins = [{ kind: 'TestRunner', name: 'stories', injectableClass: MutationRunner }];
