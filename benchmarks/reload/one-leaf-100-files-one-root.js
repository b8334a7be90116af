import { writeService } from '../harness/content/content.js';
import { COLD, reloadManyFiles } from '../harness/reload-one-leaf.js';

export default reloadManyFiles({
  title: '10,000 leaves, service below one root key, 100 sections in 100 files',
  content: (times) => writeService(10_000 * times, 'json', { oneRoot: true }),
  target: { text: 'at most 1/100 of the cold load', ratios: { [COLD]: { atMost: 1 / 100 } } },
});
