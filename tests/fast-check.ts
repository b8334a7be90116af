import fc from 'fast-check';

/**
 * fast-check with one seed for all who run the tests, so that a failure is everybody's and stays until it is mended.
 * New cases are looked for with `npm run fuzz`, or with `FUZZ_SEED=random npm test`; a failure prints its seed.
 */
const asked = process.env['FUZZ_SEED'] ?? '20261125';
const seed = asked === 'random' ? undefined : Number(asked);
if (Number.isNaN(seed)) throw new Error(`FUZZ_SEED is a whole number or "random", not "${asked}"`);
fc.configureGlobal(seed === undefined ? {} : { seed });

export { type Scheduler } from 'fast-check';
export default fc;
