import { jest } from '@jest/globals';
import fc from 'fast-check';
import { PROOF_RUNS, wholeNumber } from './proof-runs.js';

/**
 * fast-check with one seed for all who run the tests, so that a failure is everybody's and stays until it is mended, and
 * with as many cases of each property as `PROOF_RUNS` says. `npm run proof` takes a new seed, and a failure prints it;
 * `PROOF_SEED` is a whole number or `random`.
 */
const seed = process.env['PROOF_SEED'] ?? '20261125';

fc.configureGlobal({ numRuns: PROOF_RUNS, ...(seed !== 'random' && { seed: wholeNumber('PROOF_SEED', seed) }) });

// A case may take a second where the machine has others to serve.
jest.setTimeout(300_000 + PROOF_RUNS * 1_000);

export { type Scheduler } from 'fast-check';
export default fc;
