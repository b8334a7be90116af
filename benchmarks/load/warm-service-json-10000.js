import { warmLoad } from '../harness/warm-load.js';
import { VALIDATING_PEERS } from '../harness/subjects/index.js';
import { aheadOf } from '../harness/verdict.js';

export default warmLoad({
  shape: 'service',
  leaves: 10_000,
  format: 'json',
  target: {
    text: 'at most 3x plain, ahead of every peer that validates',
    ratios: { ...aheadOf(VALIDATING_PEERS), plain: { atMost: 3 } },
  },
});
