import { warmLoad } from '../harness/warm-load.js';
import { VALIDATING_PEERS } from '../harness/subjects/index.js';
import { aheadOf } from '../harness/verdict.js';

export default warmLoad({
  leaves: 10_000,
  format: 'yaml',
  target: { text: 'ahead of every peer that validates', ratios: aheadOf(VALIDATING_PEERS) },
});
