import { missingServicePackages } from './scripts/services.js';

/** @type {import('jest').Config} */
export default {
  testEnvironment: '<rootDir>/scripts/jest-environment.js',
  // src must be a root too: otherwise --findRelatedTests, --onlyChanged and Stryker find nothing.
  roots: ['<rootDir>/src', '<rootDir>/tests'],
  testMatch: ['**/*.test.ts'],
  testPathIgnorePatterns: [
    '/node_modules/',
    '<rootDir>/tests/consumers/',
    ...(missingServicePackages.length > 0 ? ['<rootDir>/tests/services/'] : []),
  ],
  extensionsToTreatAsEsm: ['.ts'],
  // Type-checks and emits everything to .build with the same compiler that makes dist.
  globalSetup: '<rootDir>/scripts/jest-build.js',
  transform: { '^.+\\.ts$': '<rootDir>/scripts/jest-tsc-transform.cjs' },
  resolver: '<rootDir>/scripts/jest-resolver.cjs',
  runtime: '<rootDir>/scripts/jest-runtime.cjs',
  // Where the machine has others to serve, everything takes ten times as long, programs that a test starts one after the
  // other above all; what hangs is found all the same.
  testTimeout: 300_000,
  testSequencer: '<rootDir>/scripts/jest-sequencer.cjs',
  // For two processors: some tests wait for a server or a program most of their time.
  maxWorkers: 5,
  workerIdleMemoryLimit: '1GB',
  // COVERAGE=1 npm test, or npm run test:coverage.
  collectCoverage: process.env.COVERAGE === '1',
  coverageProvider: 'babel',
  collectCoverageFrom: [
    'src/**/*.ts',
    // These run only in the processes that the tests of the command line start, where nothing is counted.
    '!src/cli/main.ts',
    '!src/cli/run-process.ts',
    '!src/cli/typescript/compile-typescript.ts',
    '!src/cli/typescript/hooks-thread.ts',
  ],
  coverageDirectory: 'coverage',
  coverageReporters: ['text', 'lcov', 'json-summary'],
  coverageThreshold: { global: { statements: 95 } },
  reporters: ['default', ...(process.env.TEST_COUNTS_FILE ? ['<rootDir>/scripts/jest-counts-reporter.js'] : [])],
};
