// Jest transformer: returns the JavaScript and source map that `tsc -p tsconfig.json` wrote to .build for a .ts file,
// so tests run exactly the code and decorator metadata that ships (per-file transpilers emit other metadata).
const { createHash } = require('node:crypto');
const { readFileSync } = require('node:fs');
const path = require('node:path');

const root = path.join(__dirname, '..');
const built = (file) => path.join(root, '.build', path.relative(root, file)).replace(/\.ts$/, '.js');

module.exports = {
  getCacheKey(source, file, options) {
    return createHash('sha256')
      .update(file)
      .update(readFileSync(built(file)))
      .update(`${options.instrument}:${options.coverageProvider}`)
      .digest('hex')
      .slice(0, 32);
  },
  process(source, file) {
    const js = built(file);
    const map = { ...JSON.parse(readFileSync(`${js}.map`, 'utf8')), sources: [file], sourceRoot: undefined };
    return { code: readFileSync(js, 'utf8').replace(/\n\/\/# sourceMappingURL=.*\s*$/, '\n'), map };
  },
};
