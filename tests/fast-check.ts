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

/** How many code points are before the halves of surrogate pairs, and how many halves there are. */
const [BEFORE_HALVES, HALVES] = [0xd800, 0x800];

/** Each character that a text may have: what fast-check calls `binary`, without its table of a million, which takes a second. */
export const anyCharacter: fc.Arbitrary<string> = fc.nat(0x10_ffff - HALVES).map(
  (index) => String.fromCodePoint(index < BEFORE_HALVES ? index : index + HALVES),
  (text) => {
    const point = typeof text === 'string' ? (text.codePointAt(0) ?? NaN) : NaN;
    const isHalf = point >= BEFORE_HALVES && point < BEFORE_HALVES + HALVES;
    if (isHalf || text !== String.fromCodePoint(point)) throw new Error('not one character');
    return point < BEFORE_HALVES ? point : point - HALVES;
  },
);

export { type Scheduler } from 'fast-check';
export default fc;
