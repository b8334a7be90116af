// What Jest counts when it measures coverage, at a small part of the price: where each statement stands is written into each
// module ten times as long as the module itself, and would be parsed, made, copied and sent for each test file.
const { runInThisContext } = require('node:vm');

const places = [
  /^ {4}statementMap: \{\n[^]*?\n(?= {4}s: \{)/m,
  /^ {4}inputSourceMap: \{\n[^]*?\n(?= {4}_coverageSchema: )/m,
];

/** Of each source file, where its statements stand, as text. */
const maps = new Map();

/** Of each source file, which of its counters have been above zero in this process. */
const covered = new Map();

/** The code, on the same lines, without the places; it counts all the same. */
function withoutPlaces(file, code) {
  if (!code.includes('var coverageData = {\n')) return code;
  let text = '';
  const thin = places.reduce(
    (now, place) =>
      now.replace(place, (found) => {
        text += found;
        return found.replace(/[^\n]+/g, '');
      }),
    code,
  );
  maps.set(file, text);
  return thin.replace(/\n\/\/# sourceMappingURL=data:.*\s*$/, '\n');
}

/** Leaves what no earlier file has reached: Jest copies, sends and adds up the coverage of all sources after each file. */
function keepNews(coverage) {
  for (const [file, found] of Object.entries(coverage)) {
    const counts = [...Object.values(found.s), ...Object.values(found.f), ...Object.values(found.b).flat()];
    const known = covered.get(file);
    if (known !== undefined && counts.every((count, at) => count === 0 || known[at])) delete coverage[file];
    else {
      covered.set(
        file,
        Uint8Array.from(counts, (count, at) => count > 0 || known?.[at]),
      );
      if (maps.has(file)) Object.assign(found, runInThisContext(`({${maps.get(file)}})`));
    }
  }
}

module.exports = { withoutPlaces, keepNews };
