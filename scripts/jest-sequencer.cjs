// Jest's order of the test files, longest first, with those that wait for servers spread over the whole run: side by side
// they leave the processors idle, and at the end the others share two of them.
const { default: Sequencer } = require(require.resolve('@jest/test-sequencer', { paths: [require.resolve('jest')] }));

const waits = ({ path }) => /[\\/]tests[\\/]services[\\/]/.test(path);

/** What a file took in an earlier run; in a new clone its size, which says as much as one knows. */
const weightOf = ({ duration, path, context }) => duration ?? context.hasteFS.getSize(path) ?? 0;

/** Each test with the part of the work of its kind that comes before it. */
function placed(tests) {
  const total = tests.reduce((sum, test) => sum + weightOf(test), 0);
  let before = 0;
  return tests.map((test) => {
    const place = before / total;
    before += weightOf(test);
    return { test, place };
  });
}

module.exports = class MixedSequencer extends Sequencer {
  sort(tests) {
    const longestFirst = super.sort(tests);
    const kinds = [longestFirst.filter(waits), longestFirst.filter((test) => !waits(test))];
    return kinds
      .flatMap(placed)
      .sort((one, other) => one.place - other.place)
      .map(({ test }) => test);
  }
};
