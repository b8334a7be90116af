// npm run test:fast: the tests without those that start many processes, try many cases or read the whole repository. What a
// version of Node may change is in here; .ci/run runs it on each that is supported.
import config from './jest.config.js';

const slow = [
  'cli/main',
  'cli/secrets',
  'fuzz',
  'reload-proofs/(leaks|reload)',
  'security/(access|providers|rotation/killed)',
  'services',
  'stories/(?!readme|kubernetes)',
  'tooling',
];

/** @type {import('jest').Config} */
export default {
  ...config,
  testPathIgnorePatterns: [...config.testPathIgnorePatterns, ...slow.map((place) => `<rootDir>/tests/${place}`)],
};
