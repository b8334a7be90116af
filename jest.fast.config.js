// npm run test:fast: the tests without those that start many processes, try many cases, read the whole repository, or are
// of code that asks nothing of Node but the language. What a version of Node may change is in here; .ci/run runs it on each
// that is supported.
import config from './jest.config.js';

const left = [
  'binding/(?!coerce|secret|.*copies)',
  'cli/main',
  'cli/secrets',
  'core/(?!abort|copy-tree|config-value|secret|secure)',
  'fuzz',
  'reload-proofs',
  'schema',
  'sections',
  'security/(access|providers|rotation/killed)',
  'services',
  'stories/(?!readme|kubernetes)',
  'tooling',
];

/** @type {import('jest').Config} */
export default {
  ...config,
  testPathIgnorePatterns: [...config.testPathIgnorePatterns, ...left.map((place) => `<rootDir>/tests/${place}`)],
};
