import { coldLoad } from '../harness/cold-load.js';

export default coldLoad({
  leaves: 100,
  format: 'json',
  target: { text: 'at most 10 ms', median: { atMost: 10 } },
});
