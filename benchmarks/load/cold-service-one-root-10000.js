import { coldLoad } from '../harness/cold-load.js';

export default coldLoad({
  shape: 'service',
  leaves: 10_000,
  format: 'json',
  oneRoot: true,
  target: { text: 'ahead of zod-config', ratios: { 'zod-config': { below: 1 } } },
});
