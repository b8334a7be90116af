// Jest's runtime, which remembers from file to file what Jest finds out anew for each: most of the time of a small test file
// was reading, transforming and parsing the same two hundred modules that the file before it had loaded.
const { statSync } = require('node:fs');
const { setFlagsFromString } = require('node:v8');
const vm = require('node:vm');
const { withoutPlaces } = require('./jest-coverage.cjs');

// What Jest itself requires.
const { default: Runtime } = require(require.resolve('jest-runtime', { paths: [require.resolve('jest')] }));

// V8's own would keep the code of every file that has run, and its context with it: each collection would look through more.
setFlagsFromString('--no-compilation-cache');
// A PostgreSQL in WebAssembly is started twice, for a few queries: to optimise it takes longer than they do.
setFlagsFromString('--liftoff-only');

/** V8's code of each source text, so that a process parses it once. */
const compiled = new Map();

/** What was compiled earlier does not find its way back to Jest when it imports something later. */
const importsLater = (source) => /\bimport\s*\(/.test(source);

const { SourceTextModule, compileFunction } = vm;

/** Of the file that is running. */
const made = [];

function keep(module) {
  made.push(module);
  return module;
}

vm.SourceTextModule = new Proxy(SourceTextModule, {
  construct(Module, [source, options]) {
    const cachedData = compiled.get(source);
    try {
      if (cachedData !== undefined) return keep(new Module(source, { ...options, cachedData }));
    } catch (error) {
      // A test has given V8 another flag since then.
      if (error.code !== 'ERR_VM_MODULE_CACHED_DATA_REJECTED') throw error;
    }
    const module = keep(new Module(source, options));
    const isLoadedOnce = module.identifier.endsWith('.test.ts');
    if (!isLoadedOnce && !importsLater(source)) compiled.set(source, module.createCachedData());
    return module;
  },
});

vm.compileFunction = (source, parameters, options) => {
  const key = `${parameters}\n${source}`;
  const cachedData = compiled.get(key);
  const produceCachedData = cachedData === undefined && !importsLater(source);
  const made = compileFunction(source, parameters, { ...options, cachedData, produceCachedData });
  if (made.cachedData !== undefined) compiled.set(key, made.cachedData);
  else if (made.cachedDataRejected) compiled.delete(key);
  return made;
};

/** Node 20 holds what a module imports until it is instantiated again: a collection frees but one level of imports. */
function letGo(module) {
  const wrap = Object.getOwnPropertySymbols(module).find(({ description }) => description === 'kWrap');
  if (module.status === 'evaluated') module[wrap]?.instantiate?.();
}

/** What became of each file, as it was then, in each way of loading it. */
const transformed = new Map();

module.exports = class BriefRuntime extends Runtime {
  constructor(...parts) {
    super(...parts);
    const { transformCache: cache } = this;
    const transform = cache.transform.bind(cache);
    cache.transform = (filename, options) => {
      const key = `${filename}\n${statSync(filename).mtimeMs}\n${JSON.stringify(options)}`;
      let known = transformed.get(key);
      if (known === undefined) {
        const code = withoutPlaces(filename, transform(filename, options));
        known = { code, result: cache.transforms.get(filename), map: cache.sourceMaps.get(filename) };
        transformed.set(key, known);
      }
      if (known.result !== undefined) cache.transforms.set(filename, known.result);
      if (known.map !== undefined) cache.sourceMaps.set(filename, known.map);
      return known.code;
    };
  }

  teardown() {
    for (const module of made.splice(0)) letGo(module);
    super.teardown();
  }
};
