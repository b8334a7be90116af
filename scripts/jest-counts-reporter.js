// Jest reporter: adds this run's numbers to the file that .ci/run sums up (TEST_COUNTS_FILE).
import { appendFileSync } from 'node:fs';

export default class JestCountsReporter {
  onRunComplete(_contexts, { numPassedTests, numFailedTests, numRuntimeErrorTestSuites }) {
    // A file that could not even be loaded counts as one failure.
    const failed = numFailedTests + numRuntimeErrorTestSuites;
    appendFileSync(process.env.TEST_COUNTS_FILE, `${numPassedTests} ${failed}\n`);
  }
}
