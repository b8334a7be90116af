// Jest's resolver: what imports './name.js' means name.ts.
const { existsSync } = require('node:fs');
const { isBuiltin } = require('node:module');
const path = require('node:path');

module.exports = (name, options) => {
  if (isBuiltin(name)) return name;
  if (/^\.{1,2}\/.*\.js$/.test(name)) {
    const source = path.resolve(options.basedir, `${name.slice(0, -3)}.ts`);
    if (existsSync(source)) return source;
  }
  return options.defaultResolver(name, options);
};
