import { coldLoad } from '../harness/cold-load.js';

export default coldLoad({
  leaves: 10_000,
  format: 'json',
  target: { text: 'at most 0.8x zod-config', ratios: { 'zod-config': { atMost: 0.8 } } },
});
